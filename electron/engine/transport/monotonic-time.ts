/** Milliseconds of the machine's monotonic clock, the same in every thread (performance.now() starts at 0 in each). */
export function monotonicMilliseconds(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/**
 * A timer of Node that is to last longer ends at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
 */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Of any length: `AbortSignal.timeout` throws for parts of a
 * millisecond, which 2.01 seconds have by rounding, and for months.
 */
export const timeoutAfter = (ms: number): AbortSignal => AbortSignal.timeout(Math.ceil(Math.min(ms, LONGEST_TIMER_MS)))
