/** How long the rest will take. Pure. */

/** The rate behind the estimate follows the live one within about half a minute, so that the estimate stays calm. */
const SMOOTHING_SECONDS = 30

/** `seconds`: since the first byte. */
type SmoothedRate = { bytesPerSecond: number; seconds: number }
export const AT_REST: SmoothedRate = { bytesPerSecond: 0, seconds: 0 }

/**
 * The plain mean until there is half a minute to look back on:
 * the first bytes of a warming pool must not count for it all.
 */
export function smoothRate(before: SmoothedRate, rate: number, elapsedSeconds: number): SmoothedRate {
  if (before.seconds === 0 && rate === 0) return before
  const seconds = before.seconds + elapsedSeconds
  const weight = Math.max(elapsedSeconds / seconds, 1 - Math.exp(-elapsedSeconds / SMOOTHING_SECONDS))
  return { bytesPerSecond: before.bytesPerSecond + (rate - before.bytesPerSecond) * weight, seconds }
}

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
