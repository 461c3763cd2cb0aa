/**
 * Starts and stops downloads and keeps the live ones. News flows one way: engine -> record and book -> push.
 *
 * A job has at most one run at a time, a destination at most one job that runs, and only so many jobs are at work at a time:
 * see job-queue.ts. What ended is kept in memory for its object table, the newest few only; the rest is in the book.
 */
import { isAbsolute, resolve } from 'node:path'
import type { EngineEvent } from '../../shared/engine-event.ts'
import { failed, type Outcome, success } from '../../shared/failure.ts'
import type { CallResult, JobView, Push } from '../../shared/ipc-contract.ts'
import type { HistoryRange } from '../../shared/job-history.ts'
import type { JobLimits, JobSpec } from '../../shared/job-spec.ts'
import { hasEnded, isHeld, type JobPhase, type Summary } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { ObjectQuery, ObjectRow } from '../../shared/object-row.ts'
import { type PolicyOverrides, parsePolicy } from '../../shared/policy.ts'
import type { Clock } from '../engine/engine-ports.ts'
import { chooseNextTry, type NextTry } from './choose-next-try.ts'
import { findContinued } from './continued-job.ts'
import { emptySummary } from './empty-summary.ts'
import type { EngineAccess, LiveDownload } from './engine-access.ts'
import { failedRows } from './failed-rows.ts'
import { writeHistoryCsv } from './history-csv.ts'
import type { JobBook } from './job-book.ts'
import { addLimit, endPhase, progressOf, type RunWish, type ShutDown } from './job-progress.ts'
import { createJobQueue } from './job-queue.ts'
import type { JobRecord } from './job-record.ts'
import { createJobRecords } from './job-records.ts'
import { waitForNextTry } from './wait-for-next-try.ts'

const PUSH_JOB_EVERY_MS = 1000
const PUSH_SNAPSHOT_EVERY_MS = 200
const SAVE_JOB_EVERY_MS = 5000
const KEEP_ENDED_RUNS = 3

type Nothing = CallResult<'jobs.pause'>

/** Why it goes on without its user. */
type RunCause = 'restart' | NextTry['cause']

type Run = {
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
  /** Monotonic times of the last push and save. */
  pushedJobAt: number
  pushedSnapshotAt: number
  savedJobAt: number
  savedHistoryAt: number
}

export type JobRunnerOptions = {
  engine: EngineAccess
  book: JobBook
  clock: Clock
  /** Where records lie, beside the book's files. */
  folder: string
  newJobId(): string
  push(push: Push): void
  /** From the settings; a job's own overrides win. */
  policyDefaults(): PolicyOverrides
  /** From the settings, too. */
  jobsAtOnce(): number
  logProblem(where: string, error: unknown): void
}

function withoutEnd({ endedAt: _endedAt, summary: _summary, ...job }: JobView): JobView {
  return job
}

