/** How late the control plane's timers fire: a busy machine or a blocked loop shows here first. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20

export function createLoopLagMeter() {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  return {
    /** 99th percentile since the last read, milliseconds beyond the timer's own period. */
    readMs(): number {
      const lag = delay.percentile(99) / 1e6 - RESOLUTION_MS
      delay.reset()
      return Number.isFinite(lag) ? Math.max(0, Math.round(lag * 10) / 10) : 0
    },
    close: () => delay.disable(),
  }
}
