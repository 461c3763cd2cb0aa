/**
 * The one contract between the window and the program: calls (asked by the window, answered once) and
 * pushes (sent by the program whenever something changes). Both hosts, Electron IPC and loopback HTTP, carry
 * exactly this; every argument is parsed by its schema at the border, on every call.
 *
 * To find everyone who sends or handles a call, find the references of its name here.
 */
import { z } from 'zod'
import { checkSchema, diagnosisReportSchema } from './diagnosis.ts'
import { engineEventSchema } from './engine-event.ts'
import type { Outcome } from './failure.ts'
import { failureSchema } from './failure-schema.ts'
import { historyRangeSchema, historySchema } from './job-history.ts'
import { jobLimitsSchema, jobSpecSchema, networkSchema, sourceSchema } from './job-spec.ts'
import { jobPhaseSchema, summarySchema } from './job-state.ts'
import { logAnalysisSchema } from './log-analysis.ts'
import { LIMITS, metricsSnapshotSchema } from './metrics-snapshot.ts'
import { objectQuerySchema, objectRowSchema } from './object-row.ts'
import { settingsSchema } from './settings.ts'

const jobId = z.object({ jobId: z.string().min(1) })
const nothing = z.object({})

const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'web']),
  platform: z.enum(['windows', 'linux', 'mac']),
  /** By the system's locale; absent when it is neither Chinese nor English. */
  systemLanguage: z.enum(['zh', 'en']).optional(),
  /** Job files that could not be read at this start, and were renamed: these jobs are not in the list. */
  damagedJobs: z.array(z.string()),
  /** What `~` stands for in a path. */
  homeFolder: z.string(),
  /** Where a new job would go unless form or settings say otherwise. */
  defaultFolder: z.string(),
  /** `os`: kept by the system's vault. `session`: kept in memory until the program ends. */
  vault: z.enum(['os', 'session']),
  /** The desktop host can open a native dialog and show files in a file manager. */
  nativeDialogs: z.boolean(),
  /** The host can be started at login: the packaged program, on Windows and macOS. */
  startsAtLogin: z.boolean(),
})

const browseEntrySchema = z.object({
  kind: z.enum(['prefix', 'object']),
  /** Whole key or prefix, from the root of the bucket. */
  key: z.string(),
  size: z.number(),
  lastModified: z.string(),
})

const previewSchema = z.object({
  previewId: z.string(),
  objects: z.number().int(),
  bytes: z.number(),
  /** Objects that the globs left out. */
  excludedObjects: z.number().int(),
  /** A few of the first keys that match. */
  sample: z.array(z.object({ key: z.string(), size: z.number() })),
  done: z.boolean(),
})

const folderSchema = z.object({
  path: z.string(),
  exists: z.boolean(),
  /** A part of the path is a file: no folder can be there. */
  isBelowFile: z.boolean(),
  /** No part of the path exists, not even its drive or network share. */
  isDriveMissing: z.boolean(),
  writable: z.boolean(),
  freeBytes: z.number(),
  /** A journal lies in it: a download would resume. */
  hasJournal: z.boolean(),
})

export const jobViewSchema = z.object({
  jobId: z.string(),
  spec: jobSpecSchema,
  phase: jobPhaseSchema,
  createdAt: z.string(),
  endedAt: z.string().optional(),
  /** Last known progress, so that a job that is not running can be shown as well. */
  bytesDone: z.number(),
  bytesTotal: z.number(),
  objectsDone: z.number().int(),
  objectsFailed: z.number().int(),
  objectsTotal: z.number().int(),
  /**
   * How long each limit held the speed while the job ran, over
   * all its runs: the verdict on a job that is paused or over.
   */
  limitSeconds: z.partialRecord(z.enum(LIMITS), z.number()).optional(),
  summary: summarySchema.optional(),
})

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })

