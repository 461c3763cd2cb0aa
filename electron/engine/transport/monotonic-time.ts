/** Milliseconds of the machine's monotonic clock, the same in every thread (performance.now() starts at 0 in each). */
const [startSeconds, startNanoseconds] = process.hrtime()
const offset = startSeconds * 1000 + startNanoseconds / 1e6 - performance.now()

export const monotonicMilliseconds = (): number => performance.now() + offset
