/** Milliseconds of the machine's monotonic clock, the same in every thread (performance.now() starts at 0 in each). */
export function monotonicMilliseconds(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
