/**
 * Weeks of speed in bounded memory: every second for ten minutes, every 10 s for three hours, every minute beyond.
 *
 * A point stands for the `seconds` before its time. When it grows too old for its tier it is folded, weighted by its
 * seconds, into a point of the next one. No byte gets lost on the way: the sum of `bytesPerSecond * seconds` stays.
 */
import { z } from 'zod'

const pointSchema = z.tuple([
  z.number(), // unix seconds
  z.number(), // seconds it stands for
  z.number(), // bytesPerSecond
  z.number(), // concurrency
  z.number(), // firstByteMsP50
  z.number(), // firstByteMsP95
  z.number(), // errorsPerSecond
])
type Point = z.infer<typeof pointSchema>

export type SpeedPoint = {
  time: number
  seconds: number
  bytesPerSecond: number
  concurrency: number
  firstByteMsP50: number
  firstByteMsP95: number
  errorsPerSecond: number
}

const FOUR_WEEKS_MINUTES = 4 * 7 * 24 * 60
/** `keepSeconds` = how old a point may grow in its tier; `stepSeconds` = how much one point of it gathers. */
const TIERS = [
  { stepSeconds: 0, keepSeconds: 600, maxPoints: 6000 },
  { stepSeconds: 10, keepSeconds: 3 * 3600, maxPoints: 2000 },
  { stepSeconds: 60, keepSeconds: Number.POSITIVE_INFINITY, maxPoints: FOUR_WEEKS_MINUTES },
] as const

/** What is saved: the tiers, finest first, each oldest first. */
export const savedHistorySchema = z.tuple([z.array(pointSchema), z.array(pointSchema), z.array(pointSchema)])
export type SavedHistory = z.infer<typeof savedHistorySchema>

export type SpeedHistory = {
  add(point: SpeedPoint): void
  /** Points after `time`, oldest first. */
  since(time: number): SpeedPoint[]
  /** The live tiers, for saving at once. */
  save(): SavedHistory
}

export function createSpeedHistory(saved: SavedHistory = [[], [], []]): SpeedHistory {
  const tiers = saved.map((points) => [...points]) as SavedHistory

  function add(tier: number, point: Point): void {
    const { stepSeconds, keepSeconds, maxPoints } = TIERS[tier] as (typeof TIERS)[number]
    const points = tiers[tier] as Point[]
    const last = points.at(-1)
    if (last && stepSeconds > 0 && Math.floor(last[0] / stepSeconds) === Math.floor(point[0] / stepSeconds)) {
      points[points.length - 1] = merge(last, point)
      return
    }
    points.push(point)
    const next = tier + 1 < TIERS.length ? tier + 1 : undefined
    let expired = 0
    while (expired < points.length - 1 && mustLeave(points, expired, point[0] - keepSeconds, maxPoints)) expired++
    // Moving many at a time keeps the cost of shifting an array small.
    for (const old of points.splice(0, expired)) if (next !== undefined) add(next, old)
  }

  return {
    add(point) {
      const last = (tiers[0].at(-1) ?? tiers[1].at(-1) ?? tiers[2].at(-1))?.[0] ?? Number.NEGATIVE_INFINITY
      // The machine's clock was set back: the chart's time never runs backwards.
      if (point.time <= last) return
      add(0, toTuple(point))
    },
    since: (time) =>
      [...tiers[2], ...tiers[1], ...tiers[0]].filter((point) => point[0] > time).map((point) => fromTuple(point)),
    save: () => tiers,
  }
}

const mustLeave = (points: Point[], position: number, oldest: number, maxPoints: number): boolean =>
  (points[position] as Point)[0] <= oldest || points.length - position > maxPoints

/** Time is the end of both; everything else the mean, weighted by seconds. */
function merge(one: Point, other: Point): Point {
  const seconds = one[1] + other[1]
  const mean = (column: 2 | 3 | 4 | 5 | 6) =>
    seconds > 0 ? (one[column] * one[1] + other[column] * other[1]) / seconds : other[column]
  return [other[0], seconds, mean(2), mean(3), mean(4), mean(5), mean(6)]
}

const toTuple = (point: SpeedPoint): Point => [
  point.time,
  point.seconds,
  point.bytesPerSecond,
  point.concurrency,
  point.firstByteMsP50,
  point.firstByteMsP95,
  point.errorsPerSecond,
]

const fromTuple = (point: Point): SpeedPoint => ({
  time: point[0],
  seconds: point[1],
  bytesPerSecond: point[2],
  concurrency: point[3],
  firstByteMsP50: point[4],
  firstByteMsP95: point[5],
  errorsPerSecond: point[6],
})
