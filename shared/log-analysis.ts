/** What the log analyser found: codes and numbers, for the window, the terminal and the report bundle. */
import { z } from 'zod'

/** What slowed or broke the download, by its log. `shared/log-words-*.ts` have the sentences. */
export const LOG_CAUSES = [
  'throttling',
  'line-cuts', //        several kinds of network failure together, in bursts, on many addresses
  'periodic-cuts', //    connections end at regular intervals: a NAT, VPN or firewall timer
  'one-address', //      most network failures are one address's
  'resets',
  'stalls',
  'unreachable',
  'dns',
  'tls',
  'proxy',
  'server-errors',
  'credentials',
  'denied',
  'clock-skew',
  'missing',
  'changed',
  'corrupt',
  'disk-full',
  'disk',
  'pool-full', //        urllib3 throws connections away: more threads than pool places
  'too-many-files', //   connections are opened and never closed, until the system gives no more
  'pool-leak', //        sockets in CLOSE_WAIT
  'speed-decay', //      performance.ndjson: the last hours are slower than the first
  'memory-growth',
  'other-failures',
] as const
export type LogCause = (typeof LOG_CAUSES)[number]

const evidenceSchema = z.record(z.string(), z.union([z.string(), z.number()]))
const groupSchema = z.object({ name: z.string(), count: z.number().int() })
/** The largest first; `rest` counts what is in no named group, `others` says in at least how many groups that is. */
const groupsSchema = z.object({ top: z.array(groupSchema), rest: z.number().int(), others: z.number().int() })

export const logAnalysisSchema = z.object({
  bytes: z.number(),
  lines: z.number().int(),
  /** Lines by what they are: our own errors, errors of Python tools, performance samples, anything else. */
  kinds: z.object({
    error: z.number().int(),
    python: z.number().int(),
    performance: z.number().int(),
    other: z.number().int(),
  }),
  /** First and last time of what was understood. ISO; times without a zone are taken as UTC. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  errors: z.number().int(),
  classes: groupsSchema,
  addresses: groupsSchema,
  prefixes: groupsSchema,
  /** What was done about an error, where the log says. */
  actions: groupsSchema,
  /** Errors by hour, oldest first, empty hours left out; the newest 336. `hour` is ISO, its begin. */
  hours: z.array(z.object({ hour: z.string(), count: z.number().int() })),
  /** Times of many errors in little time, the largest first. */
  bursts: z.array(z.object({ from: z.string(), seconds: z.number(), count: z.number().int() })),
  /** Bursts that come at equal intervals. */
  period: z.object({ seconds: z.number(), bursts: z.number().int() }).nullable(),
  performance: z
    .object({
      samples: z.number().int(),
      hours: z.number(),
      firstBytesPerSecond: z.number(),
      lastBytesPerSecond: z.number(),
      rssBytesPerHour: z.number(),
      maxCloseWait: z.number().int(),
      minSuccessRate: z.number(),
    })
    .nullable(),
  /** The likely causes, the weightiest first. `share` of all errors, 0-1. */
  findings: z.array(z.object({ cause: z.enum(LOG_CAUSES), share: z.number(), evidence: evidenceSchema })),
})
export type LogAnalysis = z.infer<typeof logAnalysisSchema>
export type LogGroups = z.infer<typeof groupsSchema>
export type LogFinding = LogAnalysis['findings'][number]
