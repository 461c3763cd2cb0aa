/**
 * The handlers of the contract, put together. Hosts bring the vault and the native dialogs; nothing here knows them.
 */
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { failed, type Outcome, success } from '../../shared/failure.ts'
import type { AppInfo, ContractHandlers, Push } from '../../shared/ipc-contract.ts'
import type { History } from '../../shared/job-history.ts'
import { analyseFile } from '../engine/analyse/analyse-file.ts'
import type { Clock } from '../engine/engine-ports.ts'
import { createBrowser } from './form/browse.ts'
import { inspectFolder, listFolders } from './form/folders.ts'
import { listRoots } from './form/list-roots.ts'
import { createPreviews } from './form/previews.ts'
import { openSettingsFile } from './host/settings-file.ts'
import type { Vault } from './host/vault.ts'
import { goOnAfterRestart } from './jobs/go-on-after-restart.ts'
import { openJobBook } from './jobs/job-book.ts'
import type { ShutDown } from './jobs/job-progress.ts'
import { createJobRunner } from './jobs/job-runner.ts'
import { readAwsProfiles } from './real-engine/aws-config.ts'
import type { EngineAccess } from './real-engine/engine-access.ts'
import { createRealEngine } from './real-engine/real-engine.ts'
import { createDiagnoses } from './reports/diagnoses.ts'
import { createReports } from './reports/reports.ts'

