/**
 * Questions about jobs, and commands to them. A job has at most one
 * run at a time (job-runs.ts), a destination at most one job that runs.
 */
import { isAbsolute, resolve } from 'node:path'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { CallResult, JobView } from '../../../shared/ipc-contract.ts'
import type { JobLimits, JobSpec } from '../../../shared/job-spec.ts'
import { isHeld } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { parsePolicy } from '../../../shared/policy.ts'
import { findContinued } from './continued-job.ts'
import type { ShutDown } from './job-progress.ts'
import { createJobQuestions } from './job-questions.ts'
import { createJobRuns, type JobRunsOptions } from './job-runs.ts'
import type { Run } from './run.ts'

type Nothing = CallResult<'jobs.pause'>

export type JobRunnerOptions = JobRunsOptions & { newJobId(): string }

export type JobRunner = ReturnType<typeof createJobRunner>

export function createJobRunner(options: JobRunnerOptions) {
  const { store, clock, push } = options
  const runs = createJobRuns(options)

  const isInterrupted = ({ jobId, phase }: JobView): boolean =>
    phase === 'interrupted' && store.interrupted.includes(jobId)

  /** The job that just now writes to `destination`, if any. */
  const ownerOf = (destination: string): JobView | undefined =>
    store.list().find((job) => runs.live(job.jobId) && resolve(job.spec.destination) === resolve(destination))

  function known<T>(jobId: string, use: (job: JobView) => Outcome<T>): Outcome<T> {
    const job = store.find(jobId)
    return job.ok ? use(job.value) : job
  }

  /** For commands that only a running download understands. */
  const withLive = (jobId: string, use: (run: Run) => void): Outcome<Nothing> =>
    known(jobId, () => {
      const run = runs.live(jobId)
      if (!run) return failed({ class: 'usage', code: 'not-running', subject: jobId })
      use(run)
      return success({})
    })

  function again(job: JobView): Outcome<Nothing> {
    const owner = ownerOf(job.spec.destination)
    if (owner) return failed({ class: 'locked', subject: job.spec.destination })
    runs.begin(job)
    return success({})
  }

  /** Does nothing if the job was stopped, removed or begun again meanwhile. */
  function retryFailed(jobId: string): void {
    const job = store.get(jobId)
    if (!runs.isClosing() && !runs.live(jobId) && job?.phase === 'failed') again(job)
  }

  // -- what the handlers call ---------------------------------------------------------------------------------

  return {
    start(spec: JobSpec): Outcome<JobView> {
      if (runs.isClosing()) return failed({ class: 'cancelled' })
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
        ...findContinued(store.list(), spec),
        spec,
        createdAt: new Date(clock.now()).toISOString(),
      }
      return success(runs.begin(job))
    },

    /** Jobs that are running just now: for a diagnosis, they are load of this process. */
    atWork: (): { jobId: string; spec: JobSpec; snapshot: MetricsSnapshot | undefined }[] =>
      store
        .list()
        .filter(({ jobId, phase }) => runs.live(jobId) && !isHeld(phase) && !runs.last(jobId)?.beginNow)
        .map(({ jobId, spec }) => ({ jobId, spec, snapshot: runs.last(jobId)?.snapshot })),

    pause: (jobId: string) =>
      withLive(jobId, (run) => {
        if (run.withdraw) run.withdraw('paused')
        else if (run.download) run.download.pause()
        else if (!run.wish) run.wish = 'pause'
      }),

    /** For a job that the restart of the machine has interrupted, unless it was started or stopped since. */
    resumeInterrupted(jobId: string): void {
      const job = store.get(jobId)
      if (job && isInterrupted(job) && !runs.isClosing() && !ownerOf(job.spec.destination)) runs.begin(job, 'restart')
    },

    /** Resumes a paused job; begins one that is queued or waits for a retry at once. */
    resume: (jobId: string) =>
      known(jobId, (job) => {
        const run = runs.live(jobId)
        if (!run) {
          return job.phase === 'completed' ? failed({ class: 'usage', code: 'completed', subject: jobId }) : again(job)
        }
        run.beginNow?.()
        if (run.withdraw) runs.beginAtOnce(jobId)
        else if (run.download) run.download.resume()
        else if (run.wish === 'pause') delete run.wish
        return success({})
      }),

    /** Files and journal stay. A job that is not running is only marked. */
    cancel: (jobId: string) =>
      known(jobId, (job) => {
        const run = runs.live(jobId)
        if (run) runs.stop(run, 'cancel')
        else if (job.phase !== 'completed') {
          const cancelled: JobView = { ...job, phase: 'cancelled' }
          store.put(cancelled)
          push({ name: 'job-changed', payload: cancelled })
        }
        return success({})
      }),

    setLimits: (jobId: string, limits: JobLimits) =>
      known(jobId, (job) => {
        const { limitBytesPerSecond: _, ...unlimited } = job.spec
        const changed: JobView = { ...job, spec: { ...unlimited, ...limits } }
        store.put(changed)
        push({ name: 'job-changed', payload: changed })
        runs.live(jobId)?.download?.setLimits(limits)
        return success({})
      }),

    async remove(jobId: string): Promise<Outcome<Nothing>> {
      // Another window may begin a new run while this one ends.
      for (let run = runs.live(jobId); run; run = runs.live(jobId)) {
        runs.stop(run, 'cancel')
        await run.ended
      }
      runs.forget(jobId)
      // From here on calls for this job fail as for an unknown one.
      await store.remove(jobId)
      await runs.records.remove(jobId)
      push({ name: 'job-removed', payload: { jobId } })
      return success({})
    },

    /** Runs an ended job once more, or one that is about to end: complete objects are skipped. */
    retry: (jobId: string, indexes?: number[]) =>
      known(jobId, (job) => {
        const run = runs.live(jobId)
        if (!run) return again(job)
        if (run.beginNow) run.beginNow()
        else if (run.download?.retry(indexes) === false) void run.ended.then(() => retryFailed(jobId))
        return success({})
      }),

    /** To be called when the limit of jobs at once may have been raised. */
    admitNext: runs.admitNext,

    rebuildPool: (jobId: string) => withLive(jobId, (run) => run.download?.rebuildPool()),
    coolDown: (jobId: string) => withLive(jobId, (run) => run.download?.coolDown()),

    ...createJobQuestions({ store, runs }),

    /** Stops all runs, resumable, and puts everything on disk. */
    async close(why: ShutDown): Promise<void> {
      const closed = runs.close(why)
      // The user who leaves has seen the interrupted jobs and not resumed them: nor does the program, later.
      if (why === 'left') for (const job of store.list()) if (isInterrupted(job)) store.put(job)
      await closed
      await store.flush()
    },
  }
}
