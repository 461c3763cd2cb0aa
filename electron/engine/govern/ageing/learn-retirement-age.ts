/**
 * How fast connections age, from their own speeds, and how old one should become. Pure.
 *
 * If a connection's speed decays as exp(-age / tau), then at any one moment ln(speed) falls by 1 / tau per second of
 * age from one connection to the next, whatever the line as a whole is doing just then. So each look compares the
 * connections only with each other: ages and log-speeds, less their means of that moment, go into one least-squares
 * slope with slow exponential forgetting. A line that gets slower for all alike does not affect it.
 *
 * Retiring at age T loses T / (2 tau) of the speed to ageing and c / T to changing over, c being the seconds a change
 * costs; the sum is least at T = sqrt(2 tau c) (DESIGN 6.1).
 */
import { median } from '../../../../shared/robust-trend.ts'
import { speedLagSeconds } from '../connections/connection-speed.ts'

/** Decaying sums over centred ages (seconds) and log-speeds. */
export type AgeingCurve = {
  ages: number
  products: number
  speeds: number
  /** Samples: connections times looks. */
  looks: number
  /** Distinct connections: that some are always faster than others proves nothing. */
  witnesses: number
  /** Ids are increasing: a higher one is a new connection. */
  newestId: number
  lookedAt: number
}

export const startCurve = (now: number): AgeingCurve => ({
  ages: 0,
  products: 0,
  speeds: 0,
  looks: 0,
  witnesses: 0,
  newestId: 0,
  lookedAt: now,
})

/** Speeds are smoothed over more than a second: more frequent samples would count the same bytes twice. */
const LOOK_EVERY_MS = 1000
/** A sample loses half its weight in this time. */
const HALF_LIFE_MS = 300_000
/** Connections faster or slower than the median by this factor have other problems. */
const ORDINARY = 4
const FEWEST_CONNECTIONS = 3

/** `connections`: those whose speed is settled. */
export function lookAtAges(
  curve: AgeingCurve,
  now: number,
  connections: readonly { id: number; openedAt: number; bytesPerSecond: number }[],
): AgeingCurve {
  const elapsed = now - curve.lookedAt
  if (elapsed < LOOK_EVERY_MS) return curve
  const typical = median(connections.map((connection) => connection.bytesPerSecond))
  const ordinary = connections.filter(
    ({ bytesPerSecond }) => bytesPerSecond * ORDINARY > typical && bytesPerSecond < typical * ORDINARY,
  )
  const kept = 0.5 ** (elapsed / HALF_LIFE_MS)
  let [ages, products, speeds] = [curve.ages * kept, curve.products * kept, curve.speeds * kept]
  let [looks, witnesses, newestId] = [curve.looks * kept, curve.witnesses * kept, curve.newestId]
  if (ordinary.length >= FEWEST_CONNECTIONS) {
    const age = ordinary.map((connection) => ageOfSpeed((now - connection.openedAt) / 1000))
    const speed = ordinary.map((connection) => Math.log(connection.bytesPerSecond))
    const [meanAge, meanSpeed] = [mean(age), mean(speed)]
    for (let at = 0; at < ordinary.length; at++) {
      const dAge = (age[at] as number) - meanAge
      const dSpeed = (speed[at] as number) - meanSpeed
      ages += dAge * dAge
      products += dAge * dSpeed
      speeds += dSpeed * dSpeed
    }
    looks += ordinary.length - 1
    witnesses += ordinary.filter((connection) => connection.id > curve.newestId).length
    newestId = Math.max(newestId, ...ordinary.map((connection) => connection.id))
  }
  return { ages, products, speeds, looks, witnesses, newestId, lookedAt: now }
}

/** To learn something new the slope must be this many of its standard errors below zero; to keep it, so many. */
const CERTAINTY = { learn: 3, keep: 1 }
const FEWEST_WITNESSES = 30

/** Time constant in seconds; undefined when speeds do not clearly fall with age. */
export function fitTau(curve: AgeingCurve, purpose: keyof typeof CERTAINTY): number | undefined {
  const { ages, products, speeds, looks, witnesses } = curve
  if (witnesses < FEWEST_WITNESSES || ages <= 0) return undefined
  const slope = products / ages
  const unexplained = Math.max(0, speeds - slope * products)
  const error = Math.sqrt(unexplained / ages / Math.min(looks, witnesses))
  return slope < 0 && -slope > CERTAINTY[purpose] * error ? -1 / slope : undefined
}

/** Below this age replacing connections costs more than any ageing. */
const LEAST_RETIRE_SECONDS = 0.5
/** A replacement is never free, even where none is measurable: a worker writes a request and reads the answer. */
const LEAST_SET_UP_SECONDS = 0.001

/** sqrt(2 tau c), bounded. */
export const chooseRetireAge = (tauSeconds: number, setUpSeconds: number, ceilingSeconds: number): number =>
  Math.min(
    ceilingSeconds,
    Math.max(LEAST_RETIRE_SECONDS, Math.sqrt(2 * tauSeconds * Math.max(LEAST_SET_UP_SECONDS, setUpSeconds))),
  )

/** Age at which the connection had its present smoothed speed, which lags behind. */
const ageOfSpeed = (ageSeconds: number): number => ageSeconds - speedLagSeconds(ageSeconds)

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
