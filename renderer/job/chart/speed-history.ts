/**
 * The speed of a job over its whole life, in bounded memory: one point a second for the last ten minutes, then ever
 * coarser. What the program kept comes in once (`fromHistory`), snapshots are appended at 1 Hz. Pure.
 *
 * Invariants: times rise strictly; all columns have one length; a paused stretch is null, never zero.
 */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import {
  HISTORY_SERIES,
  HISTORY_SERIES_NAMES,
  type History,
  type HistorySeries,
  ifMeasured,
} from '../../../shared/job-history.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import type { ErrorCounts, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'

/** Error classes with a layer of their own in the chart; the rare rest shares one. */
const ERROR_LAYERS = ['throttled', 'server-error', 'stalled', 'slow', 'reset', 'connect', 'dns'] as const
export type ErrorLayer = (typeof ERROR_LAYERS)[number] | 'other'
export type ErrorColumn = `errors:${ErrorLayer}`
export const ERROR_COLUMNS: readonly ErrorColumn[] = [
  ...ERROR_LAYERS.map((name) => `errors:${name}` as const),
  'errors:other',
]

/** Null = nothing was measured. */
export type Column = readonly (number | null)[]
export type MeasuredName = HistorySeries | ErrorColumn
/** `time` in unix seconds. */
export type SpeedHistory = { time: readonly number[] } & Record<MeasuredName, Column>
const MEASURED_NAMES: readonly MeasuredName[] = [...HISTORY_SERIES_NAMES, ...ERROR_COLUMNS]

const eachColumn = <T>(make: (name: MeasuredName) => T): Record<MeasuredName, T> =>
  Object.fromEntries(MEASURED_NAMES.map((name) => [name, make(name)])) as Record<MeasuredName, T>

export const EMPTY_HISTORY: SpeedHistory = { time: [], ...eachColumn(() => []) }

/**
 * Seconds a point stands for from an age on, coarsest first, as the program keeps them: about 22,000 points at most.
 */
const RESOLUTION: readonly { fromAgeSeconds: number; stepSeconds: number }[] = [
  { fromAgeSeconds: 14 * 86_400, stepSeconds: 600 },
  { fromAgeSeconds: 3 * 3600, stepSeconds: 60 },
  { fromAgeSeconds: 600, stepSeconds: 10 },
]

/** The program's history, with paused stretches blanked out. */
export function fromHistory(history: History): SpeedHistory {
  const isPaused = pausedTimes(history.marks)
  const blank = (column: Column): Column =>
    column.map((value, index) => (isPaused(history.time[index] ?? 0) ? null : value))
  const byClass = history.errorsPerSecondByClass
  const rest = FAILURE_CLASSES.filter((name) => !(ERROR_LAYERS as readonly string[]).includes(name))
  const layer = (name: ErrorLayer): Column => {
    const columns = (name === 'other' ? rest : [name]).map((failure) => byClass[failure] ?? [])
    return history.time.map((_, index) => columns.reduce((sum, column) => sum + (column[index] ?? 0), 0))
  }
  return {
    time: history.time,
    ...eachColumn((name) => blank(isErrorColumn(name) ? layer(layerOf(name)) : history[name])),
  }
}

const isErrorColumn = (name: MeasuredName): name is ErrorColumn => name.startsWith('errors:')
export const layerOf = (column: ErrorColumn): ErrorLayer => column.slice('errors:'.length) as ErrorLayer

/**
 * Appends one tick. The first snapshot of a run adds no point, as in the program's own history: a point needs the
 * interval before it. A snapshot that is not newer than the last point changes nothing, unless the clock was set back
 * since the one before: then earlier points are shifted along, as the program shifts its own.
 */
export function appendSnapshot(
  history: SpeedHistory,
  snapshot: MetricsSnapshot,
  previous: MetricsSnapshot | undefined,
): SpeedHistory {
  // A job that has ended or is finishing has no speed: a last zero would look like a collapse.
  if (hasEnded(snapshot.phase) || snapshot.phase === 'finishing') return history
  if (!previous || hasEnded(previous.phase)) return history
  const time = Date.parse(snapshot.time) / 1000
  const last = history.time.at(-1)
  if (last !== undefined && time <= last) {
    if (Date.parse(previous.time) / 1000 <= time) return history
    const moved = history.time.map((at) => at - (last - time) - 1)
    return appendSnapshot({ ...history, time: moved }, snapshot, previous)
  }
  const paused = snapshot.phase === 'paused'
  const rates = errorRates(previous, snapshot)
  const { connections } = snapshot
  const measured: Record<MeasuredName, number | null> = {
    ...rates,
    bytesPerSecond: snapshot.bytesPerSecond,
    concurrency: snapshot.concurrency,
    firstByteMsP50: ifMeasured(snapshot.firstByteMsP50),
    firstByteMsP95: ifMeasured(snapshot.firstByteMsP95),
    errorsPerSecond: Object.values(rates).reduce((sum, rate) => sum + rate, 0),
    connectionsActive: connections.active,
    connectionsConnecting: connections.connecting,
    connectionsIdle: connections.idle,
    connectionsCloseWait: connections.closeWait,
    dnsMs: ifMeasured(snapshot.dnsMs),
    diskWriteMs: ifMeasured(snapshot.diskWriteMs),
    rssBytes: ifMeasured(snapshot.rssBytes),
    loopLagMs: snapshot.loopLagMs,
  }
  const appended = mapColumns(history, (column, name) => [...column, paused ? null : measured[name]])
  return { ...appended, time: [...history.time, time] }
}

