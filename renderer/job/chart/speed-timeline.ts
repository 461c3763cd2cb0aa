/** The seed report's speed timeline: how fast at the start, after 1 h, 2 h, 3 h ... Pure. */
import { meanBetween, type SpeedHistory } from './speed-history.ts'

export type TimelineEntry = { hour: number; bytesPerSecond: number | null }

/** Every hour at first, then fewer for a long job. */
const HOURS = [1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 672]
/** A speed is the mean of this long before and after its hour; the start is the mean of the first five minutes. */
const HALF_WINDOW_SECONDS = 150
const START_SECONDS = 300
/** Connections are still opening. */
const SETTLING_SECONDS = 5

/** `108 %`: a speed can be more than that of the start. */
export const percentOf = (bytesPerSecond: number, start: number): string =>
  `${Math.round((100 * bytesPerSecond) / start)} %`

/** The start and the reached hours. */
export function speedTimeline(history: SpeedHistory): TimelineEntry[] {
  const start = history.time[0]
  const end = history.time.at(-1)
  if (start === undefined || end === undefined) return []
  const mean = (from: number, to: number) => meanBetween(history, history.bytesPerSecond, from, to)
  const reached = HOURS.filter((hour) => start + hour * 3600 <= end).map((hour) => {
    const at = start + hour * 3600
    // Old points cover more than the averaging window: then the nearest one after the hour is taken.
    const around = mean(at - HALF_WINDOW_SECONDS, at + HALF_WINDOW_SECONDS)
    return { hour, bytesPerSecond: around ?? mean(at, at + 3600) }
  })
  const settled = mean(start + SETTLING_SECONDS, start + START_SECONDS)
  const first = { hour: 0, bytesPerSecond: settled ?? mean(start - 1, start + START_SECONDS) }
  return [first, ...reached]
}
