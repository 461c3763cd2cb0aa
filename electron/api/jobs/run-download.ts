/** The download of a run, from its start to its summary. It reports to the record, the store and the windows. */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { type Outcome, success } from '../../../shared/failure.ts'
import type { JobView, Push } from '../../../shared/ipc-contract.ts'
import { hasEnded, type Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { type PolicyOverrides, parsePolicy } from '../../../shared/policy.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { EngineAccess } from '../real-engine/engine-access.ts'
import type { JobRecord } from '../records/job-record.ts'
import { addLimit, progressOf } from './job-progress.ts'
import type { JobQueue } from './job-queue.ts'
import type { JobStore } from './job-store.ts'
import type { Run } from './run.ts'

export type RunDownloadOptions = {
  engine: EngineAccess
  store: Pick<JobStore, 'get'>
  clock: Clock
  queue: Pick<JobQueue, 'leave' | 'enterAtOnce'>
  push(push: Push): void
  policyDefaults(): PolicyOverrides
  jobOf(jobId: string): JobView
}

/** Fails when the download could not be started; every other end is in the summary. */
export async function runDownload(run: Run, record: JobRecord, options: RunDownloadOptions): Promise<Outcome<Summary>> {
  const { engine, store, clock, queue, push, jobOf } = options
  const { jobId, cause } = run
  let savedHistoryAt = clock.monotonic()

  record.beginRun()
  if (cause) onEvent({ time: new Date(clock.now()).toISOString(), code: 'resumed', reason: { cause } })
  const { spec } = jobOf(jobId)
  const policy = parsePolicy({ ...options.policyDefaults(), ...spec.policy })
  if (!policy.ok) return policy
  const started = await engine.start({ spec, policy: policy.value, onEvent, onSnapshot })
  if (!started.ok) return started
  const download = started.value
  run.download = download
  // Limits, a pause or a cancel may have come while the engine was starting.
  const { spec: newest } = jobOf(jobId)
  if (newest !== spec) download.setLimits(newest)
  if (run.wish === 'pause') download.pause()
  else if (run.wish) download.cancel()
  return success(await download.finished)

  function onEvent(event: EngineEvent): void {
    record.addEvent(event)
    push({ name: 'event', payload: { jobId, event } })
  }

  function onSnapshot(snapshot: MetricsSnapshot): void {
    const before = run.snapshot
    const phaseChanged = before?.phase !== snapshot.phase
    run.snapshot = snapshot
    if (phaseChanged && snapshot.phase === 'paused') queue.leave(jobId)
    else if (phaseChanged && !hasEnded(snapshot.phase)) queue.enterAtOnce(jobId)
    record.addSnapshot(snapshot)
    run.publish.snapshot(jobId, snapshot, phaseChanged)
    saveHistory()
    const job = store.get(jobId)
    // The end is reported with the summary.
    if (job && !hasEnded(snapshot.phase)) {
      const limitSeconds = addLimit(job.limitSeconds, before, snapshot)
      run.publish.job({
        ...job,
        ...progressIn(run, snapshot),
        ...(limitSeconds ? { limitSeconds } : {}),
        phase: snapshot.phase,
      })
    }
  }

  function saveHistory(): void {
    const now = clock.monotonic()
    if (now - savedHistoryAt < record.saveEveryMs()) return
    savedHistoryAt = now
    void record.save()
  }
}

/** A run that the program began may not reach the service: totals known from before stay until something is listed. */
export const progressIn = ({ cause }: Run, snapshot: MetricsSnapshot) =>
  cause !== undefined && snapshot.objectsTotal === 0 ? {} : progressOf(snapshot)
