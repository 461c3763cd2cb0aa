/** Bursts of errors, and whether they recur at equal intervals. Pure. */
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import type { TimeBins } from './time-bins.ts'

type Burst = { startMs: number; endMs: number; count: number }

/** Fewer errors in a bin are no burst, however quiet the rest is. */
const LEAST_IN_A_BIN = 3
/** ... nor fewer than this many times the mean of the whole log. */
const TIMES_THE_MEAN = 3
/** Bins of one burst may have fewer than this many quiet ones between them. */
const GAP_BINS = 3
const SHOWN = 20
const LEAST_BURSTS_OF_A_PERIOD = 4
/** Regular: two thirds of the intervals lie this close to their median. */
const INTERVAL_TOLERANCE = 0.15
const REGULAR_SHARE = 0.66

export function findBursts({ widthMs, counts }: TimeBins): Burst[] {
  const bins = [...counts].sort(([one], [other]) => one - other)
  const [first, last] = [bins[0], bins.at(-1)]
  if (!first || !last) return []
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  const mean = total / (last[0] - first[0] + 1)
  const least = Math.max(LEAST_IN_A_BIN, TIMES_THE_MEAN * mean)
  const bursts: Burst[] = []
  for (const [bin, count] of bins) {
    if (count < least) continue
    const startMs = bin * widthMs
    const burst = bursts.at(-1)
    if (burst && startMs - burst.endMs < GAP_BINS * widthMs) {
      burst.endMs = startMs + widthMs
      burst.count += count
    } else bursts.push({ startMs, endMs: startMs + widthMs, count })
  }
  return bursts
}

/** Null when there are too few or their intervals are irregular. */
export function findPeriod(bursts: readonly Burst[], widthMs: number): LogAnalysis['period'] {
  if (bursts.length < LEAST_BURSTS_OF_A_PERIOD) return null
  const intervals = bursts.slice(1).map(({ startMs }, index) => startMs - (bursts[index]?.startMs ?? 0))
  const median = [...intervals].sort((one, other) => one - other)[Math.floor(intervals.length / 2)] ?? 0
  const tolerance = Math.max(widthMs, INTERVAL_TOLERANCE * median)
  const near = intervals.filter((interval) => Math.abs(interval - median) <= tolerance)
  // Where bins are as wide as the intervals, everything looks regular.
  if (median < 4 * widthMs || near.length < REGULAR_SHARE * intervals.length) return null
  const seconds = near.reduce((sum, interval) => sum + interval, 0) / near.length / 1000
  return { seconds: Math.round(seconds), bursts: bursts.length }
}

export const largestBursts = (bursts: readonly Burst[]): LogAnalysis['bursts'] =>
  [...bursts]
    .sort((one, other) => other.count - one.count || one.startMs - other.startMs)
    .slice(0, SHOWN)
    .map(({ startMs, endMs, count }) => ({
      from: new Date(startMs).toISOString(),
      seconds: (endMs - startMs) / 1000,
      count,
    }))
