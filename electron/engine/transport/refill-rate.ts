/** Refills the rate bucket (rate-bucket.ts) that all workers draw on, in the control plane's thread. */
import type { viewRateBucket } from './rate-bucket.ts'

/** Tokens are topped up this often; a limit is kept within this grain. */
const REFILL_MILLISECONDS = 20
/** Unused allowance is kept for this long, so that a pause in the network is no loss but a burst stays small. */
const BURST_SECONDS = 0.25

export function createRateRefill(bucket: ReturnType<typeof viewRateBucket>) {
  let timer: NodeJS.Timeout | undefined

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    /** 0 = unlimited. */
    setRate(bytesPerSecond: number): void {
      stop()
      bucket.setLimited(bytesPerSecond > 0)
      if (bytesPerSecond <= 0) return
      let last = performance.now()
      timer = setInterval(() => {
        const now = performance.now()
        bucket.refill(Math.round((bytesPerSecond * (now - last)) / 1000), bytesPerSecond * BURST_SECONDS)
        last = now
      }, REFILL_MILLISECONDS)
      timer.unref()
    },
    stop,
  }
}
