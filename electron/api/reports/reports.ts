/** Makes a report about a job, shows it, and saves exactly what was shown. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { CallRequest, CallResult, JobView } from '../../../shared/ipc-contract.ts'
import { DEFAULT_POLICY, type PolicyOverrides, parsePolicy } from '../../../shared/policy.ts'
import { analyseFile } from '../../engine/analyse/analyse-file.ts'
import { codeOf, mapDiskError } from '../../engine/disk/disk-error.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import { ERROR_LOG, PERFORMANCE_LOG } from '../../engine/metrics/job-logs.ts'
import type { Vault } from '../host/vault.ts'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { JobStore } from '../jobs/job-store.ts'
import { listReportFiles, type ReportFile } from './report-bundle.ts'
import { type Redaction, redact } from './report-bundle-redact.ts'

const EXCERPT_BYTES = 256 * 1024
const PREVIEW_CHARACTERS = 16_384
const MAX_EVENTS = 5000
const SECRET_VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

type ReportOptions = {
  jobs: Pick<JobRunner, 'history' | 'events' | 'snapshot'>
  store: Pick<JobStore, 'get'>
  vault: Vault
  policyDefaults(): PolicyOverrides
  version: string
  clock: Clock
  environment: NodeJS.ProcessEnv
}

export type Reports = ReturnType<typeof createReports>

export function createReports(options: ReportOptions) {
  const { jobs, store, vault, clock, environment } = options
  /** The one that was shown last, redacted. */
  let shown: { reportId: string; createdAt: Date; files: ReportFile[] } | undefined

  return {
    async preview({
      jobId,
      hideNames,
      diagnosis,
    }: CallRequest<'report.preview'>): Promise<Outcome<CallResult<'report.preview'>>> {
      const job = store.get(jobId)
      if (!job) return failed({ class: 'usage', code: 'unknown-job', subject: jobId })
      const [history, events] = await Promise.all([
        jobs.history(jobId, { sinceSeconds: 0 }),
        jobs.events(jobId, MAX_EVENTS),
      ])
      if (!history.ok) return history
      if (!events.ok) return events
      const snapshot = await jobs.snapshot(jobId)
      const folder = logFolderOf(job)
      const analysis = await analyseFile(join(folder, ERROR_LOG))
      const excerpts = await Promise.all([ERROR_LOG, PERFORMANCE_LOG].map((name) => readEnd(folder, name)))
      const policy = parsePolicy({ ...options.policyDefaults(), ...job.spec.policy })
      const createdAt = new Date(clock.now())
      const files = listReportFiles({
        versions: versionsOf(options.version),
        createdAt: createdAt.toISOString(),
        job,
        policy: policy.ok ? policy.value : DEFAULT_POLICY,
        history: history.value,
        events: events.value,
        snapshot: (snapshot.ok && snapshot.value) || undefined,
        diagnosis,
        analysis: analysis.ok ? analysis.value : undefined,
        excerpts: excerpts.filter((excerpt) => excerpt !== undefined),
      })
      const redaction = await redactionOf(job, hideNames, diagnosis?.folder)
      const reportId = randomUUID()
      shown = { reportId, createdAt, files: files.map(({ name, text }) => ({ name, text: redact(text, redaction) })) }
      return success({ reportId, files: shown.files.map(previewOf) })
    },

    /** Never overwrites: a name that is taken gets a number. */
    async save({ reportId, folder }: CallRequest<'report.save'>): Promise<Outcome<CallResult<'report.save'>>> {
      if (shown?.reportId !== reportId) return failed({ class: 'usage', code: 'report-gone' })
      if (!isAbsolute(folder))
        return failed({ class: 'usage', code: 'not-absolute', subject: 'folder', detail: folder })
      const { files, createdAt } = shown
      const zip = zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])), {
        mtime: createdAt,
      })
      const stem = `longhaul-report-${createdAt.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`
      try {
        await mkdir(folder, { recursive: true })
        for (let number = 1; ; number++) {
          const path = join(resolve(folder), number === 1 ? `${stem}.zip` : `${stem}-${number}.zip`)
          if (await writeNew(path, zip)) return success({ path })
        }
      } catch (error) {
        return failed(mapDiskError(error, folder))
      }
    },
  }

  async function redactionOf({ spec }: JobView, hideNames: boolean, diagnosedFolder = ''): Promise<Redaction> {
    const secrets = SECRET_VARIABLES.flatMap((name) => environment[name] ?? [])
    // Every kept key, not only this job's: a log may be older than its job.
    for (const { id } of await vault.list()) {
      const keys = await vault.read(id)
      if (keys.ok) secrets.push(keys.value.accessKeyId, keys.value.secretAccessKey, keys.value.sessionToken ?? '')
    }
    const { bucket, prefix } = spec.source
    const folders = [spec.destination, spec.logFolder ?? '', diagnosedFolder]
    return {
      secrets: secrets.filter(Boolean),
      homeFolder: environment.HOME || environment.USERPROFILE || homedir(),
      userName: environment.USER || environment.USERNAME || '',
      ...(hideNames ? { hide: { bucket, prefix, folders } } : {}),
    }
  }
}

const logFolderOf = ({ spec }: JobView): string => spec.logFolder ?? join(spec.destination, '.longhaul')

const versionsOf = (version: string): Record<string, string> => ({
  longhaul: version,
  node: process.versions.node,
  ...(process.versions.electron ? { electron: process.versions.electron } : {}),
  system: `${process.platform} ${process.arch}`,
})

const previewOf = ({ name, text }: ReportFile) => ({
  name,
  bytes: Buffer.byteLength(text),
  preview: text.slice(0, PREVIEW_CHARACTERS),
  isCut: text.length > PREVIEW_CHARACTERS,
})

/** The last whole lines of a log; undefined where there is none. */
async function readEnd(folder: string, name: string): Promise<ReportFile | undefined> {
  try {
    const file = await open(join(folder, name), 'r')
    try {
      const { size } = await file.stat()
      const start = Math.max(0, size - EXCERPT_BYTES)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
      const text = buffer.toString('utf8', 0, bytesRead)
      return { name, text: start === 0 ? text : text.slice(text.indexOf('\n') + 1) }
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}

/** False when the name is taken. */
async function writeNew(path: string, data: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path, data, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
