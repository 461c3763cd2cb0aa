/** Leaking connections, unclosed responses, throttling: the seed report's own table. Pure. */

import { DEFAULT_THREADS } from '../../../../shared/job-spec.ts'
import type { SocketCounts } from '../sockets/socket-table.ts'
import { type Judged, judged, judgedUnknown } from './judged.ts'

/** The seed report, "连接池实际泄漏": 5-15 is healthy, more than 50 is a leak. */
const SOCKETS = { healthyFrom: 5, healthyTo: 15, leakAbove: 50 }
/** Connections besides those for data: listing, HEAD, credentials. */
const CONTROL_SOCKETS = 4
/** The seed report, "自适应限流": slow down below this success rate. */
const SUCCESS_RATE = 0.9

export type SocketMeasurement = {
  /** Undefined: this system does not show it. */
  sockets: SocketCounts | undefined
  runningJobs: number
  /** Ceilings of the running jobs together; undefined for a job of another process, whose ceiling is unknown. */
  threads: number | undefined
  /** What the jobs' governors allow just now; undefined likewise. */
  concurrency: number | undefined
  /** Other programs with connections to the service, in words: `python3 (4711) 60`. */
  programs?: string | undefined
}

/** A user who sets 64 connections gets them: many, but no leak. */
export function judgeSockets({ sockets, runningJobs, concurrency, programs, ...measured }: SocketMeasurement): Judged {
  if (!sockets) return judgedUnknown('cannot-tell', SOCKETS)
  const { established, closeWait, timeWait, other } = sockets
  const threads = measured.threads ?? DEFAULT_THREADS
  const evidence = { established, closeWait, timeWait, other, runningJobs, threads, ...(programs ? { programs } : {}) }
  const say = (verdict: Judged['verdict'], cause: Judged['cause']) =>
    judged(verdict, cause, established, { threshold: SOCKETS, evidence })
  const wanted = threads > 0 ? threads + CONTROL_SOCKETS : 0
  // While the pool is rebuilt, a new connection stands beside each old one.
  const atMost = Math.max(SOCKETS.leakAbove, 2 * threads + CONTROL_SOCKETS)
  if (established > atMost) return say('bad', 'sockets-leak')
  if (established > SOCKETS.healthyTo) {
    return established <= wanted ? say('ok', 'sockets-as-set') : say('notice', 'sockets-many')
  }
  if (established >= SOCKETS.healthyFrom) return say('ok', 'sockets-healthy')
  if (runningJobs === 0) return say('ok', programs ? 'sockets-of-others' : 'sockets-idle')
  if (established >= threads) return say('ok', 'sockets-as-set')
  const isWanted = concurrency !== undefined && established >= concurrency
  return isWanted ? say('ok', 'sockets-as-governed') : say('notice', 'sockets-few')
}

/** A server may close a moment before we notice; a socket that is still there at the second look was forgotten. */
export function judgeCloseWait(
  first: SocketCounts | undefined,
  second: SocketCounts | undefined,
  programs?: string | undefined,
): Judged {
  const threshold = { notice: 0 }
  if (!first || !second) return judgedUnknown('cannot-tell', threshold)
  const stuck = second.closeWaitIds.filter((id) => first.closeWaitIds.includes(id)).length
  const evidence = { first: first.closeWait, second: second.closeWait, stuck, ...(programs ? { programs } : {}) }
  if (stuck > 0) return judged('bad', 'close-wait-stuck', second.closeWait, { threshold, evidence })
  const seen = Math.max(first.closeWait, second.closeWait)
  if (seen > 0) return judged('notice', 'close-wait-passing', seen, { threshold, evidence })
  return judged('ok', 'close-wait-none', 0, { threshold, evidence })
}

export type ThrottlingMeasurement = {
  /** Requests of this diagnosis that were answered, and how many by 503 or 429. */
  requests: number
  refused: number
  /** Of the running jobs: the worst success rate, the longest delay, refusals since they began. */
  jobs: { successRate: number; delayMs: number; throttled: number } | undefined
}

export function judgeThrottling(
  { requests, refused, jobs }: ThrottlingMeasurement,
  cause: 'not-asked' | 'not-reached' = 'not-asked',
): Judged {
  const threshold = { least: SUCCESS_RATE }
  if (requests === 0 && !jobs) return judgedUnknown(cause, threshold)
  const rate = Math.min(jobs?.successRate ?? 1, requests > 0 ? 1 - refused / requests : 1)
  const evidence = { requests, refused, ...(jobs ? { throttledInJobs: jobs.throttled, delayMs: jobs.delayMs } : {}) }
  const isThrottledNow = refused > 0 || (jobs !== undefined && jobs.throttled > 0 && rate < SUCCESS_RATE)
  if (isThrottledNow) return judged('bad', 'throttled', rate, { threshold, evidence })
  if (jobs && jobs.throttled > 0) return judged('notice', 'was-throttled', rate, { threshold, evidence })
  return judged('ok', 'not-throttled', rate, { threshold, evidence })
}
