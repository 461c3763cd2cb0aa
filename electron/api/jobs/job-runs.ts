/**
 * Runs of jobs, each from the queue to its end. Data flows one way: engine -> record and store -> push.
 *
 * A job has at most one run at a time (run-registry.ts), and only so many jobs are at work at a time (job-queue.ts).
 */
import type { JobView, Push } from '../../../shared/ipc-contract.ts'
import type { JobPhase, Summary } from '../../../shared/job-state.ts'
import type { PolicyOverrides } from '../../../shared/policy.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { EngineAccess } from '../real-engine/engine-access.ts'
import { createJobRecords } from '../records/job-records.ts'
import { chooseNextTry, type NextTry } from './choose-next-try.ts'
import { emptySummary } from './empty-summary.ts'
import { endPhase, type ShutDown } from './job-progress.ts'
import { createJobPublisher } from './job-publisher.ts'
import { createJobQueue } from './job-queue.ts'
import type { JobStore } from './job-store.ts'
import { openRun, type Run, type RunCause } from './run.ts'
import { progressIn, runDownload } from './run-download.ts'
import { createRunRegistry } from './run-registry.ts'
import { waitForNextTry } from './wait-for-next-try.ts'

export type JobRunsOptions = {
  engine: EngineAccess
  store: JobStore
  clock: Clock
  /** Where records lie, beside the store's files. */
  folder: string
  push(push: Push): void
  /** From the settings; a job's own overrides win. */
  policyDefaults(): PolicyOverrides
  /** From the settings. */
  jobsAtOnce(): number
  logProblem(where: string, error: unknown): void
}

export type JobRuns = ReturnType<typeof createJobRuns>

function withoutEnd({ endedAt: _endedAt, summary: _summary, ...job }: JobView): JobView {
  return job
}

export function createJobRuns(options: JobRunsOptions) {
  const { store, clock } = options
  const runs = createRunRegistry()
  const records = createJobRecords(options.folder, (jobId) => runs.has(jobId), options.logProblem)
  const queue = createJobQueue(options.jobsAtOnce)
  let isClosing = false

  function begin(job: JobView, cause?: RunCause): JobView {
    const { jobId } = job
    const run = open(jobId, cause)
    store.note(withoutEnd(job))
    enterQueue(run)
    return jobOf(jobId)
  }

  /** Begins a run once the cause that ended the last one has passed; until then the last run's state is shown. */
  function beginLater(job: JobView, last: Run, next: NextTry): void {
    const { jobId } = job
    const run = open(jobId, next.cause)
    run.vainTries = next.vainTries
    if (last.download) run.download = last.download
    const waiting = new AbortController()
    const { withdraw } = run
    run.withdraw = (phase) => {
      waiting.abort()
      withdraw?.(phase)
    }
    run.beginNow = () => {
      waiting.abort()
      delete run.beginNow
      delete run.download
      delete run.snapshot
      if (withdraw) run.withdraw = withdraw
      store.note(withoutEnd(jobOf(jobId)))
      enterQueue(run)
    }
    if (last.snapshot) {
      run.snapshot = { ...last.snapshot, phase: 'waiting', bytesPerSecond: 0, requestsPerSecond: 0, secondsLeft: -1 }
      run.publish.snapshot(jobId, run.snapshot, true)
    }
    run.publish.job({ ...job, phase: 'waiting' })
    const { destination } = job.spec
    waitForNextTry({ next, destination, clock, signal: waiting.signal })
      .then(() => run.beginNow?.())
      .catch((error) => options.logProblem('job-runs', error))
  }

  function open(jobId: string, cause?: RunCause): Run {
    const publish = createJobPublisher(options)
    const run = openRun({ jobId, cause, before: runs.last(jobId), publish, onWithdrawn })
    runs.add(run)
    return run
  }

  function onWithdrawn({ jobId, publish }: Run, phase: JobPhase): void {
    queue.leave(jobId)
    publish.job({ ...jobOf(jobId), phase })
    runs.forget(jobId)
  }

  function enterQueue(run: Run): void {
    const { jobId } = run
    queue.enter(jobId, () => {
      delete run.withdraw
      run.publish.job({ ...jobOf(jobId), phase: 'starting' })
      live(run)
        .catch((error) => {
          options.logProblem('job-runs', error)
          finish(run, emptySummary({ class: 'usage', code: 'internal' }))
        })
        .finally(run.end)
    })
    if (queue.isWaiting(jobId)) run.publish.job({ ...jobOf(jobId), phase: 'queued' })
  }

  async function live(run: Run): Promise<void> {
    const record = await records.of(run.jobId)
    const summary = await runDownload(run, record, { ...options, queue, jobOf })
    if (!summary.ok) return finish(run, emptySummary(summary.failure))
    finish(run, summary.value)
    await record.save()
  }

  function finish(run: Run, summary: Summary): void {
    const { jobId } = run
    runs.noteEnded(run)
    const job = jobOf(jobId)
    const progress = run.snapshot ? progressIn(run, run.snapshot) : {}
    const next = mayGoOn(run) ? chooseNextTry(summary, run) : undefined
    const endedAt = new Date(clock.now()).toISOString()
    if (run.wish === 'machine-down' && summary.status === 'interrupted') store.put({ ...job, ...progress })
    else if (next) beginLater({ ...job, ...progress, endedAt, summary }, run, next)
    else run.publish.job({ ...job, ...progress, phase: endPhase(summary, run.wish, job.phase), endedAt, summary })
    queue.leave(jobId)
    runs.dropOldEnded()
  }

  /** It was neither cancelled nor ended by the program's exit. */
  const mayGoOn = ({ wish }: Run): boolean => !isClosing && (wish === undefined || wish === 'pause')

  function stop(run: Run, wish: 'cancel' | ShutDown): void {
    // Queued when the machine went down: it stays queued.
    run.withdraw?.(wish === 'cancel' ? 'cancelled' : wish === 'left' ? 'interrupted' : 'queued')
    run.wish = wish
    run.download?.cancel()
  }

  function jobOf(jobId: string): JobView {
    const job = store.get(jobId)
    if (!job) throw new Error(`no job ${jobId}`)
    return job
  }

  return {
    records,
    begin,
    stop,
    /** Begins a queued run now. */
    beginAtOnce: queue.enterAtOnce,
    /** To be called when the limit of jobs at once may have been raised. */
    admitNext: queue.admitNext,
    live: runs.live,
    last: runs.last,
    forget: runs.forget,
    isClosing: () => isClosing,
    /** Stops all runs, resumable; resolves when their records are on disk. */
    async close(why: ShutDown): Promise<void> {
      isClosing = true
      const ends = runs.all().map((run) => run.ended)
      for (const run of runs.all()) if (!run.hasEnded) stop(run, why)
      // Ended runs too: their history may still be being saved.
      await Promise.all(ends)
    },
  }
}
