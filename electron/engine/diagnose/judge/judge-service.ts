/** Can the bucket be read, how long is the first byte, how fast is one connection, and are several faster. Pure. */

import type { Failure, Outcome } from '../../../../shared/failure.ts'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { type Judged, judged, judgedUnknown, judgeFailure, judgeRising } from './judged.ts'

/** Beyond a second the latency slows down every range; 5 s is the seed report's plan D ("延迟超过5秒，认为不健康"). */
const LATENCY_MS = { notice: 1000, bad: DEFAULT_POLICY.unhealthyLatencySeconds * 1000 }

/** Why no request was sent: no address, an earlier step failed, or there is no object to request. */
export type Skipped = 'not-asked' | 'not-reached' | 'no-object'
type Asked<T> = Outcome<T> | undefined

export function judgeBucket(listing: Asked<{ milliseconds: number; objects: number; isComplete: boolean }>): Judged {
  if (!listing) return judgedUnknown('not-asked', LATENCY_MS)
  if (!listing.ok) return judgeFailure(listing.failure, LATENCY_MS)
  const { milliseconds, objects, isComplete } = listing.value
  const evidence = { objects, isComplete }
  if (objects === 0) return judged('notice', 'bucket-empty', milliseconds, { threshold: LATENCY_MS, evidence })
  return judgeRising(milliseconds, LATENCY_MS, ['bucket-readable', 'latency-high', 'latency-unhealthy'], evidence)
}

/** `timesMs`: one sample each; the median is judged, all are evidence. */
export function judgeHead(head: Asked<{ timesMs: number[] }>, cause: Skipped = 'not-asked'): Judged {
  if (!head) return judgedUnknown(cause, LATENCY_MS)
  if (!head.ok) return judgeFailure(head.failure, LATENCY_MS)
  const sorted = [...head.value.timesMs].sort((one, other) => one - other)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0
  const evidence = { requests: sorted.length, fastestMs: sorted[0] ?? 0, slowestMs: sorted.at(-1) ?? 0 }
  return judgeRising(middle, LATENCY_MS, ['latency-good', 'latency-high', 'latency-unhealthy'], evidence)
}

export type Transfer = {
  address: string
  /** TCP and TLS. */
  connectMs: number
  firstByteMs: number
  bytes: number
  /** From the first byte on. */
  seconds: number
  /** The server's Date header minus our own clock at that moment, Unix milliseconds; absent without the header. */
  clockAheadMs?: number
}

export function judgeFirstByte(transfer: Asked<Transfer>, cause: Skipped = 'not-asked'): Judged {
  if (!transfer) return judgedUnknown(cause, LATENCY_MS)
  if (!transfer.ok) return judgeFailure(transfer.failure, LATENCY_MS)
  const { firstByteMs, connectMs, address } = transfer.value
  return judgeRising(firstByteMs, LATENCY_MS, ['latency-good', 'latency-high', 'latency-unhealthy'], {
    connectMs: Math.round(connectMs),
    address,
  })
}

/** S3 gives 85-90 MB/s to one request (DESIGN 5); below this a file of 1 GB takes three hours. */
const SPEED = { least: 100_000 }
/** Fewer bytes say nothing about a speed: they fit into the buffers on the way. */
const LEAST_BYTES = 256 * 1024
/** A fresh connection twice as fast as the running job's proves that those have aged (DESIGN 6.1). */
const AGED_FACTOR = 2
const AGED_LEAST_CONNECTIONS = 3
/** Above this share of the user's limit, the limit is what bounds the speed. */
const NEAR_LIMIT = 0.8

export const speedOf = ({ bytes, seconds }: Pick<Transfer, 'bytes' | 'seconds'>): number =>
  seconds > 0 ? bytes / seconds : 0

export type JobSpeeds = {
  /** Over the last seconds; undefined for a job that has only just begun. */
  bytesPerSecond: number | undefined
  connections: number
  /** Median speed of the active connections. */
  medianBytesPerSecond: number
}

