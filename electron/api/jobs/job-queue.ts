/**
 * First-in, first-out queue that limits how many jobs run at a time. A paused job takes no place. Synchronous: a job
 * that is admitted begins at once, by the function it was queued with.
 */

export type JobQueue = ReturnType<typeof createJobQueue>

export function createJobQueue(mostAtWork: () => number) {
  const atWork = new Set<string>()
  const waiting = new Map<string, () => void>()

  function admit(jobId: string): void {
    const begin = waiting.get(jobId)
    waiting.delete(jobId)
    atWork.add(jobId)
    begin?.()
  }

  /** To be called when the limit may have been raised. */
  function admitNext(): void {
    for (const jobId of waiting.keys()) {
      if (atWork.size >= mostAtWork()) return
      admit(jobId)
    }
  }

  return {
    admitNext,
    /** Begins at once below the limit, else at its turn. */
    enter(jobId: string, begin: () => void): void {
      waiting.set(jobId, begin)
      admitNext()
    },
    /** Begins at once, even beyond the limit: the user does not want to wait. */
    enterAtOnce: admit,
    /** It has ended, was paused or withdrawn: its place is free. */
    leave(jobId: string): void {
      waiting.delete(jobId)
      if (atWork.delete(jobId)) admitNext()
    },
    isWaiting: (jobId: string): boolean => waiting.has(jobId),
  }
}