export type ApiOptions = {
  host: 'desktop' | 'web'
  vault: Vault
  /** The host can have itself started when its user signs in. */
  startsAtLogin?: boolean
  /** Native dialogs, where there are any. */
  folders?: { chooseFolder?(startAt: string): Promise<string>; reveal?(path: string): void }
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
  /** Jobs that were at work when the program or the machine went down. */
  tornOff: readonly string[]
  /** Goes on with those of them that nobody has seen to since. */
  goOnAfterRestart(): void
  /** Stops running jobs so that they can be resumed, and puts everything on disk. */
  close(why?: ShutDown): Promise<void>
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const { clock, vault, stateFolder, folders } = options
  const environment = options.environment ?? process.env
  const logProblem = options.logProblem ?? (() => {})
  const jobsFolder = join(stateFolder, 'jobs')
  const listeners = new Set<(push: Push) => void>()
  const push = (news: Push): void => {
    for (const listener of listeners) listener(news)
  }

  const settings = await openSettingsFile(stateFolder)
  if (settings.setAside) logProblem('settings', new Error(`a damaged settings file lies at ${settings.setAside}`))
  const book = await openJobBook(jobsFolder, logProblem)
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
    book,
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
    book,
    vault,
    clock,
    environment,
    version: options.version,
    policyDefaults: () => settings.current().policy,
  })

  const appInfo: AppInfo = {
    version: options.version,
    host: options.host,
    platform: platformName(options.platform ?? process.platform),
    ...(options.systemLanguage ? { systemLanguage: options.systemLanguage } : {}),
    damagedJobs: [...book.damaged],
    homeFolder: homedir(),
    defaultFolder: options.defaultFolder,
    vault: vault.kind,
    nativeDialogs: Boolean(folders?.chooseFolder && folders.reveal),
    startsAtLogin: options.startsAtLogin ?? false,
  }
  const closing = new AbortController()
  const desktopOnly = (call: string) => failed({ class: 'usage', code: 'desktop-only', subject: call })

  const handlers: ContractHandlers = {
    'app.info': async () => success(appInfo),
    'settings.read': async () => success(await settings.read()),
    'settings.write': async (next) => {
      const written = await settings.write(next)
      if (written.ok) {
        push({ name: 'settings', payload: written.value })
        jobs.letNextIn()
      }
      return written
    },

    'access.profiles': async () => success([...(await readAwsProfiles(environment)).keys()].sort()),
    'access.savedKeys': async () => success(await vault.list()),
    'access.saveKeys': async (keys) => {
      const saved = await vault.save(keys)
      return saved.ok ? success({ id: saved.value }) : saved
    },
    'access.forgetKeys': async ({ id }) => {
      await vault.forget(id)
      return success({})
    },

    'source.buckets': ({ source, network }) => browser.buckets(source, network ?? settings.current().network),
    'source.browse': ({ source, network, continuation }) =>
      browser.browse(source, network ?? settings.current().network, continuation),
    'source.startPreview': async ({ network, ...request }) => {
      previews.start({ ...request, network: network ?? settings.current().network })
      return success({})
    },
    'source.stopPreview': async ({ previewId }) => {
      previews.stop(previewId)
      return success({})
    },

    'folder.choose': async ({ startAt }) =>
      folders?.chooseFolder ? success({ path: await folders.chooseFolder(startAt) }) : desktopOnly('folder.choose'),
    'folder.inspect': ({ path }) => inspectFolder(path),
    'folder.list': ({ path }) => listFolders(path),
    'folder.roots': async () => success(await listRoots({ platform: options.platform ?? process.platform })),

    'diagnosis.run': async ({ network, ...request }) =>
      diagnoses.run({ ...request, network: network ?? settings.current().network }),
    'diagnosis.stop': async ({ diagnosisId }) => {
      diagnoses.stop(diagnosisId)
      return success({})
    },

    'logs.analyse': ({ path }) => analyseLog(path),
    'report.preview': (request) => reports.preview(request),
    'report.save': (request) => reports.save(request),

    'jobs.list': async () => success(book.list()),
    'jobs.start': async (spec) => jobs.start(spec),
    'jobs.pause': async ({ jobId }) => jobs.pause(jobId),
    'jobs.resume': async ({ jobId }) => jobs.resume(jobId),
    'jobs.cancel': async ({ jobId }) => jobs.cancel(jobId),
    'jobs.setLimits': async ({ jobId, ...limits }) => jobs.setLimits(jobId, limits),
    'jobs.remove': ({ jobId }) => jobs.remove(jobId),
    'jobs.retry': async ({ jobId, indexes }) => jobs.retry(jobId, indexes),
    'jobs.rebuildPool': async ({ jobId }) => jobs.rebuildPool(jobId),
    'jobs.coolDown': async ({ jobId }) => jobs.coolDown(jobId),
    'jobs.snapshot': ({ jobId }) => jobs.snapshot(jobId),
    'jobs.history': ({ jobId, ...range }) => jobs.history(jobId, range),
    'jobs.historyCsv': ({ jobId }) => jobs.historyCsv(jobId),
    'jobs.events': ({ jobId, limit }) => jobs.events(jobId, limit),
    'jobs.objects': async ({ jobId, ...query }) => jobs.objects(jobId, query),
    'jobs.reveal': async ({ jobId, index }) => {
      if (!folders?.reveal) return desktopOnly('jobs.reveal')
      const path = jobs.pathOf(jobId, index)
      if (!path.ok) return path
      folders.reveal(path.value)
      return success({})
    },
  }

  return {
    handlers,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tornOff: book.tornOff,
    goOnAfterRestart() {
      const tornOff = book.list().filter(({ jobId }) => book.tornOff.includes(jobId))
      const destinations = tornOff.map(({ jobId, spec }) => ({ jobId, destination: spec.destination }))
      const { signal } = closing
      goOnAfterRestart({ jobs: destinations, goOn: jobs.goOn, clock, signal }).catch((error) =>
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

async function analyseLog(path: string): ReturnType<typeof analyseFile> {
  return isAbsolute(path) ? analyseFile(path) : failed({ class: 'usage', code: 'not-absolute', subject: path })
}

function platformName(platform: NodeJS.Platform): AppInfo['platform'] {
  if (platform === 'win32') return 'windows'
  return platform === 'darwin' ? 'mac' : 'linux'
}
