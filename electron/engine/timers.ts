/** What a job does again and again, and what it waits for; all of it ends with the job. */
import type { Clock } from './engine-ports.ts'

export type Timers = ReturnType<typeof createTimers>

/** `signal`: ends every sleep. `onBug`: work that throws is not run again. */
export function createTimers(clock: Clock, signal: AbortSignal, onBug: (error: unknown) => void) {
  const stops: (() => Promise<void>)[] = []

  return {
    /** Runs again and again, so long after its last end, and never twice at once. */
    every(milliseconds: number | (() => number), work: () => void | Promise<void>): void {
      let cancelTimer = () => {}
      let isStopped = false
      let running: Promise<void> | undefined
      const arm = () => {
        const delayMs = typeof milliseconds === 'number' ? milliseconds : milliseconds()
        cancelTimer = clock.after(delayMs, () => {
          running = attempt()
        })
      }
      const attempt = async () => {
        try {
          await work()
          if (!isStopped) arm()
        } catch (error) {
          onBug(error)
        }
      }
      arm()
      stops.push(async () => {
        isStopped = true
        cancelTimer()
        await running
      })
    },
    sleep(milliseconds: number): Promise<void> {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const cancelTimer = clock.after(milliseconds, done)
        function done() {
          signal.removeEventListener('abort', done)
          cancelTimer()
          resolve()
        }
        signal.addEventListener('abort', done, { once: true })
      })
    },
    /** Waits for what is under way. */
    async stop(): Promise<void> {
      await Promise.all(stops.splice(0).map((stop) => stop()))
    },
  }
}
