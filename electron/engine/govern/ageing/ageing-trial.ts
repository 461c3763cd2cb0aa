/**
 * Whether renewing an aged pool pays in what all connections bring together. On a full line a fresh connection may be
 * fast at the cost of the others, for TCP's start presses harder than what comes later: each looks better than those
 * before it, and renewing them all gains nothing. Pure.
 */
import { type ConnectionSpeed, foldSpeed, SMOOTHING_MS } from '../connections/connection-speed.ts'

/**
 * Smoothed as the speed of a connection is; the bytes that had
 * come by then, when, and when the last: monotonic milliseconds.
 */
export type Total = ConnectionSpeed & { bytes: number; at: number; lastByteAt: number; level: number }

/**
 * `before`: bytes per second of all when ageing was learned,
 * by `level` connections. `watched`: the renewed pool so far.
 */
export type Trial = {
  before: number
  level: number
  startedAt: number
  watched: { bytes: number; ms: number }
}

export type TrialSample = {
  /** Monotonic milliseconds. */
  now: number
  /** By all connections since the start. */
  receivedBytes: number
  /** How many connections may work. */
  level: number
}

export type TrialVerdict =
  | { kind: 'open'; trial: Trial }
  | { kind: 'gain' | 'no-gain'; bytesPerSecond: number }
  /** It has hardly ever been so many connections since. */
  | { kind: 'unknown' }

/** A pool is renewed within about this time, and then watched for so long. */
const RENEWAL_MS = 5000
const WATCHED_MS = 10_000
const GIVE_UP_MS = 120_000
/** It must bring this much more than before, if not nearly all that it brought at its best. */
const LEAST_GAIN = 1.03

export const startTotal = (): Total => ({
  workedMs: 0,
  workedBytes: 0,
  bytesPerSecond: 0,
  bytes: 0,
  at: 0,
  lastByteAt: 0,
  level: 0,
})

/** More connections, or fewer: a speed of its own, which remembers nothing of the one before. */
export function foldTotal(total: Total, { now, receivedBytes, level }: TrialSample): Total {
  const speed = level === total.level ? total : startTotal()
  const news = { elapsedMs: now - total.at, bytes: receivedBytes - total.bytes }
  const lastByteAt = news.bytes > 0 ? now : total.lastByteAt
  return { ...foldSpeed(speed, news), bytes: receivedBytes, at: now, lastByteAt, level }
}

/** Its speed is settled: the first moments' bytes come in lumps. */
export const isSettledTotal = (total: Total): boolean => total.workedMs >= SMOOTHING_MS

export const startTrial = (before: number, { now, level }: TrialSample): Trial => ({
  before,
  level,
  startedAt: now,
  watched: { bytes: 0, ms: 0 },
})

/** `last`: bytes that had come by the last look, and when. `enough`: bytes per second that are as good as the best. */
export function judgeTrial(
  trial: Trial,
  { now, level, receivedBytes }: TrialSample,
  { last, enough }: { last: Pick<Total, 'bytes' | 'at'>; enough: number },
): TrialVerdict {
  const age = now - trial.startedAt
  if (age > GIVE_UP_MS) return { kind: 'unknown' }
  // More connections, or fewer, bring more or less for another reason.
  if (age < RENEWAL_MS || level !== trial.level) return { kind: 'open', trial }
  const watched = { bytes: trial.watched.bytes + receivedBytes - last.bytes, ms: trial.watched.ms + now - last.at }
  if (watched.ms < WATCHED_MS) return { kind: 'open', trial: { ...trial, watched } }
  const bytesPerSecond = (watched.bytes * 1000) / watched.ms
  return { kind: bytesPerSecond >= Math.min(trial.before * LEAST_GAIN, enough) ? 'gain' : 'no-gain', bytesPerSecond }
}
