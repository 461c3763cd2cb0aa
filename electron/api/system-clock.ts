/** The real time, for every host. */
import type { Clock } from '../engine/engine-ports.ts'
import { monotonicMilliseconds } from '../engine/transport/monotonic-time.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMilliseconds,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
