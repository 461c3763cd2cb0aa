/**
 * The speed of a job over its whole life, in bounded memory: one point a second for the last ten minutes, then ever
 * coarser. What the program kept comes in once (`fromHistory`), snapshots are appended at 1 Hz. Pure.
 *
 * Invariants: times rise strictly; all columns have one length; a paused stretch is null, never zero.
 */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { History } from '../../../shared/job-history.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'

/** Null = nothing was measured. */
export type Column = readonly (number | null)[]
export type SpeedHistory = {
  /** Unix seconds. */
  time: readonly number[]
  bytesPerSecond: Column
  concurrency: Column
  firstByteMsP50: Column
  firstByteMsP95: Column
  errorsPerSecond: Column
}
export type MeasuredName = Exclude<keyof SpeedHistory, 'time'>

export const EMPTY_HISTORY: SpeedHistory = {
  time: [],
  bytesPerSecond: [],
  concurrency: [],
  firstByteMsP50: [],
  firstByteMsP95: [],
  errorsPerSecond: [],
}

/** Seconds a point stands for from an age on, coarsest first: about 3,600 points for a week, 8,800 for a year. */
const RESOLUTION: readonly { fromAgeSeconds: number; stepSeconds: number }[] = [
  { fromAgeSeconds: 7 * 86_400, stepSeconds: 3600 },
  { fromAgeSeconds: 86_400, stepSeconds: 600 },
  { fromAgeSeconds: 2 * 3600, stepSeconds: 60 },
  { fromAgeSeconds: 600, stepSeconds: 10 },
]

/** The program's history, with paused stretches blanked out. */
export function fromHistory(history: History): SpeedHistory {
  const isPaused = pausedTimes(history.marks)
  const blank = (column: Column): Column =>
    column.map((value, index) => (isPaused(history.time[index] ?? 0) ? null : value))
  return {
    time: history.time,
    bytesPerSecond: blank(history.bytesPerSecond),
    concurrency: blank(history.concurrency),
    firstByteMsP50: blank(history.firstByteMsP50),
    firstByteMsP95: blank(history.firstByteMsP95),
    errorsPerSecond: blank(history.errorsPerSecond),
  }
}

/** Appends one tick. A snapshot that is not newer than the last point changes nothing. */
export function appendSnapshot(
  history: SpeedHistory,
  snapshot: MetricsSnapshot,
  previous: MetricsSnapshot | undefined,
): SpeedHistory {
  // Of a job that is over or only tidies up there is no speed to draw: a last zero would look like a collapse.
  if (hasEnded(snapshot.phase) || snapshot.phase === 'finishing') return history
  const time = Date.parse(snapshot.time) / 1000
  const last = history.time.at(-1)
  if (last !== undefined && time <= last) return history
  const paused = snapshot.phase === 'paused'
  const measured: Record<MeasuredName, number> = {
    bytesPerSecond: snapshot.bytesPerSecond,
    concurrency: snapshot.concurrency,
    firstByteMsP50: snapshot.firstByteMsP50,
    firstByteMsP95: snapshot.firstByteMsP95,
    errorsPerSecond: previous ? errorRate(previous, snapshot) : 0,
  }
  const appended = mapColumns(history, (column, name) => [...column, paused ? null : measured[name]])
  return { ...appended, time: [...history.time, time] }
}

function errorRate(previous: MetricsSnapshot, snapshot: MetricsSnapshot): number {
  const seconds = (Date.parse(snapshot.time) - Date.parse(previous.time)) / 1000
  const sum = ({ errors }: MetricsSnapshot) => Object.values(errors).reduce((total, count) => total + count, 0)
  return seconds > 0 ? Math.max(0, sum(snapshot) - sum(previous)) / seconds : 0
}

/** What was read first, then what came live after it. */
export function joinHistories(earlier: SpeedHistory, later: SpeedHistory): SpeedHistory {
  const from = earlier.time.at(-1) ?? Number.NEGATIVE_INFINITY
  const start = later.time.findIndex((time) => time > from)
  if (start < 0) return earlier
  const joined = mapColumns(earlier, (column, name) => [...column, ...later[name].slice(start)])
  return { ...joined, time: [...earlier.time, ...later.time.slice(start)] }
}

/** Merges points that have become old. Worth calling about once a minute. `now` in unix seconds. */
export function compactHistory(history: SpeedHistory, now: number): SpeedHistory {
  return mergePoints(history, (time) => {
    // Only whole buckets are merged, so that every point of a mean weighs the same.
    for (const { fromAgeSeconds, stepSeconds } of RESOLUTION) {
      const bucketEnd = Math.ceil(time / stepSeconds) * stepSeconds
      if (now - bucketEnd >= fromAgeSeconds) return bucketEnd
    }
    return time
  })
}

