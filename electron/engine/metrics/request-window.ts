/**
 * The last requests, for what is shown about them: success rate (last 100 within the window, as the seed report
 * asks), first-byte percentiles, requests per second.
 */

/** The seed report's plan A looks at the last 100 requests. */
const SUCCESS_REQUESTS = 100
const FIRST_BYTE_SAMPLES = 256
/** Requests per second are averaged over this long. */
const RATE_MILLISECONDS = 5000

export function createRequestWindow(windowSeconds: number) {
  const recent: { at: number; ok: boolean }[] = []
  const firstBytes: number[] = []
  let nextSample = 0
  const finishedAt: number[] = []
  const errors = new Map<string, number>()

  return {
    record(at: number, ok: boolean, firstByteMs: number): void {
      recent.push({ at, ok })
      if (recent.length > SUCCESS_REQUESTS) recent.shift()
      finishedAt.push(at)
      if (firstByteMs > 0) {
        firstBytes[nextSample] = firstByteMs
        nextSample = (nextSample + 1) % FIRST_BYTE_SAMPLES
      }
    },
    recordError(failureClass: string): void {
      errors.set(failureClass, (errors.get(failureClass) ?? 0) + 1)
    },
    read(now: number) {
      const inWindow = recent.filter((request) => now - request.at <= windowSeconds * 1000)
      const passed = finishedAt.findIndex((at) => now - at <= RATE_MILLISECONDS)
      finishedAt.splice(0, passed < 0 ? finishedAt.length : passed)
      const sorted = [...firstBytes].sort((a, b) => a - b)
      return {
        successRate: inWindow.length === 0 ? 1 : inWindow.filter((request) => request.ok).length / inWindow.length,
        requestsPerSecond: finishedAt.length / (RATE_MILLISECONDS / 1000),
        firstByteMsP50: percentile(sorted, 0.5),
        firstByteMsP95: percentile(sorted, 0.95),
        errors,
      }
    },
  }
}

/** Nearest rank; 0 for no samples. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number)
