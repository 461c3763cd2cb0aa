/**
 * From the history to what is drawn: the chosen range, thinned to the available pixels, with gaps as gaps. Pure.
 */
import { breakAtGaps, type MeasuredName, type SpeedHistory, sliceHistory, thinHistory } from './speed-history.ts'
import type { Span } from './view-range.ts'

export type ChartRange = '5m' | '1h' | 'all'
export const CHART_RANGES: readonly ChartRange[] = ['5m', '1h', 'all']
const RANGE_SECONDS: Record<ChartRange, number> = { '5m': 300, '1h': 3600, all: Number.POSITIVE_INFINITY }
/**
 * The shortest span shown: a job of a few seconds would otherwise be drawn as one steep line. Free room is on the
 * right.
 */
const SHORTEST_SECONDS = { live: 60, ended: 10 }

export type PlotData = {
  /** Unix seconds. */
  from: number
  to: number
  history: SpeedHistory
}

/** Unix seconds: the newest point, or `now` of a job that waits and measures nothing. */
export const newestOf = ({ time }: SpeedHistory, now?: number): number =>
  Math.max(time.at(-1) ?? 0, time.length > 0 ? (now ?? 0) : 0)

/** Unix seconds of the left and the right edge. Nothing is shown of the time before the job. */
export function plotSpan(history: SpeedHistory, range: ChartRange, isLive: boolean, now?: number): Span {
  const first = history.time[0] ?? 0
  const last = newestOf(history, now)
  const to = Math.max(last, first + SHORTEST_SECONDS[isLive ? 'live' : 'ended'])
  return { from: Math.max(to - RANGE_SECONDS[range], first), to }
}

/** The whole job: the limits of zooming and panning. */
export const historyBounds = (history: SpeedHistory, isLive: boolean, now?: number): Span =>
  plotSpan(history, 'all', isLive, now)

/** What is in sight, in full, with gaps as gaps. Cut once for all panels: weeks are 30,000 points of 20 series. */
export const stretchOf = (history: SpeedHistory, { from, to }: Span): SpeedHistory =>
  // One point more on both sides, so that the line reaches the edges.
  breakAtGaps(sliceHistory(history, from - 60, to + 60))

export function choosePlotData(
  stretch: SpeedHistory,
  { from, to }: Span,
  maxPoints: number,
  keeps: readonly MeasuredName[] = ['bytesPerSecond'],
): PlotData {
  return { from, to, history: thinHistory(stretch, maxPoints / (2 * keeps.length), keeps) }
}

/**
 * Indexes of the points that have no measured neighbour. Undefined
 * values belong to the times of another series and are ignored.
 */
export function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = []
  let before: number | null = null
  let candidate = -1
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (value === undefined) continue
    if (value === null && candidate >= 0) lone.push(candidate)
    candidate = value !== null && before === null ? index : -1
    before = value
  }
  return candidate >= 0 ? [...lone, candidate] : lone
}

/**
 * Whether a cursor at this time lies in a gap: it is further than `nearSeconds` from the nearest
 * point, and that point's figures do not apply to it. Pure.
 */
export function liesInGap({ history }: PlotData, nearest: number, at: number, nearSeconds: number): boolean {
  const time = history.time[nearest]
  if (time === undefined || Math.abs(at - time) <= nearSeconds) return false
  const beside = nearest + (at < time ? -1 : 1)
  return (history.bytesPerSecond[nearest] ?? null) === null || (history.bytesPerSecond[beside] ?? null) === null
}

/**
 * The value of one of several series on a common axis: the jobs were sampled at different moments, so the last sample
 * before `at` counts. Undefined in a gap and after the end, but for `nearSeconds` beside a sample. An undefined value
 * belongs to the time of another series. Pure.
 */
export function valueAt(
  time: ArrayLike<number>,
  values: ArrayLike<number | null | undefined>,
  at: number,
  nearSeconds: number,
): number | undefined {
  let before = -1
  let after = -1
  for (let index = 0; index < time.length && after < 0; index++) {
    if (values[index] === undefined) continue
    if ((time[index] as number) <= at) before = index
    if ((time[index] as number) >= at) after = index
  }
  const isMeasured = (index: number) => (values[index] ?? null) !== null
  if (isMeasured(before) && isMeasured(after)) return values[before] ?? undefined
  const away = (index: number) => Math.abs((time[index] as number) - at)
  const beside = [before, after].find((index) => isMeasured(index) && away(index) <= nearSeconds)
  return beside === undefined ? undefined : (values[beside] ?? undefined)
}

export type SpeedSummary = { now: number; mean: number; low: number; high: number; points: number }

/** Undefined when nothing was measured. Bytes per second. */
export function summarizeSpeed({ history, from, to }: PlotData): SpeedSummary | undefined {
  const speeds = history.bytesPerSecond.filter(
    (value, index): value is number =>
      value !== null && (history.time[index] as number) >= from && (history.time[index] as number) <= to,
  )
  const now = speeds.at(-1)
  if (now === undefined) return undefined
  return {
    now,
    mean: speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length,
    low: Math.min(...speeds),
    high: Math.max(...speeds),
    points: speeds.length,
  }
}

/** Top of the speed axis: a round number that does not change while the speed varies below it. */
export function axisTop(highest: number): number {
  if (highest <= 0) return 1
  const magnitude = 10 ** Math.floor(Math.log10(highest))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * magnitude >= highest * 1.04) ?? 12
  return step * magnitude
}

/** `40`, `0.5`, or `0.003` for a line of a few kilobytes a second, without rounding errors of added fractions. */
export const formatTickValue = (value: number): string => String(Number(value.toPrecision(6)))

/** Steps of the time axis, one second to weeks: with less than a second the same label would appear twice. */
export const TIME_STEPS: number[] = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 7].map((days) => days * 86_400),
]

/** `14:32`, or the date at midnight; seconds only where they tell ticks apart. Local time. */
export function formatTick(unixSeconds: number, stepSeconds: number): string {
  const date = new Date(unixSeconds * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (stepSeconds < 60) return `${clock}:${two(date.getSeconds())}`
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
  return isMidnight ? `${two(date.getMonth() + 1)}-${two(date.getDate())}` : clock
}

/** Whether instants between these are told apart, and from other days, only by their date. Unix seconds, local days. */
export const needDate = (from: number, to: number, now = Date.now() / 1000): boolean =>
  [from, to].some((at) => new Date(at * 1000).toDateString() !== new Date(now * 1000).toDateString())

/** `14:32:10`, or `11-27 14:32:10`. Local time. */
export function formatInstant(unixSeconds: number, withDate: boolean): string {
  const date = new Date(unixSeconds * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return withDate ? `${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}` : clock
}

/** `UTC+08:00`. `offset` as a Date has it: minutes behind. */
export function formatZone(offset: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.abs(offset)
  return `UTC${offset > 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
