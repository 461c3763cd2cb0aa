/**
 * Weeks of a job's history in bounded memory: every second for ten minutes, every
 * 10 s for three hours, every minute for two weeks, every ten minutes beyond.
 *
 * A point stands for the `seconds` before its time. When it grows too old for its tier it is
 * folded into a point of the next one, each series by its rule (`shared/job-history.ts`). No
 * byte gets lost on the way: the sum of `bytesPerSecond * seconds` stays.
 */
import { z } from 'zod'
import { FAILURE_CLASSES, type FailureClass } from '../../../shared/failure.ts'
import {
  type ErrorRates,
  HISTORY_SERIES,
  HISTORY_SERIES_NAMES,
  type History,
  type HistoryRange,
} from '../../../shared/job-history.ts'

export type SpeedPoint = {
  /** Unix seconds. */
  time: number
  seconds: number
  /** By the position of the series in `HISTORY_SERIES_NAMES`; null = nothing was measured. */
  values: (number | null)[]
  /** Null = written by a version that did not distinguish classes. */
  errors: ErrorRates | null
}

/** What older versions saved: the first five series and nothing behind them. */
const FIRST_SERIES = 5

/**
 * One point as it is saved: time, seconds, the first five series, errors by class, further series. Append only. Read by
 * hand: a schema for each of the 24,000 points of four weeks takes half a second.
 */
const savedPointSchema = z.array(z.unknown()).transform((saved, context): SpeedPoint => {
  const [time, seconds, ...rest] = saved
  const errors = rest[FIRST_SERIES] ?? null
  const values = rest.toSpliced(FIRST_SERIES, 1)
  const isPoint = isNumber(time) && isNumber(seconds) && values.length >= FIRST_SERIES && values.every(isNumberOrNull)
  if (!isPoint || !isErrors(errors)) {
    context.addIssue('not a point')
    return z.NEVER
  }
  return {
    time,
    seconds,
    values: HISTORY_SERIES_NAMES.map((_, index) => (values[index] ?? null) as number | null),
    errors,
  }
})

const isNumber = (value: unknown): value is number => Number.isFinite(value)
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value)
const isErrors = (value: unknown): value is ErrorRates | null =>
  value === null ||
  (typeof value === 'object' &&
    Object.entries(value).every(([name, rate]) => FAILURE_CLASSES.includes(name as FailureClass) && isNumber(rate)))

const TIERS = [
  { stepSeconds: 0, keepSeconds: 600, maxPoints: 6000 },
  { stepSeconds: 10, keepSeconds: 3 * 3600, maxPoints: 2000 },
  { stepSeconds: 60, keepSeconds: 14 * 86_400, maxPoints: 14 * 24 * 60 },
  // Half a year.
  { stepSeconds: 600, keepSeconds: Number.POSITIVE_INFINITY, maxPoints: 183 * 24 * 6 },
] as const

/** The tiers, finest first, each oldest first. Older versions had three. */
export const savedHistorySchema = z.array(z.array(savedPointSchema)).min(3).max(TIERS.length)

export type SpeedHistory = {
  add(point: SpeedPoint): void
  /** Points of the range, oldest first. */
  read(range: HistoryRange): SpeedPoint[]
  /** Number of points. */
  size(): number
  /** Unix seconds of the newest point. */
  newest(): number
  /** The machine's clock was set back by so much: the past moves along. */
  moveBack(seconds: number): void
  /** What `savedHistorySchema` reads. */
  save(): unknown
}