/** Failures per second since the snapshot before, by layer. */
function errorRates(previous: MetricsSnapshot | undefined, snapshot: MetricsSnapshot): Record<ErrorColumn, number> {
  const seconds = previous ? (Date.parse(snapshot.time) - Date.parse(previous.time)) / 1000 : 0
  const rates = Object.fromEntries(ERROR_COLUMNS.map((name) => [name, 0])) as Record<ErrorColumn, number>
  if (!previous || seconds <= 0) return rates
  for (const failure of Object.keys(snapshot.errors) as (keyof ErrorCounts)[]) {
    const layer = (ERROR_LAYERS as readonly string[]).includes(failure) ? (failure as ErrorLayer) : 'other'
    rates[`errors:${layer}`] += Math.max(0, snapshot.errors[failure] - previous.errors[failure]) / seconds
  }
  return rates
}

/** The history that was read, followed by the live points after it. */
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
    // Only complete buckets are merged, so that every point has the same weight in a mean.
    for (const { fromAgeSeconds, stepSeconds } of RESOLUTION) {
      const bucketEnd = Math.ceil(time / stepSeconds) * stepSeconds
      if (now - bucketEnd >= fromAgeSeconds) return bucketEnd
    }
    return time
  })
}

/**
 * Real points only, chosen so that no peak and no dip of the named columns is lost:
 * of each bucket the lowest and the highest of each column, and one that was not
 * measured, so that gaps stay. At most `buckets * (2 * columns + 1) + 4` points.
 */
export function thinHistory(history: SpeedHistory, buckets: number, names: readonly MeasuredName[]): SpeedHistory {
  const { time } = history
  const first = time[0]
  const last = time.at(-1)
  if (first === undefined || last === undefined || time.length <= 2 * buckets) return history
  // A round step, so that the same points share a bucket at every tick and the line does not jitter.
  const step = roundStep((last - first) / buckets)
  const kept: number[] = [0]
  const bucketOf = (index: number): number => Math.ceil((time[index] as number) / step)
  for (let start = 0; start < time.length; ) {
    let end = start + 1
    while (end < time.length && bucketOf(end) === bucketOf(start)) end++
    const chosen = names.flatMap((name) => extremesOf(history[name], start, end))
    kept.push(...new Set(chosen.sort((a, b) => a - b)))
    start = end
  }
  const indexes = [...new Set([...kept, time.length - 1])].sort((a, b) => a - b)
  const pick = <T>(column: readonly T[]): T[] => indexes.map((index) => column[index] as T)
  return { ...mapColumns(history, (column) => pick(column)), time: pick(time) }
}

/** Indexes of the lowest, the highest and the first that was not measured, within [start, end). */
function extremesOf(column: Column, start: number, end: number): number[] {
  let low = -1
  let high = -1
  let missing = -1
  for (let index = start; index < end; index++) {
    const value = column[index] ?? null
    if (value === null) missing = missing < 0 ? index : missing
    else {
      if (low < 0 || value < (column[low] as number)) low = index
      if (high < 0 || value > (column[high] as number)) high = index
    }
  }
  return [low, high, missing].filter((index) => index >= 0)
}

/** Mean of the points with `from < time <= to`; null when nothing was measured. */
export const meanBetween = ({ time }: SpeedHistory, column: Column, from: number, to: number): number | null =>
  meanOf(column, countUntil(time, from), countUntil(time, to))

/** Points with `from < time <= to`. */
export function sliceHistory(history: SpeedHistory, from: number, to: number): SpeedHistory {
  const start = countUntil(history.time, from)
  const end = countUntil(history.time, to)
  if (start === history.time.length) return EMPTY_HISTORY
  return { ...mapColumns(history, (column) => column.slice(start, end)), time: history.time.slice(start, end) }
}

/** How many of the rising times are not later than `until`. */
function countUntil(time: readonly number[], until: number): number {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((time[middle] as number) <= until) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Puts a null point wherever the line would bridge a stretch without measurements: the program or the job was stopped.
 */
export function breakAtGaps(history: SpeedHistory): SpeedHistory {
  const { time } = history
  const isGap = (index: number): boolean => {
    const seconds = gapSeconds(time, index)
    return seconds > 5 && seconds > 3 * Math.max(gapSeconds(time, index - 1), gapSeconds(time, index + 1))
  }
  const gaps = new Set<number>()
  for (let index = 1; index < time.length; index++) if (isGap(index)) gaps.add(index)
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
  const merged = mapColumns(history, (column, name) => {
    const fold = RULES[name] === 'max' ? maxOf : meanOf
    return starts.map((start, bucket) => fold(column, start, endOf(bucket)))
  })
  return { ...merged, time: starts.map((_, bucket) => history.time[endOf(bucket) - 1] as number) }
}

const RULES: Partial<Record<MeasuredName, 'mean' | 'max'>> = HISTORY_SERIES

function maxOf(column: Column, start: number, end: number): number | null {
  const measured = column.slice(start, end).filter((value) => value !== null)
  return measured.length === 0 ? null : Math.max(...measured)
}

/** Null when nothing in [start, end) was measured. */
function meanOf(column: Column, start: number, end: number): number | null {
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

const mapColumns = (
  history: SpeedHistory,
  change: (column: Column, name: MeasuredName) => Column,
): Record<MeasuredName, Column> => eachColumn((name) => change(history[name], name))

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
