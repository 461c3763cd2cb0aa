/** The runs in memory, one per job: all that have not ended, and the last few that have, for their object tables. */
import type { Run } from './run.ts'

const KEEP_ENDED_RUNS = 3

export function createRunRegistry() {
  const runs = new Map<string, Run>()

  return {
    has: (jobId: string): boolean => runs.has(jobId),
    all: (): Run[] => [...runs.values()],
    /** The last run of the job, ended or not, as long as it is kept. */
    last: (jobId: string): Run | undefined => runs.get(jobId),
    /** The run that has not ended. */
    live(jobId: string): Run | undefined {
      const run = runs.get(jobId)
      return run && !run.hasEnded ? run : undefined
    },
    /** Replaces the former run of the same job. */
    add: (run: Run): void => void runs.set(run.jobId, run),
    forget: (jobId: string): void => void runs.delete(jobId),
    /** Moves the run to the end of the order in which ended runs are dropped. */
    noteEnded(run: Run): void {
      run.hasEnded = true
      runs.delete(run.jobId)
      runs.set(run.jobId, run)
    },
    dropOldEnded(): void {
      const ended = [...runs].filter(([, { hasEnded }]) => hasEnded)
      for (const [jobId] of ended.slice(0, -KEEP_ENDED_RUNS)) runs.delete(jobId)
    },
  }
}
