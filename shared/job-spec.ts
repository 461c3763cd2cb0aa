/** What the form or the command line fills in: the engine's whole input. Holds no secret. */
import { z } from 'zod'
import { policyOverridesSchema } from './policy.ts'

const accessSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  /** Where the AWS tools look: environment, ~/.aws, SSO, IMDS. */
  z.object({ kind: z.literal('default') }),
  z.object({ kind: z.literal('profile'), name: z.string().min(1) }),
  /** Keys typed into the form, kept by the vault under this id. */
  z.object({ kind: z.literal('vault'), id: z.string().min(1) }),
])
export type Access = z.infer<typeof accessSchema>

/** `us-west-2`, `garage`: it becomes a piece of a host name. */
export const isRegion = (text: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(text)

/** Bucket and way to reach it: enough to list and to browse. `prefix` may be empty or one whole key. */
export const sourceSchema = z.object({
  bucket: z.string().min(1),
  prefix: z.string(),
  endpointUrl: z.url({ protocol: /^https?$/ }).optional(),
  region: z.string().min(1).optional(),
  /** auto: path style for custom endpoints and for buckets with dots over TLS, else virtual-hosted. */
  addressing: z.enum(['auto', 'path', 'virtual']).default('auto'),
  access: accessSchema.default({ kind: 'default' }),
  /**
   * Of a bucket whose readers pay, which asks for their word on
   * every request. Nobody can be charged without a signature.
   */
  requestPayer: z.literal('requester').optional(),
})
export type Source = z.infer<typeof sourceSchema>

export const networkSchema = z.object({
  /** `ADDR` or `ADDR:PORT` of a DNS server to ask instead of the system's. */
  dnsServer: z.string().min(1).optional(),
  /** Fixed addresses by host name. */
  resolve: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
  /** `system` (environment or OS), `none`, or the URL of an HTTP(S) or SOCKS5 proxy. */
  proxy: z.string().default('system'),
  /** PEM file with extra certificate authorities. */
  caFile: z.string().optional(),
})
export type Network = z.infer<typeof networkSchema>

/** Minutes after local midnight; `from > to` spans midnight. */
const timeWindowSchema = z.object({
  fromMinutes: z.number().int().min(0).max(1439),
  toMinutes: z.number().int().min(0).max(1439),
})
export type TimeWindow = z.infer<typeof timeWindowSchema>

export const VERIFY_MODES = ['off', 'etag', 'checksum', 'reread'] as const
export type VerifyMode = (typeof VERIFY_MODES)[number]

/** More than this helps no one: S3 serves 85-90 MB/s per connection, so 256 fill 20 GB/s. */
export const MAX_THREADS = 256
export const DEFAULT_THREADS = 16
/** What `auto` allows: a home or campus line is full long before. */
export const AUTO_THREADS = 64
/** Below this a request costs many times its bytes; `auto` asks for 1 to 16 MiB. */
export const MIN_PART_BYTES = 64 * 1024
/** The largest part, and the largest upload in one piece, that S3 takes. */
export const MAX_PART_BYTES = 5 * 1024 ** 3

/** Nobody wants less: the unit was left out, and 20 would take a year for a gigabyte. */
export const MIN_LIMIT_BYTES_PER_SECOND = 1000

/** What may be changed while a job runs. */
export const jobLimitsSchema = z.object({
  /** Ceiling of connections. */
  threads: z.union([z.literal('auto'), z.number().int().min(1).max(MAX_THREADS)]),
  /** Absent: as fast as it goes. */
  limitBytesPerSecond: z.number().positive().optional(),
})
export type JobLimits = z.infer<typeof jobLimitsSchema>

/** The ceiling of connections as a number. */
export const threadCeiling = ({ threads }: Pick<JobLimits, 'threads'>): number =>
  threads === 'auto' ? AUTO_THREADS : threads

export const jobSpecSchema = z.object({
  source: sourceSchema,
  /** Absolute path of the folder that receives the objects. */
  destination: z.string().min(1),
  threads: jobLimitsSchema.shape.threads.default(DEFAULT_THREADS),
  partSize: z.union([z.literal('auto'), z.number().int().min(MIN_PART_BYTES).max(MAX_PART_BYTES)]).default('auto'),
  /** Globs on the key below the prefix. */
  include: z.array(z.string().min(1)).default([]),
  exclude: z.array(z.string().min(1)).default([]),
  verify: z.enum(VERIFY_MODES).default('etag'),
  limitBytesPerSecond: jobLimitsSchema.shape.limitBytesPerSecond,
  timeWindow: timeWindowSchema.optional(),
  network: networkSchema.default({ resolve: {}, proxy: 'system' }),
  policy: policyOverridesSchema.default({}),
  /** Folder of download_errors.log and performance.ndjson; beside the journal when absent. */
  logFolder: z.string().optional(),
})
export type JobSpec = z.infer<typeof jobSpecSchema>
