/**
 * Lets only so many jobs be at work at a time; the others wait in the order they came. A job that is paused holds no
 * place. Pure but for its memory: who is let in begins at once, by what it brought along.
 */

export type JobQueue = ReturnType<typeof createJobQueue>

export function createJobQueue(mostAtWork: () => number) {
  const atWork = new Set<string>()
  const waiting = new Map<string, () => void>()

  function letIn(jobId: string): void {
    const begin = waiting.get(jobId)
    waiting.delete(jobId)
    atWork.add(jobId)
    begin?.()
  }

  /** To be called when places may have become free, or more of them are allowed. */
  function letNextIn(): void {
    for (const jobId of waiting.keys()) {
      if (atWork.size >= mostAtWork()) return
      letIn(jobId)
    }
  }

  return {
    letNextIn,
    /** Begins now where there is a place, else at its turn. */
    enter(jobId: string, begin: () => void): void {
      waiting.set(jobId, begin)
      letNextIn()
    },
    /** Its user does not want to wait: it is at work from now on, with or without a place. */
    enterAtOnce: letIn,
    /** It needs no place any more, nor waits for one. */
    leave(jobId: string): void {
      waiting.delete(jobId)
      if (atWork.delete(jobId)) letNextIn()
    },
    isWaiting: (jobId: string): boolean => waiting.has(jobId),
  }
}
