/** What the operating system is to do for the jobs: stay awake, show progress, notify of the end of one. Pure. */
import type { JobView } from '../../shared/ipc-contract.ts'
import { hasEnded } from '../../shared/job-state.ts'

export type ProgressBar = {
  /** As `setProgressBar` wants it: -1 = none, above 1 = without a known end. */
  value: number
  mode: 'none' | 'normal' | 'indeterminate' | 'paused'
}

export const NO_PROGRESS: ProgressBar = { value: -1, mode: 'none' }
const UNKNOWN_END: ProgressBar = { value: 2, mode: 'indeterminate' }

/** Under way, or due to go on by itself: the machine must not sleep, and leaving would stop it. */
export const isUnderWay = (job: Pick<JobView, 'phase'>): boolean => !hasEnded(job.phase) && job.phase !== 'paused'

export type LiveJobs = { underWay: number; queued: number }

export function countLive(jobs: Pick<JobView, 'phase'>[]): LiveJobs {
  const queued = jobs.filter(({ phase }) => phase === 'queued').length
  return { underWay: jobs.filter(isUnderWay).length - queued, queued }
}

/** All jobs that have not ended, as one bar; yellow when every one of them is paused. */
export function progressOf(jobs: Array<Pick<JobView, 'phase' | 'bytesDone' | 'bytesTotal'>>): ProgressBar {
  const live = jobs.filter((job) => !hasEnded(job.phase))
  if (live.length === 0) return NO_PROGRESS
  const moving = live.filter(isUnderWay)
  const shown = moving.length > 0 ? moving : live
  const total = shown.reduce((sum, job) => sum + job.bytesTotal, 0)
  if (total <= 0) return moving.length > 0 ? UNKNOWN_END : NO_PROGRESS
  const done = shown.reduce((sum, job) => sum + job.bytesDone, 0)
  return { value: Math.min(1, done / total), mode: moving.length > 0 ? 'normal' : 'paused' }
}

/** True when a running job ended by itself: a user who cancels it or quits needs no notification. */
export function isWorthNotifying(before: Pick<JobView, 'phase'> | undefined, now: Pick<JobView, 'phase'>): boolean {
  return before !== undefined && !hasEnded(before.phase) && (now.phase === 'completed' || now.phase === 'failed')
}
