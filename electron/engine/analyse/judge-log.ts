/** Counts -> likely causes with their numbers. Pure. */
import type { LogAnalysis, LogCause, LogFinding, LogGroups } from '../../../shared/log-analysis.ts'

export type LogFacts = Omit<LogAnalysis, 'findings'> & {
  /** Errors that fell into bursts. */
  inBursts: number
  /** Only failures of the network path. */
  lineAddresses: LogGroups
}

const CAUSE_OF_CLASS: Record<string, LogCause> = {
  throttled: 'throttling',
  reset: 'resets',
  stalled: 'stalls',
  slow: 'stalls',
  connect: 'unreachable',
  dns: 'dns',
  tls: 'tls',
  proxy: 'proxy',
  'server-error': 'server-errors',
  credentials: 'credentials',
  denied: 'denied',
  'clock-skew': 'clock-skew',
  'missing-bucket': 'missing',
  missing: 'missing',
  changed: 'changed',
  corrupt: 'corrupt',
  'disk-full': 'disk-full',
  'disk-denied': 'disk',
  'disk-gone': 'disk',
  disk: 'disk',
  'pool-full': 'pool-full',
  'too-many-files': 'too-many-files',
}
/** Reported even once; others only above `LEAST_SHARE` of the errors. */
const ALWAYS_REPORTED: readonly LogCause[] = [
  'credentials',
  'denied',
  'clock-skew',
  'corrupt',
  'disk-full',
  'disk',
  'too-many-files',
]
const LEAST_SHARE = 0.05
/** One address of several has at least this share of the failures of the network path. */
const ONE_ADDRESS_SHARE = 0.6
const LEAST_FOR_AN_ADDRESS = 10
const LINE_CAUSES: readonly LogCause[] = ['resets', 'stalls', 'unreachable', 'dns']
const CUT_SHARE = 0.5
const LEAST_OF_A_CUT = 10
/** The seed report calls this decay; a drop of a tenth is ordinary variation. */
const DECAYED = 0.85
/** The same threshold as in the diagnosis. */
const MEMORY_BYTES_PER_HOUR = 50e6

export function judgeLog(facts: LogFacts): LogFinding[] {
  // At equal share the finding that explains others comes first: `sort` is stable.
  const findings = [...judgeCuts(facts), ...judgeAddress(facts), ...judgeClasses(facts)]
  findings.sort((one, other) => other.share - one.share)
  return [...findings, ...judgePerformance(facts)]
}

function countCauses({ classes }: LogFacts): Map<LogCause, number> {
  const counts = new Map<LogCause, number>()
  for (const { name, count } of classes.top) {
    const cause = Object.hasOwn(CAUSE_OF_CLASS, name) ? (CAUSE_OF_CLASS[name] as LogCause) : 'other-failures'
    counts.set(cause, (counts.get(cause) ?? 0) + count)
  }
  return counts
}

function judgeClasses(facts: LogFacts): LogFinding[] {
  const { errors } = facts
  return [...countCauses(facts)]
    .map(([cause, count]) => ({ cause, share: count / errors, evidence: { count, errors } }))
    .filter(({ cause, share }) => share >= LEAST_SHARE || ALWAYS_REPORTED.includes(cause))
}

function judgeAddress({ lineAddresses, errors }: LogFacts): LogFinding[] {
  const { top, rest } = lineAddresses
  const all = rest + top.reduce((sum, { count }) => sum + count, 0)
  const worst = top[0]
  if (!worst || top.length < 2 || worst.count < LEAST_FOR_AN_ADDRESS || worst.count < ONE_ADDRESS_SHARE * all) return []
  const evidence = { address: worst.name, count: worst.count, all, addresses: top.length }
  return [{ cause: 'one-address', share: worst.count / errors, evidence }]
}

/** Failures that occur together, or at equal intervals, have one cause outside the program. */
function judgeCuts(facts: LogFacts): LogFinding[] {
  const { errors, inBursts, period, bursts } = facts
  const kinds = [...countCauses(facts)].filter(([cause]) => LINE_CAUSES.includes(cause))
  const count = kinds.reduce((sum, [, each]) => sum + each, 0)
  if (count < CUT_SHARE * errors || count < LEAST_OF_A_CUT) return []
  if (period) return [{ cause: 'periodic-cuts', share: count / errors, evidence: { ...period, count } }]
  const largest = bursts[0]
  if (!largest || kinds.length < 2 || inBursts < CUT_SHARE * errors) return []
  const evidence = { bursts: bursts.length, count: inBursts, from: largest.from, seconds: largest.seconds }
  return [{ cause: 'line-cuts', share: inBursts / errors, evidence }]
}

function judgePerformance({ performance }: LogFacts): LogFinding[] {
  if (!performance) return []
  const { hours, firstBytesPerSecond, lastBytesPerSecond, rssBytesPerHour, maxCloseWait } = performance
  const findings: LogFinding[] = []
  if (hours >= 1 && firstBytesPerSecond > 0 && lastBytesPerSecond < DECAYED * firstBytesPerSecond) {
    const ratio = lastBytesPerSecond / firstBytesPerSecond
    findings.push({
      cause: 'speed-decay',
      share: 0,
      evidence: { firstBytesPerSecond, lastBytesPerSecond, ratio, hours },
    })
  }
  if (maxCloseWait > 0) findings.push({ cause: 'pool-leak', share: 0, evidence: { closeWait: maxCloseWait } })
  if (hours >= 1 && rssBytesPerHour > MEMORY_BYTES_PER_HOUR)
    findings.push({ cause: 'memory-growth', share: 0, evidence: { rssBytesPerHour, hours } })
  return findings
}
