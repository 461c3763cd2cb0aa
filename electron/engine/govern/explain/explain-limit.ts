/**
 * What limits the speed at present, as one code and the numbers behind it (DESIGN 6.6). Of several the first in this
 * order is named: no answer at all, nothing to do, no DNS, connections refused, no network, the user's limit,
 * throttling, the disk, the processor, server errors, a bad address, ageing, silent connections, latency, and the line
 * when nothing else is left. So what stops everything comes before what slows, what was measured before what was
 * inferred, and what we cannot heal (limit, throttling, disk) before what is being healed (address, ageing). Pure.
 */
import type { FailureClass } from '../../../../shared/failure.ts'
import { LEAST_REQUESTS, type Limit } from '../../../../shared/metrics-snapshot.ts'

export type LimitEvidence = {
  bytesPerSecond: number
  concurrency: number
  threads: number
  /** Requests per second that the tightest budget allows; undefined = none holds requests back. */
  limitedRate: number | undefined
  /** For how long it has. */
  limitedSeconds: number
  successRate: number
  /** Bytes per second the user allows; 0 = no limit. */
  userLimit: number
  /**
   * Received rate, averaged for as long as it takes to tell it from that limit. Like `recentRequests`, not in old
   * recordings.
   */
  pacedBytesPerSecond?: number
  diskWriteMs: number
  loopLagMs: number
  /** Of the proven ageing of connections; undefined = none. */
  tauSeconds: number | undefined
  retireAgeSeconds: number
  quarantined: readonly string[]
  dnsFailing: boolean
  /** Milliseconds since any byte arrived, while work is under way. */
  silentMs: number
  /** Why the last connection was refused, for instance an untrusted certificate. */
  refusedBy?: FailureClass | undefined
  isWorking: boolean
  /** For how long the first page of the listing has been without any answer. */
  unansweredMs?: number
  /** For how long the listing has been throttled. */
  listRefusedMs?: number | undefined
  /** Answers per second, and their first byte. */
  requestsPerSecond: number
  firstByteMs: number
  /** Server errors among the last requests: at most a hundred, of the last minute. */
  serverErrors: number
  /** The number of those last requests. */
  recentRequests?: number
  /** Share of the connections' time in the last minute that was lost to silent or slow ones until their replacement. */
  lostShare: number
}

/** A write this long delays a connection for longer than its next chunk takes to arrive. */
const SLOW_WRITE_MS = 200
const SLOW_LOOP_MS = 200
/** Longer than an ocean, a proxy or a busy service explains. */
const UNANSWERED_MS = 5000
const SILENT_MS = 3000
const NEAR_LIMIT = 0.9
/** Share of the connections' time above which more of it is spent waiting for first bytes than receiving. */
const MOSTLY_WAITING = 0.5
/** Share of the last requests. One server error among many throttled requests is no failing server. */
const MANY_ERRORS = 0.1
const FULL_WINDOW = 100
/** Below this share, replacing them has nearly healed it: a speed a tenth lower is no decay yet. */
const MUCH_LOST = 0.1

export function explainLimit(evidence: LimitEvidence): Limit {
  const { bytesPerSecond, concurrency, threads } = evidence
  const { unansweredMs = 0 } = evidence
  if (unansweredMs > UNANSWERED_MS)
    return { code: 'unanswered', evidence: { seconds: Math.round(unansweredMs / 1000) } }
  const { listRefusedMs } = evidence
  if (listRefusedMs !== undefined && bytesPerSecond === 0)
    return { code: 'throttling', evidence: { seconds: Math.round(listRefusedMs / 1000) } }
  if (!evidence.isWorking) return { code: 'none', evidence: {} }
  if (evidence.dnsFailing) return { code: 'dns', evidence: { seconds: Math.round(evidence.silentMs / 1000) } }
  if (evidence.silentMs > SILENT_MS) {
    const seconds = Math.round(evidence.silentMs / 1000)
    const { refusedBy } = evidence
    return refusedBy
      ? { code: 'turned-away', evidence: { seconds, failure: refusedBy } }
      : { code: 'network-lost', evidence: { seconds } }
  }
  const pacedRate = Math.max(bytesPerSecond, evidence.pacedBytesPerSecond ?? 0)
  if (evidence.userLimit > 0 && pacedRate > NEAR_LIMIT * evidence.userLimit) {
    return { code: 'user-limit', evidence: { limitBytesPerSecond: evidence.userLimit } }
  }
  if (evidence.limitedRate !== undefined) {
    return {
      code: 'throttling',
      evidence: {
        seconds: Math.round(evidence.limitedSeconds),
        requestsPerSecond: evidence.limitedRate,
        successRate: evidence.successRate,
      },
    }
  }
  if (evidence.diskWriteMs > SLOW_WRITE_MS)
    return { code: 'disk', evidence: { writeMs: Math.round(evidence.diskWriteMs) } }
  if (evidence.loopLagMs > SLOW_LOOP_MS) return { code: 'cpu', evidence: { loopLagMs: Math.round(evidence.loopLagMs) } }
  const { serverErrors, recentRequests = FULL_WINDOW } = evidence
  if (serverErrors > MANY_ERRORS * Math.max(LEAST_REQUESTS, recentRequests)) {
    return { code: 'server', evidence: { successRate: evidence.successRate, errors: serverErrors } }
  }
  if (evidence.quarantined.length > 0)
    return {
      code: 'address',
      evidence: { addresses: evidence.quarantined.length, address: evidence.quarantined.join(' ') },
    }
  if (evidence.tauSeconds !== undefined)
    return { code: 'ageing', evidence: { ageSeconds: evidence.retireAgeSeconds, tauSeconds: evidence.tauSeconds } }
  if (evidence.lostShare > MUCH_LOST) return { code: 'silence', evidence: { lostShare: evidence.lostShare } }
  // By Little's law this share of the connections waits for a first byte. On a full line it does too, but there fewer
  // connections are as fast as many, and the concurrency has not reached the allowed threads.
  const waiting = (evidence.requestsPerSecond * evidence.firstByteMs) / 1000 / Math.max(1, concurrency)
  if (waiting > MOSTLY_WAITING && concurrency >= threads) {
    const { requestsPerSecond, firstByteMs } = evidence
    return { code: 'latency', evidence: { firstByteMs, requestsPerSecond, concurrency, threads } }
  }
  return { code: 'line', evidence: { bytesPerSecond: Math.round(bytesPerSecond), concurrency, threads } }
}
