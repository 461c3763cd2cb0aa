/**
 * Statistics that outliers do not move: how fast a series of measurements rises or falls, and how sure that is. Pure.
 */

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Evenly spaced; null = nothing was measured then. */
export type Series = readonly (number | null)[]

/** Median of the slopes between all pairs (Theil-Sen), per step. */
export const slopePerStep = (series: Series): number => median(pairs(series).map(({ rise, run }) => rise / run))

/** That the trend is no chance, two-sided, 0 to 1: how many pairs rise or fall, against chance (Mann-Kendall). */
export function trendConfidence(series: Series): number {
  const count = series.filter((value) => value !== null).length
  if (count < 4) return 0
  const score = pairs(series).reduce((sum, { rise }) => sum + Math.sign(rise), 0)
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)
  const z = Math.max(0, Math.abs(score) - 1) / deviation
  // Error function after Abramowitz and Stegun 7.1.26; good to 1.5e-7.
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 1 - polynomial * Math.exp(-x * x)
}

function pairs(series: Series): { rise: number; run: number }[] {
  return series.flatMap((from, index) =>
    from === null
      ? []
      : series.slice(index + 1).flatMap((to, further) => (to === null ? [] : [{ rise: to - from, run: further + 1 }])),
  )
}
