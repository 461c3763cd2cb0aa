/**
 * The pieces of this folder, put together. Hosts bring the vault and the native dialogs; nothing here knows them.
 */
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from '../../shared/failure.ts'
import type { AppInfo, ContractHandlers, Push } from '../../shared/ipc-contract.ts'
import type { History } from '../../shared/job-history.ts'
import type { Clock } from '../engine/engine-ports.ts'
import { createHandlers, type NativeFolders } from './create-handlers.ts'
import { createBrowser } from './form/browse.ts'
import { createPreviews } from './form/previews.ts'
import { openSettingsFile } from './host/settings-file.ts'
import type { Vault } from './host/vault.ts'
import type { ShutDown } from './jobs/job-progress.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { openJobStore } from './jobs/job-store.ts'
import { resumeAfterRestart } from './jobs/resume-after-restart.ts'
import type { EngineAccess } from './real-engine/engine-access.ts'
import { createRealEngine } from './real-engine/real-engine.ts'
import { createDiagnoses } from './reports/diagnoses.ts'
import { createReports } from './reports/reports.ts'

export type ApiOptions = {
  host: 'desktop' | 'web'
  vault: Vault
  /** The host can have itself started when its user signs in. */
  startsAtLogin?: boolean
  folders?: NativeFolders
  workers: { dataPlaneUrl: URL; verifyUrl: URL }
  stateFolder: string
  defaultFolder: string
  systemLanguage: 'zh' | 'en' | undefined
  version: string
  clock: Clock
  platform?: NodeJS.Platform
  environment?: NodeJS.ProcessEnv
  /** The operating system's proxy for a URL (empty = none), where the host can ask it. */
  systemProxy?(url: string): Promise<string>
  /** Bugs and troubles of the state folder. Never carries a secret. */
  logProblem?(where: string, error: unknown): void
  /** Stands in for the real engine in tests. */
  engine?: EngineAccess
}

export type Api = {
  handlers: ContractHandlers
  /** Returns the function that ends the subscription. */
  subscribe(listener: (push: Push) => void): () => void
  /** Ids of the jobs that were running or queued when the program or the machine went down. */
  interrupted: readonly string[]
  /** Resumes those of them that were neither started nor stopped since. */
  resumeAfterRestart(): void
  /** Stops running jobs so that they can be resumed, and puts everything on disk. */
  close(why?: ShutDown): Promise<void>
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const { clock, vault, stateFolder, folders } = options
  const environment = options.environment ?? process.env
  const platform = options.platform ?? process.platform
  const logProblem = options.logProblem ?? (() => {})
  const jobsFolder = join(stateFolder, 'jobs')
  const listeners = new Set<(push: Push) => void>()
  const push = (message: Push): void => {
    for (const listener of listeners) listener(message)
  }

  const settings = await openSettingsFile(stateFolder)
  if (settings.setAside) logProblem('settings', new Error(`a damaged settings file lies at ${settings.setAside}`))
  const store = await openJobStore(jobsFolder, logProblem)
  const engine =
    options.engine ??
    createRealEngine({
      workers: options.workers,
      vault,
      clock,
      environment,
      systemProxy: options.systemProxy,
    })
  const browser = createBrowser(engine, clock)
  const previews = createPreviews({
    browser,
    clock,
    push: (payload) => push({ name: 'preview', payload }),
    logProblem,
  })
  const jobs = createJobRunner({
    engine,
    store,
    clock,
    folder: jobsFolder,
    newJobId: randomUUID,
    push,
    policyDefaults: () => settings.current().policy,
    jobsAtOnce: () => settings.current().jobsAtOnce,
    logProblem,
  })

  const diagnoses = createDiagnoses({
    engine,
    atWork: jobs.atWork,
    recentSpeed: (jobId) => recentSpeedOf(jobs.history(jobId, { sinceSeconds: clock.now() / 1000 - RECENT_SECONDS })),
    version: options.version,
    push: (payload) => push({ name: 'diagnosis', payload }),
    logProblem,
  })

  const reports = createReports({
    jobs,
    store,
    vault,
    clock,
    environment,
    version: options.version,
    policyDefaults: () => settings.current().policy,
  })

  const appInfo: AppInfo = {
    version: options.version,
    host: options.host,
    platform: platformName(platform),
    ...(options.systemLanguage ? { systemLanguage: options.systemLanguage } : {}),
    damagedJobs: [...store.damaged],
    homeFolder: homedir(),
    defaultFolder: options.defaultFolder,
    vault: vault.kind,
    nativeDialogs: Boolean(folders?.chooseFolder && folders.reveal),
    startsAtLogin: options.startsAtLogin ?? false,
  }
  const closing = new AbortController()
  const handlers = createHandlers({
    appInfo,
    settings,
    environment,
    platform,
    vault,
    browser,
    previews,
    folders: options.folders ?? {},
    diagnoses,
    reports,
    jobs,
    store,
    push,
  })

  return {
    handlers,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    interrupted: store.interrupted,
    resumeAfterRestart() {
      const interrupted = store.list().filter(({ jobId }) => store.interrupted.includes(jobId))
      const destinations = interrupted.map(({ jobId, spec }) => ({ jobId, destination: spec.destination }))
      const { signal } = closing
      resumeAfterRestart({ jobs: destinations, resume: jobs.resumeInterrupted, clock, signal }).catch((error) =>
        logProblem('restart', error),
      )
    },
    async close(why = 'left') {
      closing.abort()
      previews.close()
      await diagnoses.close()
      browser.close()
      await jobs.close(why)
      listeners.clear()
    },
  }
}

const RECENT_SECONDS = 10
const RECENT_POINTS = 3

/** undefined while there is too little of it. */
async function recentSpeedOf(asked: Promise<Outcome<History>>): Promise<number | undefined> {
  const history = await asked
  const speeds = history.ok ? history.value.bytesPerSecond.filter((speed) => speed !== null) : []
  if (speeds.length < RECENT_POINTS) return undefined
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length
}

function platformName(platform: NodeJS.Platform): AppInfo['platform'] {
  if (platform === 'win32') return 'windows'
  return platform === 'darwin' ? 'mac' : 'linux'
}
