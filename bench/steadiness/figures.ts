/** What the traces of a run say. Pure. */
import type { Sample } from './server-protocol.ts'
import { possibleSpeeds, type WeatherRow } from './weathers.ts'

/** Everything starts: processes, listings, connections. Hour 0 begins after it. */
export const START_SECONDS = 3
/** The speed at an hour is the mean over this share of an hour around it; at hour 0, after the start. */
export const WINDOW_HOURS = 0.5
/** A capacity that has come back is in use again at this share of it, over a second. */
const CONVERGED_SHARE = 0.9

const PERCENTILE = 0.99

/** What a client says of itself, cumulative. `bytesFetched` counts what was received again. */
export type OwnCount = { seconds: number; bytesDone: number; bytesFetched: number }
export type OwnCountFigures = { speeds: number[]; duplicateShare: number }
/**
 * Connections that had gone silent, told together, and how long the longest had been silent when it was noticed.
 * Noticed between `fromSeconds` and `untilSeconds` of the weather's clock.
 */
export type Stalls = { count: number; longestSeconds: number; fromSeconds: number; untilSeconds: number }

export type Times = { hourSeconds: number; hours: number }

export type Figures = {
  /** Bytes per second at hours 0, 1, 2 ... */
  speeds: number[]
  /** Of the last hour to the first. */
  ratio: number
  /** Of what the weather could bring, from the start to the end. */
  capacityShare: number
  /** Seconds until capacity that had come back was used again; undefined where it never went. */
  convergenceSeconds: number | undefined
  /** Once an hour has passed. Undefined where nothing is refused by budget. */
  throttled: { refusedShare: number; grantedShare: number } | undefined
}

export const endSeconds = ({ hourSeconds, hours }: Times): number => (hours + WINDOW_HOURS / 2) * hourSeconds

export function figuresOf(row: WeatherRow, samples: readonly Sample[], times: Times): Figures {
  const { hourSeconds } = times
  const end = endSeconds(times)
  const speeds = speedsAtHours((from, to) => meanSpeed(samples, from, to), times)
  const could = capacityBetween(row, START_SECONDS, end, hourSeconds)
  const did = at(samples, end).bytes - at(samples, START_SECONDS).bytes
  return {
    speeds,
    ratio: (speeds.at(-1) ?? 0) / (speeds[0] ?? 0),
    capacityShare: did / could,
    convergenceSeconds: convergence(row, samples, hourSeconds),
    throttled: row.granted === undefined ? undefined : throttledFigures(row.granted, samples, hourSeconds, end),
  }
}

/** Bytes per second at hours 0, 1, 2 ..., of what is measured between two seconds. */
function speedsAtHours(measure: (from: number, to: number) => number, { hourSeconds, hours }: Times): number[] {
  const window = WINDOW_HOURS * hourSeconds
  return Array.from({ length: hours + 1 }, (_, hour) => {
    const from = hour === 0 ? START_SECONDS : hour * hourSeconds - window / 2
    return measure(from, from + window)
  })
}

/** The same by a client's own count of bytes it has, and the share of what it received twice. */
export function ownCountFigures(counts: readonly OwnCount[], times: Times): OwnCountFigures {
  const doneAt = (seconds: number): number => {
    const after = counts.findIndex((count) => count.seconds >= seconds)
    const right = counts[after < 0 ? counts.length - 1 : after]
    const left = counts[after - 1]
    if (!right || !left) return right?.bytesDone ?? 0
    const share = (seconds - left.seconds) / (right.seconds - left.seconds)
    return left.bytesDone + share * (right.bytesDone - left.bytesDone)
  }
  const { bytesDone = 0, bytesFetched = 0 } = counts.at(-1) ?? {}
  return {
    speeds: speedsAtHours((from, to) => (doneAt(to) - doneAt(from)) / (to - from), times),
    duplicateShare: bytesFetched > 0 ? Math.max(0, bytesFetched - bytesDone) / bytesFetched : 0,
  }
}

