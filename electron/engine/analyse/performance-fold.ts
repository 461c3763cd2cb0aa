/** Samples of `performance.ndjson` -> speed at both ends, slope of the memory, worst of the other figures. */
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import type { PerformanceSample } from './parse-line.ts'

const HOUR_MS = 3_600_000
const MAX_HOURS = 20_000
/** Each end is the mean of this many hours, or of a third of all when there are fewer. */
const END_HOURS = 3

export function createPerformanceFold() {
  const hours = new Map<number, { sum: number; count: number }>()
  let samples = 0
  let firstMs = Number.POSITIVE_INFINITY
  let lastMs = Number.NEGATIVE_INFINITY
  let maxCloseWait = 0
  let minSuccessRate = 1
  // Least squares of memory over time, from the first sample on.
  const sums = { count: 0, x: 0, y: 0, xx: 0, xy: 0 }

  return {
    add(timeMs: number, { phase, bytesPerSecond, rssBytes, closeWait, successRate }: PerformanceSample): void {
      samples++
      firstMs = Math.min(firstMs, timeMs)
      lastMs = Math.max(lastMs, timeMs)
      maxCloseWait = Math.max(maxCloseWait, Math.round(closeWait))
      minSuccessRate = Math.min(minSuccessRate, successRate)
      if (rssBytes > 0) {
        const x = (timeMs - firstMs) / HOUR_MS
        sums.count++
        sums.x += x
        sums.y += rssBytes
        sums.xx += x * x
        sums.xy += x * rssBytes
      }
      // The first and the last sample of a run are taken before and after the work.
      if (phase !== '' && phase !== 'running') return
      const hour = Math.floor(timeMs / HOUR_MS)
      const known = hours.get(hour)
      if (known) {
        known.sum += bytesPerSecond
        known.count++
      } else if (hours.size < MAX_HOURS) hours.set(hour, { sum: bytesPerSecond, count: 1 })
    },
    result(): LogAnalysis['performance'] {
      if (samples === 0) return null
      const means = [...hours].sort(([one], [other]) => one - other).map(([, { sum, count }]) => sum / count)
      const atEnds = Math.max(1, Math.min(END_HOURS, Math.floor(means.length / 3)))
      const spread = sums.count * sums.xx - sums.x * sums.x
      return {
        samples,
        hours: (lastMs - firstMs) / HOUR_MS,
        firstBytesPerSecond: meanOf(means.slice(0, atEnds)),
        lastBytesPerSecond: meanOf(means.slice(-atEnds)),
        rssBytesPerHour: spread > 0 ? (sums.count * sums.xy - sums.x * sums.y) / spread : 0,
        maxCloseWait,
        minSuccessRate,
      }
    },
  }
}

const meanOf = (values: number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