/** At most about `maxPoints` points, each the mean of what it stands for. */
export function thinHistory(history: SpeedHistory, maxPoints: number): SpeedHistory {
  const first = history.time[0]
  const last = history.time.at(-1)
  if (first === undefined || last === undefined || history.time.length <= maxPoints) return history
  // A round step, so that the same points meet in the same bucket at every tick and the line stands still.
  const step = roundStep((last - first) / maxPoints)
  return mergePoints(history, (time) => Math.ceil(time / step) * step)
}

/** Points with `from < time <= to`. */
export function sliceHistory(history: SpeedHistory, from: number, to: number): SpeedHistory {
  const start = history.time.findIndex((time) => time > from)
  if (start < 0) return EMPTY_HISTORY
  const end = history.time.findLastIndex((time) => time <= to) + 1
  return { ...mapColumns(history, (column) => column.slice(start, end)), time: history.time.slice(start, end) }
}

/** Puts a null point wherever the line would bridge a stretch without measurements: the program or the job was stopped. */
export function breakAtGaps(history: SpeedHistory): SpeedHistory {
  const { time } = history
  const isGap = (index: number): boolean => {
    const seconds = gapSeconds(time, index)
    return seconds > 5 && seconds > 3 * Math.max(gapSeconds(time, index - 1), gapSeconds(time, index + 1))
  }
  const gaps = new Set([...time.keys()].filter(isGap))
  if (gaps.size === 0) return history
  const split = <T>(column: readonly T[], between: (index: number) => T): T[] =>
    column.flatMap((value, index) => (gaps.has(index) ? [between(index), value] : [value]))
  return {
    ...mapColumns(history, (column) => split<number | null>(column, () => null)),
    time: split(time, (index) => ((time[index - 1] as number) + (time[index] as number)) / 2),
  }
}

/** Seconds between a point and the one before it; 0 at the ends. */
const gapSeconds = (time: readonly number[], index: number): number => {
  const before = time[index - 1]
  const at = time[index]
  return before === undefined || at === undefined ? 0 : at - before
}

/** Points that share a bucket become one, at the bucket's last time: the mean of those that were measured. */
function mergePoints(history: SpeedHistory, bucketOf: (time: number) => number): SpeedHistory {
  const starts = [...history.time.keys()].filter(
    (index) => index === 0 || bucketOf(history.time[index] as number) !== bucketOf(history.time[index - 1] as number),
  )
  if (starts.length === history.time.length) return history
  const endOf = (bucket: number) => starts[bucket + 1] ?? history.time.length
  const merged = mapColumns(history, (column) => starts.map((start, bucket) => meanOf(column, start, endOf(bucket))))
  return { ...merged, time: starts.map((_, bucket) => history.time[endOf(bucket) - 1] as number) }
}

/** Null when nothing in [start, end) was measured. */
export function meanOf(column: Column, start: number, end: number): number | null {
  let sum = 0
  let count = 0
  for (let index = start; index < end; index++) {
    const value = column[index]
    if (value === null || value === undefined) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}

function mapColumns(
  history: SpeedHistory,
  change: (column: Column, name: MeasuredName) => Column,
): Omit<SpeedHistory, 'time'> {
  return {
    bytesPerSecond: change(history.bytesPerSecond, 'bytesPerSecond'),
    concurrency: change(history.concurrency, 'concurrency'),
    firstByteMsP50: change(history.firstByteMsP50, 'firstByteMsP50'),
    firstByteMsP95: change(history.firstByteMsP95, 'firstByteMsP95'),
    errorsPerSecond: change(history.errorsPerSecond, 'errorsPerSecond'),
  }
}

/** True for times between a `paused` and the next `resumed` (or a new start). */
function pausedTimes(marks: readonly EngineEvent[]): (time: number) => boolean {
  const spans: { from: number; to: number }[] = []
  let from: number | undefined
  for (const { code, time } of marks) {
    const at = Date.parse(time) / 1000
    if (code === 'paused') from ??= at
    if ((code === 'resumed' || code === 'job-started') && from !== undefined) {
      spans.push({ from, to: at })
      from = undefined
    }
  }
  if (from !== undefined) spans.push({ from, to: Number.POSITIVE_INFINITY })
  return (time) => spans.some((span) => time > span.from && time <= span.to)
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]
const roundStep = (seconds: number): number => STEPS.find((step) => step >= seconds) ?? Math.ceil(seconds)