export function judgeSingleSpeed(
  transfer: Asked<Transfer>,
  { job, limitBytesPerSecond }: { job?: JobSpeeds | undefined; limitBytesPerSecond: number },
  cause: Skipped = 'not-asked',
): Judged {
  if (!transfer) return judgedUnknown(cause, SPEED)
  if (!transfer.ok) return judgeFailure(transfer.failure, SPEED)
  const { bytes, seconds } = transfer.value
  const speed = speedOf(transfer.value)
  const evidence = { bytes, seconds: round(seconds, 2) }
  const say = (verdict: Judged['verdict'], cause: Judged['cause'], more = {}) =>
    judged(verdict, cause, speed, { threshold: SPEED, evidence: { ...evidence, ...more } })
  if (limitBytesPerSecond > 0 && speed > NEAR_LIMIT * limitBytesPerSecond)
    return say('ok', 'speed-at-limit', { limitBytesPerSecond })
  if (bytes < LEAST_BYTES && seconds < 1) return { ...say('unknown', 'speed-too-short'), value: null }
  if (job && job.connections >= AGED_LEAST_CONNECTIONS && speed > AGED_FACTOR * job.medianBytesPerSecond) {
    return say('notice', 'fresh-is-faster', { jobConnectionBytesPerSecond: Math.round(job.medianBytesPerSecond) })
  }
  return speed < SPEED.least ? say('bad', 'speed-very-low') : say('ok', 'speed-measured')
}

/** Above the first, more connections help; below the second, they slow each other down. */
const HELP_FACTOR = 1.3
const HURT_FACTOR = 0.7
/** Beyond this the probe measures itself: its ranges end before the connections have reached their speed. */
const FAST_ENOUGH = 100e6

export type ParallelMeasurement =
  | { from: 'probe'; connections: number; result: Outcome<{ bytes: number; seconds: number }>; singleSpeed: number }
  /** While a job runs no parallel probe is sent: the job's own speed is what many connections reach. */
  | { from: 'job'; job: JobSpeeds }
  /** Another program downloads: the best available figure is what this machine receives in all. */
  | { from: 'machine'; bytesPerSecond: number }
  | { from: 'nothing'; cause: Skipped | 'speed-not-disturbed' | 'speed-at-limit' }

export function judgeParallelSpeed(measured: ParallelMeasurement): Judged {
  if (measured.from === 'nothing') return judgedUnknown(measured.cause, SPEED)
  if (measured.from === 'machine')
    return judged('ok', 'speed-of-machine', measured.bytesPerSecond, { threshold: SPEED })
  if (measured.from === 'job') {
    const { bytesPerSecond, connections } = measured.job
    if (bytesPerSecond === undefined) return judgedUnknown('job-too-young', SPEED)
    const isLow = connections > 0 && bytesPerSecond < SPEED.least
    return judged(isLow ? 'bad' : 'ok', isLow ? 'speed-very-low' : 'speed-of-job', bytesPerSecond, {
      threshold: SPEED,
      evidence: { connections },
    })
  }
  const { result, connections, singleSpeed } = measured
  if (!result.ok) return judgeFailure(result.failure, SPEED)
  const { bytes, seconds } = result.value
  const speed = speedOf(result.value)
  const ratio = singleSpeed > 0 ? speed / singleSpeed : 0
  const evidence = { connections, bytes, seconds: round(seconds, 2), timesSingle: round(ratio, 2) }
  const say = (verdict: Judged['verdict'], cause: Judged['cause']) =>
    judged(verdict, cause, speed, { threshold: SPEED, evidence })
  if (bytes < LEAST_BYTES && seconds < 1) return { ...say('unknown', 'speed-too-short'), value: null }
  if (speed < SPEED.least) return say('bad', 'speed-very-low')
  if (ratio === 0) return say('ok', 'speed-measured')
  if (ratio < HURT_FACTOR && speed < FAST_ENOUGH) return say('notice', 'many-hurt')
  return ratio > HELP_FACTOR ? say('ok', 'many-help') : say('ok', 'line-is-full')
}

/** S3 refuses signatures that are 15 minutes off (RequestTimeTooSkewed); a Date header counts whole seconds. */
const CLOCK_SECONDS = { notice: 60, bad: 900 }

/** `aheadMs`: the server's clock minus ours. */
export function judgeClock(
  aheadMs: number | undefined,
  refusal: Failure | undefined,
  cause: Skipped | 'cannot-tell',
): Judged {
  if (aheadMs === undefined) {
    if (refusal?.class === 'clock-skew') return judgeFailure(refusal, CLOCK_SECONDS)
    return judgedUnknown(cause, CLOCK_SECONDS)
  }
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return judgeRising(seconds, CLOCK_SECONDS, ['clock-right', 'clock-off', 'clock-refused'], {
    thisMachine: aheadMs > 0 ? 'behind' : 'ahead',
  })
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
