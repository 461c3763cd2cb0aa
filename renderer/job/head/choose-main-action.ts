/** The one button that makes a job go on; none while it does, or when nothing is left to do. Pure. */
import type { JobView } from '../../../shared/ipc-contract.ts'
import { isBetweenRuns, type JobPhase } from '../../../shared/job-state.ts'

export type MainAction = 'startNow' | 'resume' | 'retry'

/** Cooling down too: the user need not wait for its end. */
const CAN_RESUME: readonly JobPhase[] = ['paused', 'cooling-down', 'interrupted', 'cancelled', 'failed']

export function chooseMainAction(job: JobView): MainAction | undefined {
  if (job.phase === 'queued' || isBetweenRuns(job)) return 'startNow'
  // It has come to its end: what failed is all there is to go on with.
  if (job.phase === 'failed' && job.objectsFailed > 0 && !job.summary?.failure) return 'retry'
  return CAN_RESUME.includes(job.phase) ? 'resume' : undefined
}