export const CALLS = {
  'app.info': call(nothing, appInfoSchema),
  'settings.read': call(nothing, settingsSchema),
  'settings.write': call(settingsSchema, settingsSchema),

  'access.profiles': call(nothing, z.array(z.string())),
  'access.savedKeys': call(nothing, z.array(z.object({ id: z.string(), label: z.string() }))),
  'access.saveKeys': call(
    z.object({
      label: z.string(),
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
      sessionToken: z.string().optional(),
    }),
    z.object({ id: z.string() }),
  ),
  'access.forgetKeys': call(z.object({ id: z.string() }), nothing),

  'source.buckets': call(
    z.object({ source: sourceSchema.omit({ bucket: true, prefix: true }), network: networkSchema.optional() }),
    z.array(z.string()),
  ),
  'source.browse': call(
    z.object({ source: sourceSchema, network: networkSchema.optional(), continuation: z.string().optional() }),
    z.object({ entries: z.array(browseEntrySchema), continuation: z.string().optional() }),
  ),
  /**
   * Counts in the background; progress comes by the push `preview`. A second call with the same id replaces the first.
   */
  'source.startPreview': call(
    z.object({
      previewId: z.string(),
      source: sourceSchema,
      include: z.array(z.string()),
      exclude: z.array(z.string()),
      network: networkSchema.optional(),
    }),
    nothing,
  ),
  'source.stopPreview': call(z.object({ previewId: z.string() }), nothing),

  /** Desktop only: the native dialog. An empty path means the user closed it. */
  'folder.choose': call(z.object({ startAt: z.string() }), z.object({ path: z.string() })),
  'folder.inspect': call(z.object({ path: z.string() }), folderSchema),
  /** Sub-folders by their whole paths, for the folder picker of the web host. */
  'folder.list': call(
    z.object({ path: z.string() }),
    z.object({ path: z.string(), parent: z.string().optional(), folders: z.array(z.string()) }),
  ),
  /** Where to begin in it: the user's home, and the drives and mounts of the machine. */
  'folder.roots': call(nothing, z.array(z.object({ path: z.string(), kind: z.enum(['home', 'drive']) }))),

  /**
   * Takes less than 20 s in the background; each check comes by the push `diagnosis`. Without a source only this
   * machine is looked at. One at a time: a second one stops the first.
   */
  'diagnosis.run': call(
    z.object({
      diagnosisId: z.string(),
      source: sourceSchema.optional(),
      folder: z.string().min(1),
      network: networkSchema.optional(),
    }),
    nothing,
  ),
  'diagnosis.stop': call(z.object({ diagnosisId: z.string() }), nothing),

  /** Of any log on the machine that runs the program. */
  'logs.analyse': call(z.object({ path: z.string().min(1) }), logAnalysisSchema),
  /** A redacted report, to be looked at. `hideNames`: bucket, keys and folders are hidden too. */
  'report.preview': call(
    jobId.extend({ hideNames: z.boolean(), diagnosis: diagnosisReportSchema.optional() }),
    z.object({
      reportId: z.string(),
      /** `preview` is the beginning of a file that is longer than it; `isCut` says so. */
      files: z.array(z.object({ name: z.string(), bytes: z.number(), preview: z.string(), isCut: z.boolean() })),
    }),
  ),
  /** Puts exactly what was shown last into one zip in this folder. */
  'report.save': call(z.object({ reportId: z.string(), folder: z.string().min(1) }), z.object({ path: z.string() })),

  'jobs.list': call(nothing, z.array(jobViewSchema)),
  'jobs.start': call(jobSpecSchema, jobViewSchema),
  'jobs.pause': call(jobId, nothing),
  /** Resumes a paused job, or one that ended incomplete; ends a cool-down at once. */
  'jobs.resume': call(jobId, nothing),
  'jobs.cancel': call(jobId, nothing),
  /** Threads and speed limit: applied at once where the job runs, and kept for its next run. */
  'jobs.setLimits': call(jobId.extend(jobLimitsSchema.shape), nothing),
  /** Forgets the job; files stay. */
  'jobs.remove': call(jobId, nothing),
  'jobs.retry': call(jobId.extend({ indexes: z.array(z.number().int()).optional() }), nothing),
  'jobs.rebuildPool': call(jobId, nothing),
  'jobs.coolDown': call(jobId, nothing),
  /**
   * The newest snapshot; without a run the last one saved, also
   * after a restart of the program. Null: there never was one.
   */
  'jobs.snapshot': call(jobId, metricsSnapshotSchema.nullable()),
  /**
   * Of any job, also of one that ended long ago. After zooming, called again for the
   * visible range, with finer points where they are kept (each second for ten
   * minutes, 10 s for three hours, a minute for two weeks, ten minutes beyond).
   */
  'jobs.history': call(jobId.extend(historyRangeSchema.shape), historySchema),
  /**
   * The whole of it as a table: UTF-8, one header line with units, ISO times, an empty cell where nothing was measured.
   */
  'jobs.historyCsv': call(jobId, z.object({ fileName: z.string(), text: z.string() })),
  'jobs.events': call(jobId.extend({ limit: z.number().int().min(1).max(10_000) }), z.array(engineEventSchema)),
  'jobs.objects': call(
    jobId.extend(objectQuerySchema.shape),
    z.object({ total: z.number().int(), rows: z.array(objectRowSchema) }),
  ),
  /** Desktop only: shows the object's file (or the destination, without an index) in the file manager. */
  'jobs.reveal': call(jobId.extend({ index: z.number().int().optional() }), nothing),
} as const

export const PUSHES = {
  'job-changed': jobViewSchema,
  'job-removed': jobId,
  snapshot: z.object({ jobId: z.string(), snapshot: metricsSnapshotSchema }),
  event: z.object({ jobId: z.string(), event: engineEventSchema }),
  preview: z.object({
    preview: previewSchema,
    failure: failureSchema.optional(),
  }),
  /**
   * Checks known so far, in the order they became known; with the report, which has them in its own order, it is over.
   */
  diagnosis: z.object({
    diagnosisId: z.string(),
    checks: z.array(checkSchema),
    report: diagnosisReportSchema.optional(),
    /** A bug ended the diagnosis early. */
    failure: failureSchema.optional(),
  }),
  settings: settingsSchema,
} as const

export type CallName = keyof typeof CALLS
export type CallInput<N extends CallName> = z.input<(typeof CALLS)[N]['input']>
export type CallRequest<N extends CallName> = z.output<(typeof CALLS)[N]['input']>
export type CallResult<N extends CallName> = z.output<(typeof CALLS)[N]['output']>
export type PushName = keyof typeof PUSHES
export type PushPayload<N extends PushName> = z.output<(typeof PUSHES)[N]>
export type Push = { [N in PushName]: { name: N; payload: PushPayload<N> } }[PushName]

/** What the renderer holds: one method for calls, one for pushes. Both hosts implement it. */
export type ContractClient = {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Outcome<CallResult<N>>>
  /** Returns the function that ends the subscription. */
  subscribe(listener: (push: Push) => void): () => void
}

/** What `electron/api` implements: one handler per call, over parsed input. */
export type ContractHandlers = {
  [N in CallName]: (request: CallRequest<N>) => Promise<Outcome<CallResult<N>>>
}

export type AppInfo = z.infer<typeof appInfoSchema>
export type BrowseEntry = z.infer<typeof browseEntrySchema>
export type Preview = z.infer<typeof previewSchema>
export type FolderView = z.infer<typeof folderSchema>
export type JobView = z.infer<typeof jobViewSchema>
