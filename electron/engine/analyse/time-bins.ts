/** Errors over time in bounded memory: bins of ten seconds that grow coarser, two into one, when they are too many. */
const MAX_BINS = 16_384
const FIRST_WIDTH_MS = 10_000

export type TimeBins = { widthMs: number; counts: Map<number, number> }

export const startTimeBins = (): TimeBins => ({ widthMs: FIRST_WIDTH_MS, counts: new Map() })

export function addTime(bins: TimeBins, timeMs: number): void {
  const bin = Math.floor(timeMs / bins.widthMs)
  bins.counts.set(bin, (bins.counts.get(bin) ?? 0) + 1)
  while (bins.counts.size > MAX_BINS) {
    const coarser = new Map<number, number>()
    for (const [fine, count] of bins.counts) {
      const coarse = Math.floor(fine / 2)
      coarser.set(coarse, (coarser.get(coarse) ?? 0) + count)
    }
    bins.counts = coarser
    bins.widthMs *= 2
  }
}
