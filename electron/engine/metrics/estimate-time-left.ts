/** How long the rest will take. Pure. */

/** The rate behind the estimate follows the live one within about half a minute, so that the estimate stays calm. */
const SMOOTHING_SECONDS = 30

export const smoothRate = (smoothed: number, rate: number, elapsedSeconds: number): number =>
  smoothed === 0 ? rate : smoothed + (rate - smoothed) * (1 - Math.exp(-elapsedSeconds / SMOOTHING_SECONDS))

/** Seconds; -1 when nothing moves or the total is not known yet. */
export function estimateSecondsLeft(input: {
  bytesLeft: number
  smoothedRate: number
  listingComplete: boolean
}): number {
  if (input.bytesLeft <= 0 && input.listingComplete) return 0
  if (!input.listingComplete || input.smoothedRate < 1) return -1
  return Math.round(input.bytesLeft / input.smoothedRate)
}
