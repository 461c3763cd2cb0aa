/** Time as it passes, for tests over real disks, sockets and processes: what these take would be outrun by any other. */
import type { Clock } from '../engine-ports.ts'

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
