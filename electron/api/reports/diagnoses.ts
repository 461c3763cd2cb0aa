/** Runs diagnoses for the window, one at a time, beside whatever is being downloaded. */
import { isAbsolute, join } from 'node:path'
import type { Check } from '../../../shared/diagnosis.ts'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { PushPayload } from '../../../shared/ipc-contract.ts'
import type { JobSpec, Network, Source } from '../../../shared/job-spec.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { JobFacts } from '../../engine/diagnose/diagnosis-request.ts'
import type { EngineAccess } from '../real-engine/engine-access.ts'

type JobAtWork = { jobId: string; spec: JobSpec; snapshot: MetricsSnapshot | undefined }

export type Diagnoses = ReturnType<typeof createDiagnoses>

export function createDiagnoses(options: {
  engine: EngineAccess
  atWork(): JobAtWork[]
  /**
   * Average of a job over the last seconds: a single tick may be
   * empty, beside a limit for instance. undefined: too young.
   */
  recentSpeed(jobId: string): Promise<number | undefined>
  version: string
  push(message: PushPayload<'diagnosis'>): void
  logProblem(where: string, error: unknown): void
}) {
  let running: { diagnosisId: string; stop: AbortController; ended: Promise<void> } | undefined

  async function diagnose(
    request: { diagnosisId: string; source?: Source | undefined; folder: string; network: Network },
    signal: AbortSignal,
  ): Promise<void> {
    const { diagnosisId, source, folder, network } = request
    const atWork = options.atWork()
    const checks: Check[] = []
    const report = await options.engine.diagnose({
      source,
      network,
      folder,
      logFolder: logFolderOf(atWork, folder),
      jobs: foldJobs(atWork, await recentSpeedOf(atWork)),
      version: options.version,
      onCheck(check) {
        checks.push(check)
        options.push({ diagnosisId, checks: [...checks] })
      },
      signal,
    })
    options.push({ diagnosisId, checks: report.checks, report })
  }

  async function recentSpeedOf(jobs: JobAtWork[]): Promise<number | undefined> {
    const speeds = await Promise.all(jobs.map(({ jobId }) => options.recentSpeed(jobId)))
    return speeds.reduce<number | undefined>(
      (sum, speed) => (sum === undefined || speed === undefined ? undefined : sum + speed),
      0,
    )
  }

  function stop(diagnosisId: string): void {
    if (running?.diagnosisId === diagnosisId) running.stop.abort()
  }

  return {
    run(request: Parameters<typeof diagnose>[0]): Outcome<Record<string, never>> {
      const { folder, diagnosisId } = request
      if (!isAbsolute(folder))
        return failed({ class: 'usage', code: 'not-absolute', subject: 'folder', detail: folder })
      const before = running
      before?.stop.abort()
      const controller = new AbortController()
      // Two at once would measure each other.
      const ended = (before?.ended ?? Promise.resolve())
        .then(() => diagnose(request, controller.signal))
        .catch((error) => {
          options.logProblem('diagnosis', error)
          options.push({ diagnosisId, checks: [], failure: { class: 'usage', code: 'internal', subject: 'diagnosis' } })
        })
      running = { diagnosisId, stop: controller, ended }
      return success({})
    },
    stop,
    async close(): Promise<void> {
      running?.stop.abort()
      await running?.ended
    },
  }
}

/** The figures of all jobs of this process together; undefined when none is at work. Pure. */
export function foldJobs(jobs: readonly JobAtWork[], bytesPerSecond: number | undefined): JobFacts | undefined {
  if (jobs.length === 0) return undefined
  const snapshots = jobs.flatMap(({ snapshot }) => (snapshot ? [snapshot] : []))
  const sum = (read: (snapshot: MetricsSnapshot) => number) => snapshots.reduce((total, each) => total + read(each), 0)
  const speeds = snapshots
    .flatMap(({ connectionTable }) => connectionTable)
    .filter(({ state }) => state === 'active')
    .map(({ bytesPerSecond }) => bytesPerSecond)
    .sort((one, other) => one - other)
  return {
    running: jobs.length,
    threads: sum(({ threads }) => threads),
    concurrency: sum(({ concurrency }) => concurrency),
    successRate: Math.min(1, ...snapshots.map(({ successRate }) => successRate)),
    delayMs: Math.max(0, ...snapshots.map(({ delayMs }) => delayMs)),
    throttled: sum(({ errors }) => errors.throttled),
    speeds: {
      bytesPerSecond,
      connections: sum(({ connections }) => connections.active),
      medianBytesPerSecond: speeds[Math.floor(speeds.length / 2)] ?? 0,
    },
    isLimited: jobs.some(({ spec }) => spec.limitBytesPerSecond !== undefined),
  }
}

/** That of the job which writes there, else of any that runs: it is one process, and so one memory. */
function logFolderOf(jobs: readonly JobAtWork[], folder: string): string | undefined {
  const job = jobs.find(({ spec }) => spec.destination === folder) ?? jobs[0]
  return job && (job.spec.logFolder ?? join(job.spec.destination, '.longhaul'))
}
