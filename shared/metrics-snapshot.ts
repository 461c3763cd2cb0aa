/** The state of a job at one tick: what the command line prints as `snapshot` and the window draws. SI numbers. */
import { z } from 'zod'
import { FAILURE_CLASSES } from './failure.ts'
import { jobPhaseSchema } from './job-state.ts'

const CONNECTION_STATES = ['connecting', 'warm', 'active', 'draining', 'closed'] as const
export type ConnectionState = (typeof CONNECTION_STATES)[number]

const connectionViewSchema = z.object({
  id: z.number().int(),
  state: z.enum(CONNECTION_STATES),
  address: z.string(),
  generation: z.number().int(),
  ageSeconds: z.number(),
  requests: z.number().int(),
  bytes: z.number(),
  /** Smoothed over a few seconds. */
  bytesPerSecond: z.number(),
  /** Key it works on; empty when idle. */
  key: z.string(),
})
export type ConnectionView = z.infer<typeof connectionViewSchema>

const addressViewSchema = z.object({
  address: z.string(),
  connections: z.number().int(),
  bytes: z.number(),
  bytesPerSecond: z.number(),
  failures: z.number().int(),
  quarantined: z.boolean(),
})
export type AddressView = z.infer<typeof addressViewSchema>

const errorCountsSchema = z.record(z.enum(FAILURE_CLASSES), z.number())
export type ErrorCounts = z.infer<typeof errorCountsSchema>

/** What holds the speed down just now; `code` picks the sentence, `evidence` the numbers in it. */
export const LIMITS = [
  'none',
  'line',
  'latency',
  'throttling',
  'ageing',
  'address',
  'dns',
  'disk',
  'cpu',
  'user-limit',
  'server',
  'silence',
  'turned-away', //     every connection is turned away: by a certificate that is not trusted, or by the proxy
  'network-lost',
  'unanswered', //      nothing is known of the bucket yet: the first request is not answered yet
] as const
const limitSchema = z.object({
  code: z.enum(LIMITS),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type Limit = z.infer<typeof limitSchema>

/** With fewer finished requests a success rate means nothing: the first refusal alone would be "0 %". */
export const LEAST_REQUESTS = 10

export const metricsSnapshotSchema = z.object({
  time: z.string(),
  phase: jobPhaseSchema,
  bytesDone: z.number(),
  /** Of the objects listed so far; final once `listingComplete`. */
  bytesTotal: z.number(),
  bytesFetched: z.number(),
  objectsDone: z.number().int(),
  objectsFailed: z.number().int(),
  objectsSkipped: z.number().int(),
  objectsTotal: z.number().int(),
  listingComplete: z.boolean(),
  /** Body bytes received per second, over the last snapshot period. */
  bytesPerSecond: z.number(),
  /** Smoothed for the estimate of the time left; -1 when unknown. */
  secondsLeft: z.number(),
  /** Connections allowed now, and the ceiling. */
  concurrency: z.number().int(),
  threads: z.number().int(),
  connections: z.object({
    active: z.number().int(),
    connecting: z.number().int(),
    idle: z.number().int(),
    closeWait: z.number().int(),
  }),
  socketsOpened: z.number().int(),
  socketsClosed: z.number().int(),
  generation: z.number().int(),
  requestsPerSecond: z.number(),
  successRate: z.number(),
  /** What it is a share of: those that ended lately or are being answered. Not in what an older version has kept. */
  recentRequests: z.number().int().optional(),
  delayMs: z.number(),
  firstByteMsP50: z.number(),
  firstByteMsP95: z.number(),
  dnsMs: z.number(),
  diskWriteMs: z.number(),
  errors: errorCountsSchema,
  retries: z.number().int(),
  rssBytes: z.number(),
  loopLagMs: z.number(),
  /** Seconds until a cool-down or a time window ends; 0 when none. */
  waitSeconds: z.number(),
  limit: limitSchema,
  connectionTable: z.array(connectionViewSchema),
  addressTable: z.array(addressViewSchema),
})
export type MetricsSnapshot = z.infer<typeof metricsSnapshotSchema>
