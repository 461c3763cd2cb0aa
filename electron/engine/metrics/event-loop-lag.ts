/**
 * How late the control plane's timers fire: a busy machine or a blocked loop shows
 * here first. Not by `monitorEventLoopDelay`: after each `reset()` it leaves out the
 * next delay, and so never sees a block that begins where a look has just ended.
 */
const BEAT_MS = 20
/** No busy processor keeps a timer waiting for so long: the machine was asleep, or the program was stopped. */
const ASLEEP_MS = 10_000

export function createLoopLagMeter() {
  const gauge = createLagGauge(() => performance.now(), BEAT_MS)
  const timer = setInterval(gauge.beat, BEAT_MS)
  timer.unref()
  return { readMs: gauge.readMs, close: () => clearInterval(timer) }
}

/** `beat` is called every `beatMs`, by a timer that a busy loop keeps waiting. */
export function createLagGauge(now: () => number, beatMs: number) {
  let beatAt = now()
  let longestMs = 0

  const beat = (): void => {
    const at = now()
    longestMs = Math.max(longestMs, lateMs(at))
    beatAt = at
  }
  function lateMs(at: number): number {
    const late = at - beatAt - beatMs
    return late > ASLEEP_MS ? 0 : late
  }
  return {
    beat,
    /** The longest delay since the last look, milliseconds beyond the timer's own period; one that lasts yet counts. */
    readMs(): number {
      const lagMs = Math.max(longestMs, lateMs(now()))
      longestMs = 0
      return Math.round(Math.max(0, lagMs) * 10) / 10
    },
  }
}
