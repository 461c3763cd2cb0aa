/** One run of a job, from its place in the queue to its end. */
import type { JobPhase } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { LiveDownload } from '../real-engine/engine-access.ts'
import type { NextTry } from './choose-next-try.ts'
import type { RunWish } from './job-progress.ts'
import type { JobPublisher } from './job-publisher.ts'

/** Why a run was begun by the program, not by its user. */
export type RunCause = 'restart' | NextTry['cause']

export type Run = {
  readonly jobId: string
  readonly cause?: RunCause
  download?: LiveDownload
  snapshot?: MetricsSnapshot
  wish?: RunWish
  /** How many runs in a row before this one ended without a byte. */
  vainTries: number
  hasEnded: boolean
  /** Resolves when its history is saved, and that of the run before it. */
  ended: Promise<void>
  end(): void
  /** Ends a run that has not begun yet; absent afterwards. */
  withdraw?(phase: JobPhase): void
  /** Begins a run that waits to be retried; absent otherwise. */
  beginNow?(): void
  publish: JobPublisher
}

export function openRun(options: {
  jobId: string
  cause: RunCause | undefined
  /** The job's former run, which may still be saving its history. */
  before: Run | undefined
  publish: JobPublisher
  onWithdrawn(run: Run, phase: JobPhase): void
}): Run {
  const { jobId, cause, before, publish } = options
  const ended = Promise.withResolvers<void>()
  const run: Run = {
    jobId,
    ...(cause ? { cause } : {}),
    vainTries: 0,
    hasEnded: false,
    ended: Promise.all([before?.ended, ended.promise]).then(() => {}),
    end: ended.resolve,
    publish,
    withdraw(phase) {
      run.hasEnded = true
      delete run.withdraw
      delete run.beginNow
      options.onWithdrawn(run, phase)
      ended.resolve()
    },
  }
  return run
}
