/** The real time, for every host. */
import type { Clock } from '../../engine/engine-ports.ts'
import { LONGEST_TIMER_MS, monotonicMilliseconds } from '../../engine/transport/monotonic-time.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMilliseconds,
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
