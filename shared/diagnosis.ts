/**
 * What a diagnosis measures and concludes: codes and SI numbers, never prose. The engine judges
 * (electron/engine/diagnose), `describe-diagnosis.ts` words it in both languages.
 */
import { z } from 'zod'

/** In the order of the report: connections, names, the service, the way there, this machine. */
export const CHECK_CODES = [
  'sockets',
  'close-wait',
  'throttling',
  'addresses',
  'dns-system',
  'dns-server',
  'bucket',
  'head',
  'first-byte',
  'single-speed',
  'parallel-speed',
  'clock-skew',
  'proxy',
  'vpn',
  'mtu',
  'other-traffic',
  'disk-speed',
  'disk-latency',
  'free-space',
  'memory',
  'memory-slope',
  'cpu',
  'loop-lag',
] as const
export type CheckCode = (typeof CHECK_CODES)[number]

/** What `value` and the thresholds of a check are counted in. */
export const CHECK_UNITS = {
  sockets: 'count',
  'close-wait': 'count',
  throttling: 'ratio',
  addresses: 'count',
  'dns-system': 'milliseconds',
  'dns-server': 'milliseconds',
  bucket: 'milliseconds',
  head: 'milliseconds',
  'first-byte': 'milliseconds',
  'single-speed': 'bytesPerSecond',
  'parallel-speed': 'bytesPerSecond',
  'clock-skew': 'seconds',
  proxy: 'count',
  vpn: 'count',
  mtu: 'bytes',
  'other-traffic': 'bytesPerSecond',
  'disk-speed': 'bytesPerSecond',
  'disk-latency': 'milliseconds',
  'free-space': 'bytes',
  memory: 'bytes',
  'memory-slope': 'bytesPerHour',
  cpu: 'ratio',
  'loop-lag': 'milliseconds',
} as const satisfies Record<CheckCode, string>
export type CheckUnit = (typeof CHECK_UNITS)[CheckCode]

/** `unknown`: it could not be found out here; the cause says why. */
const CHECK_VERDICTS = ['ok', 'notice', 'bad', 'unknown'] as const
export type CheckVerdict = (typeof CHECK_VERDICTS)[number]

/** Why the verdict is what it is; each has one sentence and, unless all is well, one piece of advice. */
export const CAUSES = [
  'sockets-idle',
  'sockets-of-others',
  'sockets-healthy',
  'sockets-few',
  'sockets-many',
  'sockets-as-set',
  'sockets-as-governed',
  'sockets-leak',
  'close-wait-none',
  'close-wait-passing',
  'close-wait-stuck',
  'not-throttled',
  'throttled',
  'was-throttled',
  'addresses-found',
  'addresses-fake',
  'addresses-dead',
  'dns-fast',
  'dns-slow',
  'dns-very-slow',
  'dns-dead',
  'dns-server-dead',
  'dns-own-servers-dead',
  'dns-server-unknown',
  'dns-not-needed',
  'bucket-readable',
  'bucket-empty',
  'latency-good',
  'latency-high',
  'latency-unhealthy',
  'no-object',
  'speed-measured',
  'speed-very-low',
  'fresh-is-faster',
  'many-help',
  'line-is-full',
  'many-hurt',
  'speed-of-job',
  'speed-of-machine',
  'job-too-young',
  'speed-not-disturbed',
  'speed-too-short',
  'speed-at-limit',
  'clock-right',
  'clock-off',
  'clock-refused',
  'no-proxy',
  'proxy-in-use',
  'no-vpn',
  'vpn-in-use',
  'mtu-full',
  'mtu-small',
  'mtu-very-small',
  'line-is-ours',
  'line-is-shared',
  'line-is-taken',
  'disk-fast',
  'disk-slow',
  'disk-very-slow',
  'disk-slower-than-line',
  'disk-busy',
  'disk-very-busy',
  'space-enough',
  'space-short',
  'space-below-listed',
  'space-gone',
  'memory-normal',
  'memory-high',
  'memory-very-high',
  'memory-flat',
  'memory-grows',
  'memory-leaks',
  'memory-too-early',
  'cpu-free',
  'cpu-busy',
  'cpu-full',
  'loop-free',
  'loop-late',
  'loop-blocked',
  // Not this check's own matter.
  'not-asked',
  'not-reached',
  'cannot-tell',
  'out-of-time',
  'stopped',
  // What went wrong on the way to the bucket or the disk; `evidence` has class, code and status.
  'failed-denied',
  'failed-credentials',
  'failed-missing-bucket',
  'failed-missing',
  'failed-region',
  'failed-addressing',
  'failed-dns',
  'failed-connect',
  'failed-tls',
  'failed-proxy',
  'failed-clock',
  'failed-throttled',
  'failed-server',
  'failed-cut',
  'failed-timeout',
  'failed-protocol',
  'failed-listing',
  'failed-disk-full',
  'failed-disk-denied',
  'failed-disk',
  'failed-setting',
] as const
export type Cause = (typeof CAUSES)[number]

/** Names end in the unit of the number: Ms, Seconds, Bytes, BytesPerSecond, Ratio. Never a secret. */
const evidenceSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type Evidence = z.infer<typeof evidenceSchema>

export const checkSchema = z.object({
  code: z.enum(CHECK_CODES),
  verdict: z.enum(CHECK_VERDICTS),
  cause: z.enum(CAUSES),
  /** In the check's unit; null when nothing was measured. */
  value: z.number().nullable(),
  /** In the check's unit, by the name they have in the check's threshold sentence. */
  threshold: z.record(z.string(), z.number()),
  evidence: evidenceSchema,
})
export type Check = z.infer<typeof checkSchema>

export const diagnosisReportSchema = z.object({
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  seconds: z.number(),
  version: z.string(),
  /** `linux 6.1.0 x64, Node 24.1.0`. */
  system: z.string(),
  /** Empty: only this machine was looked at. */
  address: z.string(),
  /** The user's home is written `~`. */
  folder: z.string(),
  checks: z.array(checkSchema),
})
export type DiagnosisReport = z.infer<typeof diagnosisReportSchema>

const WORST_FIRST: Record<CheckVerdict, number> = { bad: 0, notice: 1, unknown: 2, ok: 3 }

/** What to read first: trouble, then hints; within one verdict the report's own order. */
export const findingsOf = (checks: readonly Check[]): Check[] =>
  checks
    .filter(({ verdict }) => verdict === 'bad' || verdict === 'notice')
    .sort((one, other) => WORST_FIRST[one.verdict] - WORST_FIRST[other.verdict])

export function countVerdicts(checks: readonly Check[]): Record<CheckVerdict, number> {
  const counts = { ok: 0, notice: 0, bad: 0, unknown: 0 }
  for (const { verdict } of checks) counts[verdict]++
  return counts
}
