/**
 * After a restart of the machine: goes on with the jobs it was torn from. A destination may come later than its user
 * signs in (a network drive is connected anew, a disk is unlocked): it is waited for, so that no job fails for that.
 */
import { stat } from 'node:fs/promises'
import type { Clock } from '../../engine/engine-ports.ts'
import { createTimers } from '../../engine/timers.ts'

const LOOK_AGAIN_MS = 5000
/** Then the job begins all the same, and reports itself what is missing. */
const LONGEST_WAIT_MS = 600_000

export async function goOnAfterRestart(options: {
  /** In the order they are to begin. */
  jobs: readonly { jobId: string; destination: string }[]
  goOn(jobId: string): void
  clock: Clock
  /** Ends the waiting. */
  signal: AbortSignal
  isThere?(folder: string): Promise<boolean>
}): Promise<void> {
  const { goOn, clock, signal, isThere = isFolderThere } = options
  const { sleep } = createTimers(clock, signal, () => {})
  let waiting = options.jobs
  for (let waitedMs = 0; waiting.length > 0; waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs > 0) await sleep(LOOK_AGAIN_MS)
    const found = await Promise.all(waiting.map(({ destination }) => isThere(destination)))
    if (signal.aborted) return
    const mayBegin = (_job: unknown, index: number): boolean => found[index] || waitedMs >= LONGEST_WAIT_MS
    for (const { jobId } of waiting.filter(mayBegin)) goOn(jobId)
    waiting = waiting.filter((job, index) => !mayBegin(job, index))
  }
}

const isFolderThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