/** While line or disk stand still every connection is silent, so that time is no part of a stall. */
export function withoutStandstill(row: WeatherRow, stalls: readonly Stalls[], hourSeconds: number): Stalls[] {
  const steps = possibleSpeeds(row)
  return stalls.map((stall) => {
    const silentFrom = stall.fromSeconds - stall.longestSeconds
    const standstill = steps.reduce((seconds, [hour, speed], index) => {
      const end = (steps[index + 1]?.[0] ?? Number.POSITIVE_INFINITY) * hourSeconds
      const overlap = Math.min(end, stall.untilSeconds) - Math.max(hour * hourSeconds, silentFrom)
      return speed === 0 ? seconds + Math.max(0, overlap) : seconds
    }, 0)
    return { ...stall, longestSeconds: Math.max(0, stall.longestSeconds - standstill) }
  })
}

/** Seconds within which 99 of 100 were noticed. A group counts with its longest; undefined when there was none. */
export function noticedWithinSeconds(stalls: readonly Stalls[]): number | undefined {
  const sorted = [...stalls].sort((a, b) => a.longestSeconds - b.longestSeconds)
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  let passed = 0
  for (const { count, longestSeconds } of sorted) {
    passed += count
    if (passed >= PERCENTILE * total) return longestSeconds
  }
  return undefined
}

/** Cumulated values at a time, straight between two samples. */
export function at(samples: readonly Sample[], seconds: number): Sample {
  const nothing: Sample = { seconds: 0, bytes: 0, answered: 0, refused: 0 }
  const after = samples.findIndex((sample) => sample.seconds >= seconds)
  if (after < 0) return samples.at(-1) ?? nothing
  const right = samples[after] ?? nothing
  const left = samples[after - 1] ?? nothing
  const share = right.seconds === left.seconds ? 1 : (seconds - left.seconds) / (right.seconds - left.seconds)
  const between = (from: number, to: number) => from + share * (to - from)
  return {
    seconds,
    bytes: between(left.bytes, right.bytes),
    answered: between(left.answered, right.answered),
    refused: between(left.refused, right.refused),
  }
}

export const meanSpeed = (samples: readonly Sample[], from: number, to: number): number =>
  (at(samples, to).bytes - at(samples, from).bytes) / (to - from)

/** Bytes that the weather could have brought. Compared in hours, as the rows are written: seconds would be rounded. */
function capacityBetween(row: WeatherRow, from: number, to: number, hourSeconds: number): number {
  const [begin, end] = [from / hourSeconds, to / hourSeconds]
  return possibleSpeeds(row).reduce((bytes, [hour, capacity], index, steps) => {
    const until = steps[index + 1]?.[0] ?? end
    const hours = Math.max(0, Math.min(end, until) - Math.max(begin, hour))
    return bytes + hours * hourSeconds * capacity
  }, 0)
}

function convergence(row: WeatherRow, samples: readonly Sample[], hourSeconds: number): number | undefined {
  const last = samples.at(-1)?.seconds ?? 0
  // A short run ends before some of them.
  const rises = possibleSpeeds(row).filter(
    ([hour, capacity], index, steps) =>
      capacity > (steps[index - 1]?.[1] ?? capacity) && hour * hourSeconds + 1 <= last,
  )
  const found = rises.map(([hour, capacity]) => {
    const from = hour * hourSeconds
    for (let start = from; start + 1 <= last; start += 0.1) {
      if (meanSpeed(samples, start, start + 1) >= CONVERGED_SHARE * capacity) return start - from
    }
    return Number.POSITIVE_INFINITY
  })
  return found.length === 0 ? undefined : Math.max(...found)
}

function throttledFigures(granted: number, samples: readonly Sample[], from: number, to: number) {
  const [begin, end] = [at(samples, from), at(samples, to)]
  const refused = end.refused - begin.refused
  const answered = end.answered - begin.answered
  return { refusedShare: refused / (refused + answered), grantedShare: answered / (granted * (to - from)) }
}
