/**
 * Runs of jobs, each from the queue to its end. News flows one way: engine -> record and book -> push.
 *
 * A job has at most one run at a time, and only so many jobs are at work at a time: see job-queue.ts. A run that has
 * ended is kept for its object table, the newest few only; the rest is in the book.
 */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { JobView, Push } from '../../../shared/ipc-contract.ts'
import { hasEnded, type JobPhase, type Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { type PolicyOverrides, parsePolicy } from '../../../shared/policy.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { EngineAccess, LiveDownload } from '../real-engine/engine-access.ts'
import type { JobRecord } from '../records/job-record.ts'
import { createJobRecords } from '../records/job-records.ts'
import { chooseNextTry, type NextTry } from './choose-next-try.ts'
import { emptySummary } from './empty-summary.ts'
import type { JobBook } from './job-book.ts'
import { addLimit, endPhase, progressOf, type RunWish, type ShutDown } from './job-progress.ts'
import { createJobPublisher, type JobPublisher } from './job-publisher.ts'
import { createJobQueue } from './job-queue.ts'
import { waitForNextTry } from './wait-for-next-try.ts'

const KEEP_ENDED_RUNS = 3

/** Why it goes on without its user. */
type RunCause = 'restart' | NextTry['cause']

export type Run = {
  download?: LiveDownload
  snapshot?: MetricsSnapshot
  wish?: RunWish
  cause?: RunCause
  /** So many runs before it, in a row, have ended without a byte. */
  vainTries: number
  hasEnded: boolean
  ended: Promise<void>
  end(): void
  /** Only until it has begun: ends it. */
  withdraw?(phase: JobPhase): void
  /** Only while it waits for better days: its user does not want to wait. */
  beginNow?(): void
  publish: JobPublisher
  /** Monotonic milliseconds. */
  savedHistoryAt: number
}

export type JobRunsOptions = {
  engine: EngineAccess
  book: JobBook
  clock: Clock
  /** Where records lie, beside the book's files. */
  folder: string
  push(push: Push): void
  /** From the settings; a job's own overrides win. */
  policyDefaults(): PolicyOverrides
  /** From the settings, too. */
  jobsAtOnce(): number
  logProblem(where: string, error: unknown): void
}

export type JobRuns = ReturnType<typeof createJobRuns>

function withoutEnd({ endedAt: _endedAt, summary: _summary, ...job }: JobView): JobView {
  return job
}

export function createJobRuns(options: JobRunsOptions) {
  const { engine, book, clock, push } = options
  const runs = new Map<string, Run>()
  const records = createJobRecords(options.folder, (jobId) => runs.has(jobId), options.logProblem)
  const queue = createJobQueue(options.jobsAtOnce)
  let isClosing = false

  function begin(job: JobView, cause?: RunCause): JobView {
    const { jobId } = job
    const run = openRun(jobId, cause)
    book.note(withoutEnd(job))
    enterQueue(run, jobId)
    return jobOf(jobId)
  }

  /** It begins by itself when what has ended the last run has passed. What is known of that run is shown until then. */
  function beginLater(job: JobView, last: Run, next: NextTry): void {
    const { jobId } = job
    const run = openRun(jobId, next.cause)
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
      book.note(withoutEnd(jobOf(jobId)))
      enterQueue(run, jobId)
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

  function openRun(jobId: string, cause?: RunCause): Run {
    const ended = Promise.withResolvers<void>()
    // The last run of the job may still be saving its history.
    const saved = runs.get(jobId)?.ended
    const run: Run = {
      ...(cause ? { cause } : {}),
      vainTries: 0,
      hasEnded: false,
      ended: Promise.all([saved, ended.promise]).then(() => {}),
      end: ended.resolve,
      publish: createJobPublisher(options),
      savedHistoryAt: clock.monotonic(),
      withdraw(phase) {
        run.hasEnded = true
        delete run.withdraw
        delete run.beginNow
        queue.leave(jobId)
        run.publish.job({ ...jobOf(jobId), phase })
        runs.delete(jobId)
        ended.resolve()
      },
    }
    runs.set(jobId, run)
    return run
  }

  function enterQueue(run: Run, jobId: string): void {
    queue.enter(jobId, () => {
      delete run.withdraw
      run.publish.job({ ...jobOf(jobId), phase: 'starting' })
      live(run, jobId)
        .catch((error) => {
          options.logProblem('job-runs', error)
          finish(run, jobId, emptySummary({ class: 'usage', code: 'internal' }))
        })
        .finally(run.end)
    })
    if (queue.isWaiting(jobId)) run.publish.job({ ...jobOf(jobId), phase: 'queued' })
  }

  async function live(run: Run, jobId: string): Promise<void> {
    const record = await records.of(jobId)
    record.beginRun()
    const onEvent = (event: EngineEvent): void => {
      record.addEvent(event)
      push({ name: 'event', payload: { jobId, event } })
    }
    const { cause } = run
    if (cause) onEvent({ time: new Date(clock.now()).toISOString(), code: 'resumed', reason: { cause } })
    const { spec } = jobOf(jobId)
    const policy = parsePolicy({ ...options.policyDefaults(), ...spec.policy })
    const started = policy.ok
      ? await engine.start({
          spec,
          policy: policy.value,
          onEvent,
          onSnapshot: (snapshot) => receive(run, jobId, record, snapshot),
        })
      : policy
    if (!started.ok) return finish(run, jobId, emptySummary(started.failure))
    run.download = started.value
    // Changed while the engine was still starting.
    const { spec: newest } = jobOf(jobId)
    if (newest !== spec) started.value.setLimits(newest)
    if (run.wish === 'pause') started.value.pause()
    else if (run.wish) started.value.cancel()
    const summary = await started.value.finished
    finish(run, jobId, summary)
    await record.save()
  }

  function receive(run: Run, jobId: string, record: JobRecord, snapshot: MetricsSnapshot): void {
    const now = clock.monotonic()
    const before = run.snapshot
    const phaseChanged = before?.phase !== snapshot.phase
    run.snapshot = snapshot
    if (phaseChanged && snapshot.phase === 'paused') queue.leave(jobId)
    else if (phaseChanged && !hasEnded(snapshot.phase)) queue.enterAtOnce(jobId)
    record.addSnapshot(snapshot)
    run.publish.snapshot(jobId, snapshot, phaseChanged)
    if (now - run.savedHistoryAt >= record.saveEveryMs()) {
      run.savedHistoryAt = now
      void record.save()
    }
    const job = book.get(jobId)
    // The last word about the end is the summary's.
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

  /** One that goes on by itself may find nobody to list for it: what is known stays. */
  const progressIn = ({ cause }: Run, snapshot: MetricsSnapshot) =>
    cause !== undefined && snapshot.objectsTotal === 0 ? {} : progressOf(snapshot)

  function finish(run: Run, jobId: string, summary: Summary): void {
    run.hasEnded = true
    // The newest by its end, however long it ran.
    runs.delete(jobId)
    runs.set(jobId, run)
    const job = jobOf(jobId)
    const progress = run.snapshot ? progressIn(run, run.snapshot) : {}
    const next = mayGoOn(run) ? chooseNextTry(summary, run) : undefined
    const endedAt = new Date(clock.now()).toISOString()
    if (run.wish === 'machine-down' && summary.status === 'interrupted') book.put({ ...job, ...progress })
    else if (next) beginLater({ ...job, ...progress, endedAt, summary }, run, next)
    else run.publish.job({ ...job, ...progress, phase: endPhase(summary, run.wish, job.phase), endedAt, summary })
    queue.leave(jobId)
    const endedRuns = [...runs].filter(([, other]) => other.hasEnded)
    for (const [oldId] of endedRuns.slice(0, -KEEP_ENDED_RUNS)) runs.delete(oldId)
  }

  /** Nobody has stopped it. */
  const mayGoOn = ({ wish }: Run): boolean => !isClosing && (wish === undefined || wish === 'pause')

  function stop(run: Run, wish: 'cancel' | ShutDown): void {
    // One that was still queued when the machine went down, is.
    run.withdraw?.(wish === 'cancel' ? 'cancelled' : wish === 'left' ? 'interrupted' : 'queued')
    run.wish = wish
    run.download?.cancel()
  }

  function jobOf(jobId: string): JobView {
    const job = book.get(jobId)
    if (!job) throw new Error(`no job ${jobId}`)
    return job
  }

  return {
    records,
    begin,
    stop,
    /** Of one that waits for its turn: it begins now. */
    beginAtOnce: queue.enterAtOnce,
    /** More jobs may be at once at work than before. */
    letNextIn: queue.letNextIn,
    /** The run that has not ended. */
    live(jobId: string): Run | undefined {
      const run = runs.get(jobId)
      return run && !run.hasEnded ? run : undefined
    },
    /** The last run of the job, ended or not, as long as it is kept. */
    last: (jobId: string): Run | undefined => runs.get(jobId),
    forget: (jobId: string) => void runs.delete(jobId),
    isClosing: () => isClosing,
    /** Stops all runs, resumable; resolves when what they had to say is on disk. */
    async close(why: ShutDown): Promise<void> {
      isClosing = true
      const ends = [...runs.values()].map((run) => run.ended)
      for (const run of runs.values()) {
        if (!run.hasEnded) stop(run, why)
      }
      // Of one that has just ended, the history may still be on its way to the disk.
      await Promise.all(ends)
    },
  }
}
