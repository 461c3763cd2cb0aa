/** Each call of the contract, and the piece of this folder that answers it. */
import { isAbsolute } from 'node:path'
import { failed, success } from '../../shared/failure.ts'
import type { AppInfo, ContractHandlers, Push } from '../../shared/ipc-contract.ts'
import type { Network } from '../../shared/job-spec.ts'
import { analyseFile } from '../engine/analyse/analyse-file.ts'
import type { Browser } from './form/browse.ts'
import { inspectFolder, listFolders } from './form/folders.ts'
import { listRoots } from './form/list-roots.ts'
import type { Previews } from './form/previews.ts'
import type { SettingsFile } from './host/settings-file.ts'
import type { Vault } from './host/vault.ts'
import type { JobRunner } from './jobs/job-runner.ts'
import type { JobStore } from './jobs/job-store.ts'
import { readAwsProfiles } from './real-engine/aws-config.ts'
import type { Diagnoses } from './reports/diagnoses.ts'
import type { Reports } from './reports/reports.ts'

/** Native dialogs, where the host has any. */
export type NativeFolders = {
  /** Resolves to its path, empty when the user chose none. */
  chooseFolder?(startAt: string): Promise<string>
  /** Shows a file or folder in the file manager. */
  reveal?(path: string): void
}

export type HandlerParts = {
  appInfo: AppInfo
  settings: SettingsFile
  environment: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  vault: Vault
  browser: Browser
  previews: Previews
  folders: NativeFolders
  diagnoses: Diagnoses
  reports: Reports
  jobs: JobRunner
  store: Pick<JobStore, 'list'>
  push(message: Push): void
}

export function createHandlers(parts: HandlerParts): ContractHandlers {
  const { appInfo, settings, vault, browser, previews, folders, diagnoses, reports, jobs, store } = parts
  const networkOf = (network: Network | undefined) => network ?? settings.current().network

  return {
    'app.info': async () => success(appInfo),
    'settings.read': async () => success(await settings.read()),
    'settings.write': async (next) => {
      const written = await settings.write(next)
      if (written.ok) {
        parts.push({ name: 'settings', payload: written.value })
        jobs.admitNext()
      }
      return written
    },

    'access.profiles': async () => success([...(await readAwsProfiles(parts.environment)).keys()].sort()),
    'access.savedKeys': async () => success(await vault.list()),
    'access.saveKeys': async (keys) => {
      const saved = await vault.save(keys)
      return saved.ok ? success({ id: saved.value }) : saved
    },
    'access.forgetKeys': async ({ id }) => {
      await vault.forget(id)
      return success({})
    },

    'source.buckets': ({ source, network }) => browser.buckets(source, networkOf(network)),
    'source.browse': ({ source, network, continuation }) => browser.browse(source, networkOf(network), continuation),
    'source.startPreview': async ({ network, ...request }) => {
      previews.start({ ...request, network: networkOf(network) })
      return success({})
    },
    'source.stopPreview': async ({ previewId }) => {
      previews.stop(previewId)
      return success({})
    },

    'folder.choose': async ({ startAt }) =>
      folders.chooseFolder ? success({ path: await folders.chooseFolder(startAt) }) : desktopOnly('folder.choose'),
    'folder.inspect': ({ path }) => inspectFolder(path),
    'folder.list': ({ path }) => listFolders(path),
    'folder.roots': async () => success(await listRoots({ platform: parts.platform })),

    'diagnosis.run': async ({ network, ...request }) => diagnoses.run({ ...request, network: networkOf(network) }),
    'diagnosis.stop': async ({ diagnosisId }) => {
      diagnoses.stop(diagnosisId)
      return success({})
    },

    'logs.analyse': ({ path }) => analyseLog(path),
    'report.preview': (request) => reports.preview(request),
    'report.save': (request) => reports.save(request),

    'jobs.list': async () => success(store.list()),
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
      if (!folders.reveal) return desktopOnly('jobs.reveal')
      const path = jobs.pathOf(jobId, index)
      if (!path.ok) return path
      folders.reveal(path.value)
      return success({})
    },
  }
}

const desktopOnly = (call: string) => failed({ class: 'usage', code: 'desktop-only', subject: call })

async function analyseLog(path: string): ReturnType<typeof analyseFile> {
  return isAbsolute(path) ? analyseFile(path) : failed({ class: 'usage', code: 'not-absolute', subject: path })
}
