/** Reports the progress of a run to the job store and the windows, rate-limited. */
import type { JobView, Push } from '../../../shared/ipc-contract.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { JobStore } from './job-store.ts'

const PUSH_JOB_EVERY_MS = 1000
const PUSH_SNAPSHOT_EVERY_MS = 200
const SAVE_JOB_EVERY_MS = 5000

export type JobPublisher = ReturnType<typeof createJobPublisher>

/** One for each run, so that its first report is never held back. */
export function createJobPublisher(options: { store: JobStore; clock: Clock; push(push: Push): void }) {
  const { store, clock, push } = options
  let savedJobAt = Number.NEGATIVE_INFINITY
  let pushedJobAt = Number.NEGATIVE_INFINITY
  let pushedSnapshotAt = Number.NEGATIVE_INFINITY

  return {
    /** Saves and pushes the job: at once when its phase has changed, else at intervals. */
    job(job: JobView): void {
      const now = clock.monotonic()
      const hasPhaseChanged = store.get(job.jobId)?.phase !== job.phase
      if (hasPhaseChanged || now - savedJobAt >= SAVE_JOB_EVERY_MS) {
        savedJobAt = now
        store.put(job)
      } else store.note(job)
      if (hasPhaseChanged || now - pushedJobAt >= PUSH_JOB_EVERY_MS) {
        pushedJobAt = now
        push({ name: 'job-changed', payload: job })
      }
    },
    /** Pushes the snapshot: at once where `isUrgent`, else at intervals. */
    snapshot(jobId: string, snapshot: MetricsSnapshot, isUrgent: boolean): void {
      const now = clock.monotonic()
      if (!isUrgent && now - pushedSnapshotAt < PUSH_SNAPSHOT_EVERY_MS) return
      pushedSnapshotAt = now
      push({ name: 'snapshot', payload: { jobId, snapshot } })
    },
  }
}
