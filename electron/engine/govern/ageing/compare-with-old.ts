/**
 * Whether a fresh connection is clearly faster than the old ones: by more than they differ among themselves at equal
 * age, and by enough of what the pool has lost. Pure.
 */
import { median } from '../../../../shared/robust-trend.ts'
import { percentile } from '../../metrics/request-window.ts'
import type { ConnectionSpeed } from '../connections/connection-speed.ts'

/** How long a connection has been receiving, and how much. */
type Received = Pick<ConnectionSpeed, 'workedMs' | 'workedBytes'>
type Watched = Received & { id: number; openedAt: number }
type AgedSpeed = { openedAt: number; bytesPerSecond: number }

/** By the id of a connection: what it had received when the fresh one began to. */
export type Marks = ReadonlyMap<number, Received>

/** A fresh connection must be faster than the old ones by the first factor; the second leaves no doubt ... */
const PROOF = 1.05
const CLEAR_PROOF = 1.2
/** ... and beyond their spread: by this many (robust) standard deviations, and above this quantile. */
const BEYOND_SPREAD = 3
const FASTEST_OF_OLD = 0.9

/** `old`: over the time in which the fresh one has received. `hoped`: the median of the pool at its best. */
export function compareWithOld(fresh: Received, old: readonly AgedSpeed[], hoped: number) {
  const [freshSpeed, oldSpeed] = [plainSpeed(fresh), median(old.map((connection) => connection.bytesPerSecond))]
  const ratio = oldSpeed > 0 ? freshSpeed / oldSpeed : 0
  // If it is ageing, the fresh one is as fast as the pool was at its best; if not, as slow as the others.
  const halfway = Math.min(CLEAR_PROOF, Math.sqrt(hoped / oldSpeed))
  const beyond = PROOF * Math.exp(spreadBesideAge(old))
  const isProven = ratio >= Math.max(PROOF, halfway, beyond)
  return { ratio, isProven, isInDoubt: ratio > 1 && ratio < CLEAR_PROOF, freshSpeed, oldSpeed }
}

/**
 * The old connections' speeds over exactly the time in which the fresh one has received. Their smoothed speeds reach
 * further back: when a trial of a higher concurrency ends meanwhile, all get a larger share of the line again, but the
 * smoothed speeds show it late.
 */
export function speedsSince(marks: Marks, connections: readonly Watched[]): AgedSpeed[] {
  return connections.flatMap((connection) => {
    const mark = marks.get(connection.id)
    const workedMs = connection.workedMs - (mark?.workedMs ?? connection.workedMs)
    const workedBytes = connection.workedBytes - (mark?.workedBytes ?? connection.workedBytes)
    if (workedMs <= 0) return []
    return [{ openedAt: connection.openedAt, bytesPerSecond: plainSpeed({ workedMs, workedBytes }) }]
  })
}

export const markAll = (connections: readonly Watched[]): Marks =>
  new Map(connections.map((connection) => [connection.id, connection]))

const plainSpeed = ({ workedMs, workedBytes }: Received): number => (workedBytes * 1000) / workedMs

/**
 * The spread of the log-speeds that their ages do not explain. Robust: the slope is the median of all slopes
 * (Theil-Sen), the spread comes from the median absolute deviation (1.4826 makes it a standard deviation). Where speeds
 * jump between two levels most may be equal, with a deviation of zero: so a fresh one must also exceed what the fast
 * ones reach.
 */
function spreadBesideAge(connections: readonly AgedSpeed[]): number {
  const points = connections
    .filter(({ bytesPerSecond }) => bytesPerSecond > 0)
    .map(({ openedAt, bytesPerSecond }) => ({ at: openedAt, log: Math.log(bytesPerSecond) }))
  const slopes = points.flatMap((a, index) =>
    points.slice(index + 1).flatMap((b) => (a.at === b.at ? [] : [(a.log - b.log) / (a.at - b.at)])),
  )
  const slope = Math.max(0, median(slopes))
  const rests = points.map(({ at, log }) => log - slope * at)
  const middle = median(rests)
  const deviation = 1.4826 * median(rests.map((rest) => Math.abs(rest - middle)))
  const above = rests.map((rest) => rest - middle).sort((a, b) => a - b)
  return Math.max(BEYOND_SPREAD * deviation, percentile(above, FASTEST_OF_OLD))
}