export function createSpeedHistory(saved: SpeedPoint[][] = []): SpeedHistory {
  const tiers = TIERS.map((_, index) => [...(saved[index] ?? [])])
  const newest = (): number => tiers.find((points) => points.length > 0)?.at(-1)?.time ?? Number.NEGATIVE_INFINITY

  function add(tier: number, point: SpeedPoint): void {
    const { stepSeconds, keepSeconds, maxPoints } = TIERS[tier] as (typeof TIERS)[number]
    const points = tiers[tier] as SpeedPoint[]
    const last = points.at(-1)
    if (last && stepSeconds > 0 && Math.floor(last.time / stepSeconds) === Math.floor(point.time / stepSeconds)) {
      points[points.length - 1] = foldPoints(last, point)
      return
    }
    points.push(point)
    let expired = 0
    while (expired < points.length - 1 && mustLeave(points, expired, point.time - keepSeconds, maxPoints)) expired++
    if (expired === 0) return
    // Moving many at a time keeps the cost of shifting an array small.
    for (const old of points.splice(0, expired)) if (tier + 1 < TIERS.length) add(tier + 1, old)
  }

  function moveBack(seconds: number): void {
    for (const points of tiers) {
      for (const [index, point] of points.entries()) points[index] = { ...point, time: point.time - seconds }
    }
  }

  return {
    add(point) {
      // Time never runs backwards here, and the next hours must not go unseen.
      if (point.time <= newest()) moveBack(newest() - (point.time - point.seconds))
      add(0, point)
    },
    read({ sinceSeconds, untilSeconds = Number.POSITIVE_INFINITY, maxPoints }) {
      const found = tiers.toReversed().flatMap((points) => {
        return points.filter(({ time }) => time > sinceSeconds && time <= untilSeconds)
      })
      return maxPoints === undefined ? found : thinPoints(found, maxPoints)
    },
    size: () => tiers.reduce((sum, points) => sum + points.length, 0),
    newest,
    moveBack,
    save: () => tiers.map((points) => points.map(toTuple)),
  }
}

const mustLeave = (points: SpeedPoint[], position: number, oldest: number, maxPoints: number): boolean =>
  (points[position] as SpeedPoint).time <= oldest || points.length - position > maxPoints

const toTuple = ({ time, seconds, values, errors }: SpeedPoint): unknown[] => [
  ...[time, seconds, ...values.slice(0, FIRST_SERIES)],
  ...[errors, ...values.slice(FIRST_SERIES)],
]

/** Two neighbours as one. Time is the end of both; each series follows its rule. */
function foldPoints(one: SpeedPoint, other: SpeedPoint): SpeedPoint {
  const seconds = one.seconds + other.seconds
  const mean = (first: number, second: number) =>
    seconds > 0 ? (first * one.seconds + second * other.seconds) / seconds : second
  const values = HISTORY_SERIES_NAMES.map((name, index) => {
    const first = one.values[index] ?? null
    const second = other.values[index] ?? null
    if (first === null || second === null) return first ?? second
    return HISTORY_SERIES[name] === 'max' ? Math.max(first, second) : mean(first, second)
  })
  return { time: other.time, seconds, values, errors: foldErrors(one.errors, other.errors, mean) }
}

function foldErrors(
  one: ErrorRates | null,
  other: ErrorRates | null,
  mean: (first: number, second: number) => number,
): ErrorRates | null {
  if (one === null || other === null) return one ?? other
  const classes = Object.keys({ ...one, ...other }) as FailureClass[]
  return Object.fromEntries(classes.map((name) => [name, mean(one[name] ?? 0, other[name] ?? 0)]))
}

/** Seconds. A round step keeps the buckets where they are while the job grows. */
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]

/** At most `maxPoints`, folded in buckets of one round step. */
function thinPoints(points: SpeedPoint[], maxPoints: number): SpeedPoint[] {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || points.length <= maxPoints) return points
  // A stretch touches one bucket more than it is steps long.
  const finest = (last.time - first.time) / (maxPoints - 1)
  const step = STEPS.find((candidate) => candidate >= finest) ?? Math.ceil(finest / 86_400) * 86_400
  const thinned: SpeedPoint[] = []
  for (const point of points) {
    const before = thinned.at(-1)
    if (before && Math.ceil(before.time / step) === Math.ceil(point.time / step)) {
      thinned[thinned.length - 1] = foldPoints(before, point)
    } else thinned.push(point)
  }
  return thinned
}

/** Points as columns. */
export function toColumns(points: readonly SpeedPoint[]): Omit<History, 'marks' | 'marksSince'> {
  const classes = new Set(points.flatMap(({ errors }) => Object.keys(errors ?? {}) as FailureClass[]))
  const columns = HISTORY_SERIES_NAMES.map((name, index) => [name, points.map(({ values }) => values[index] ?? null)])
  return {
    time: points.map(({ time }) => time),
    seconds: points.map(({ seconds }) => seconds),
    ...(Object.fromEntries(columns) as Record<(typeof HISTORY_SERIES_NAMES)[number], (number | null)[]>),
    errorsPerSecondByClass: Object.fromEntries(
      [...classes].map((name) => [name, points.map(({ errors }) => (errors ? (errors[name] ?? 0) : null))]),
    ),
  }
}