export function createJobRunner(options: JobRunnerOptions) {
  const { engine, book, clock, folder, push } = options
  const runs = new Map<string, Run>()
  const records = createJobRecords(folder, (jobId) => runs.has(jobId), options.logProblem)
  const queue = createJobQueue(options.jobsAtOnce)
  let isClosing = false

  // -- one run ----------------------------------------------------------------------------------------------

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
      push({ name: 'snapshot', payload: { jobId, snapshot: run.snapshot } })
    }
    report(run, { ...job, phase: 'waiting' })
    const { destination } = job.spec
    waitForNextTry({ next, destination, clock, signal: waiting.signal })
      .then(() => run.beginNow?.())
      .catch((error) => options.logProblem('job-runner', error))
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
      pushedJobAt: Number.NEGATIVE_INFINITY,
      pushedSnapshotAt: Number.NEGATIVE_INFINITY,
      savedJobAt: Number.NEGATIVE_INFINITY,
      savedHistoryAt: clock.monotonic(),
      withdraw(phase) {
        run.hasEnded = true
        delete run.withdraw
        delete run.beginNow
        queue.leave(jobId)
        report(run, { ...jobOf(jobId), phase })
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
      report(run, { ...jobOf(jobId), phase: 'starting' })
      live(run, jobId)
        .catch((error) => {
          options.logProblem('job-runner', error)
          finish(run, jobId, emptySummary({ class: 'usage', code: 'internal' }))
        })
        .finally(run.end)
    })
    if (queue.isWaiting(jobId)) report(run, { ...jobOf(jobId), phase: 'queued' })
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
    if (phaseChanged || now - run.pushedSnapshotAt >= PUSH_SNAPSHOT_EVERY_MS) {
      run.pushedSnapshotAt = now
      push({ name: 'snapshot', payload: { jobId, snapshot } })
    }
    if (now - run.savedHistoryAt >= record.saveEveryMs()) {
      run.savedHistoryAt = now
      void record.save()
    }
    const job = book.get(jobId)
    // The last word about the end is the summary's.
    if (job && !hasEnded(snapshot.phase)) {
      const limitSeconds = addLimit(job.limitSeconds, before, snapshot)
      report(run, {
        ...job,
        ...progressIn(run, snapshot),
        ...(limitSeconds ? { limitSeconds } : {}),
        phase: snapshot.phase,
      })
    }
  }

  /** Tells everyone about the job as it is now, unless nothing but the numbers changed a moment ago. */
  function report(run: Run, job: JobView): void {
    const now = clock.monotonic()
    const isNews = book.get(job.jobId)?.phase !== job.phase
    if (isNews || now - run.savedJobAt >= SAVE_JOB_EVERY_MS) {
      run.savedJobAt = now
      book.put(job)
    } else book.note(job)
    if (isNews || now - run.pushedJobAt >= PUSH_JOB_EVERY_MS) {
      run.pushedJobAt = now
      push({ name: 'job-changed', payload: job })
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
    else report(run, { ...job, ...progress, phase: endPhase(summary, run.wish, job.phase), endedAt, summary })
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

  // -- look-ups ---------------------------------------------------------------------------------------------

  function jobOf(jobId: string): JobView {
    const job = book.get(jobId)
    if (!job) throw new Error(`no job ${jobId}`)
    return job
  }

  const liveRun = (jobId: string): Run | undefined => {
    const run = runs.get(jobId)
    return run && !run.hasEnded ? run : undefined
  }

  const isTornOff = ({ jobId, phase }: JobView): boolean => phase === 'interrupted' && book.tornOff.includes(jobId)

  /** The job that just now writes to `destination`, if any. */
  const ownerOf = (destination: string): JobView | undefined =>
    book.list().find((job) => liveRun(job.jobId) && resolve(job.spec.destination) === resolve(destination))

  function known<T>(jobId: string, use: (job: JobView) => Outcome<T>): Outcome<T> {
    const job = book.get(jobId)
    return job ? use(job) : failed({ class: 'usage', code: 'unknown-job', subject: jobId })
  }

  /** For commands that only a running download understands. */
  const withLive = (jobId: string, use: (run: Run) => void): Outcome<Nothing> =>
    known(jobId, () => {
      const run = liveRun(jobId)
      if (!run) return failed({ class: 'usage', code: 'not-running', subject: jobId })
      use(run)
      return success({})
    })

  function again(job: JobView): Outcome<Nothing> {
    const owner = ownerOf(job.spec.destination)
    if (owner) return failed({ class: 'locked', subject: job.spec.destination })
    begin(job)
    return success({})
  }

  /** Unless it is stopped, removed or running again meanwhile. */
  function retryFailed(jobId: string): void {
    const job = book.get(jobId)
    if (!isClosing && !liveRun(jobId) && job?.phase === 'failed') again(job)
  }

  // -- what the handlers call ---------------------------------------------------------------------------------

  return {
    start(spec: JobSpec): Outcome<JobView> {
      if (isClosing) return failed({ class: 'cancelled' })
      if (!isAbsolute(spec.destination)) {
        return failed({ class: 'usage', code: 'not-absolute', subject: 'destination', detail: spec.destination })
      }
      const policy = parsePolicy({ ...options.policyDefaults(), ...spec.policy })
      if (!policy.ok) return policy
      if (ownerOf(spec.destination)) return failed({ class: 'locked', subject: spec.destination })
      const job: JobView = {
        jobId: options.newJobId(),
        phase: 'starting',
        bytesDone: 0,
        bytesTotal: 0,
        objectsDone: 0,
        objectsFailed: 0,
        objectsTotal: 0,
        ...findContinued(book.list(), spec),
        spec,
        createdAt: new Date(clock.now()).toISOString(),
      }
      return success(begin(job))
    },

    /** Jobs at work just now, for those who want to know what else this process is doing. */
    atWork: (): { jobId: string; spec: JobSpec; snapshot: MetricsSnapshot | undefined }[] =>
      book
        .list()
        .filter(({ jobId, phase }) => liveRun(jobId) && !isHeld(phase) && !runs.get(jobId)?.beginNow)
        .map(({ jobId, spec }) => ({ jobId, spec, snapshot: runs.get(jobId)?.snapshot })),

    pause: (jobId: string) =>
      withLive(jobId, (run) => {
        if (run.withdraw) run.withdraw('paused')
        else if (run.download) run.download.pause()
        else if (!run.wish) run.wish = 'pause'
      }),

    /** Of one that was torn off, by the restart of the machine, and that nobody has seen to since. */
    goOn(jobId: string): void {
      const job = book.get(jobId)
      if (job && isTornOff(job) && !isClosing && !ownerOf(job.spec.destination)) begin(job, 'restart')
    },

    /** Of one that waits for its turn, or for better days: it begins now. */
    resume: (jobId: string) =>
      known(jobId, (job) => {
        const run = liveRun(jobId)
        if (!run) {
          return job.phase === 'completed' ? failed({ class: 'usage', code: 'completed', subject: jobId }) : again(job)
        }
        run.beginNow?.()
        if (run.withdraw) queue.enterAtOnce(jobId)
        else if (run.download) run.download.resume()
        else if (run.wish === 'pause') delete run.wish
        return success({})
      }),

    /** Files and journal stay. A job that is not running is only marked. */
    cancel: (jobId: string) =>
      known(jobId, (job) => {
        const run = liveRun(jobId)
        if (run) stop(run, 'cancel')
        else if (job.phase !== 'completed') {
          const cancelled: JobView = { ...job, phase: 'cancelled' }
          book.put(cancelled)
          push({ name: 'job-changed', payload: cancelled })
        }
        return success({})
      }),

    setLimits: (jobId: string, limits: JobLimits) =>
      known(jobId, (job) => {
        const { limitBytesPerSecond: _, ...unlimited } = job.spec
        const changed: JobView = { ...job, spec: { ...unlimited, ...limits } }
        book.put(changed)
        push({ name: 'job-changed', payload: changed })
        liveRun(jobId)?.download?.setLimits(limits)
        return success({})
      }),

    async remove(jobId: string): Promise<Outcome<Nothing>> {
      // While one run ends another window may begin the next.
      for (let run = liveRun(jobId); run; run = liveRun(jobId)) {
        stop(run, 'cancel')
        await run.ended
      }
      runs.delete(jobId)
      // From here on nobody knows it any more.
      await book.remove(jobId)
      await records.remove(jobId)
      push({ name: 'job-removed', payload: { jobId } })
      return success({})
    },

    /** A job that has ended, or is about to, runs once more: what is complete is skipped. */
    retry: (jobId: string, indexes?: number[]) =>
      known(jobId, (job) => {
        const run = liveRun(jobId)
        if (!run) return again(job)
        if (run.beginNow) run.beginNow()
        else if (run.download?.retry(indexes) === false) void run.ended.then(() => retryFailed(jobId))
        return success({})
      }),

    /** More jobs may be at once at work than before. */
    letNextIn: queue.letNextIn,

    rebuildPool: (jobId: string) => withLive(jobId, (run) => run.download?.rebuildPool()),
    coolDown: (jobId: string) => withLive(jobId, (run) => run.download?.coolDown()),

    /** Of a job that does not run: the last one, in the phase the job is in now. */
    async snapshot(jobId: string): Promise<Outcome<MetricsSnapshot | null>> {
      const job = book.get(jobId)
      if (!job) return failed({ class: 'usage', code: 'unknown-job', subject: jobId })
      if (liveRun(jobId)) return success(runs.get(jobId)?.snapshot ?? null)
      const last = (await records.of(jobId)).snapshot()
      return success(last ? { ...last, phase: job.phase } : null)
    },

    async history(jobId: string, range: HistoryRange) {
      if (!book.get(jobId)) return failed({ class: 'usage', code: 'unknown-job', subject: jobId })
      return success((await records.of(jobId)).history(range))
    },

    async historyCsv(jobId: string): Promise<Outcome<CallResult<'jobs.historyCsv'>>> {
      if (!book.get(jobId)) return failed({ class: 'usage', code: 'unknown-job', subject: jobId })
      return success(writeHistoryCsv(jobOf(jobId), (await records.of(jobId)).history({ sinceSeconds: 0 })))
    },

    async events(jobId: string, limit: number) {
      if (!book.get(jobId)) return failed({ class: 'usage', code: 'unknown-job', subject: jobId })
      return success((await records.of(jobId)).events(limit))
    },

    /** Without a run in memory only the failed objects are known by name. */
    objects: (jobId: string, query: ObjectQuery): Outcome<{ total: number; rows: ObjectRow[] }> =>
      known(jobId, (job) => success(runs.get(jobId)?.download?.objects(query) ?? failedRows(job, query))),

    /** The destination, or the file of one object. */
    pathOf: (jobId: string, index?: number): Outcome<string> =>
      known(jobId, (job) => {
        if (index === undefined) return success(resolve(job.spec.destination))
        const path = runs.get(jobId)?.download?.objectPath(index)
        return path ? success(path) : failed({ class: 'missing', code: 'no-file', subject: String(index) })
      }),

    /** Stops all runs, resumable, and puts everything on disk. */
    async close(why: ShutDown): Promise<void> {
      isClosing = true
      const ends = [...runs.values()].map((run) => run.ended)
      for (const run of runs.values()) {
        if (!run.hasEnded) stop(run, why)
      }
      // Who leaves has seen what was torn off earlier, and has let it be.
      if (why === 'left') for (const job of book.list()) if (isTornOff(job)) book.put(job)
      // Of one that has just ended, the history may still be on its way to the disk.
      await Promise.all(ends)
      await book.flush()
    },
  }
}
