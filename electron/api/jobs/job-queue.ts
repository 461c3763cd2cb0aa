/**
 * First-in, first-out queue that limits how many jobs run at a time. A paused job takes no place. Synchronous: a job that
 * is admitted begins at once, by the function it was queued with.
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
    /** Begins now where there is a place, else at its turn. */
    enter(jobId: string, begin: () => void): void {
      waiting.set(jobId, begin)
      admitNext()
    },
    /** Its user does not want to wait: it is at work from now on, with or without a place. */
    enterAtOnce: admit,
    /** It needs no place any more, nor waits for one. */
    leave(jobId: string): void {
      waiting.delete(jobId)
      if (atWork.delete(jobId)) admitNext()
    },
    isWaiting: (jobId: string): boolean => waiting.has(jobId),
  }
}
