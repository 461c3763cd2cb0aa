/**
 * Resumes the jobs that a restart of the machine has interrupted. A destination may become available only after its
 * user has signed in (a network drive is reconnected, a disk is unlocked): each job waits for its own.
 */
import { stat } from 'node:fs/promises'
import type { Clock } from '../../engine/engine-ports.ts'
import { createTimers } from '../../engine/timers.ts'

const LOOK_AGAIN_MS = 5000
/** Then the job is resumed all the same, and reports itself what is missing. */
const LONGEST_WAIT_MS = 600_000

export async function resumeAfterRestart(options: {
  /** In the order they are to begin. */
  jobs: readonly { jobId: string; destination: string }[]
  resume(jobId: string): void
  clock: Clock
  /** Ends the wait. */
  signal: AbortSignal
  isThere?(folder: string): Promise<boolean>
}): Promise<void> {
  const { resume, clock, signal, isThere = isFolderThere } = options
  const { sleep } = createTimers(clock, signal, () => {})
  let waiting = options.jobs
  for (let waitedMs = 0; waiting.length > 0; waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs > 0) await sleep(LOOK_AGAIN_MS)
    const found = await Promise.all(waiting.map(({ destination }) => isThere(destination)))
    if (signal.aborted) return
    const mayBegin = (_job: unknown, index: number): boolean => found[index] || waitedMs >= LONGEST_WAIT_MS
    for (const { jobId } of waiting.filter(mayBegin)) resume(jobId)
    waiting = waiting.filter((job, index) => !mayBegin(job, index))
  }
}

const isFolderThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
