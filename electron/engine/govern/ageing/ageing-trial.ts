/**
 * Whether renewing an aged pool raises the total speed. On a full line a fresh connection may be fast at the cost of
 * the others, because TCP's slow start is more aggressive than what follows: each looks better than those before it,
 * and renewing them all gains nothing. Pure.
 */
import { type ConnectionSpeed, foldSpeed, SMOOTHING_MS } from '../connections/connection-speed.ts'

/**
 * The total speed, smoothed like that of a connection; `bytes` received up
 * to `at`, the last of them at `lastByteAt`: monotonic milliseconds.
 */
export type Total = ConnectionSpeed & { bytes: number; at: number; lastByteAt: number; level: number }

/**
 * `before`: total bytes per second when ageing was learned, with `level`
 * connections. `watched`: what the renewed pool has received so far.
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
  /** Of all connections since the start. */
  receivedBytes: number
  /** How many connections may work. */
  level: number
}

export type TrialVerdict =
  | { kind: 'open'; trial: Trial }
  | { kind: 'gain' | 'no-gain'; bytesPerSecond: number }
  /** The concurrency has hardly been the same since. */
  | { kind: 'unknown' }

/** A pool is renewed within about the first time, and then observed for the second. */
const RENEWAL_MS = 5000
const WATCHED_MS = 10_000
const GIVE_UP_MS = 120_000
/** The total must rise by this factor, or come close to its best. */
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

/** Starts over at every change of concurrency: the total before it is no longer comparable. */
export function foldTotal(total: Total, { now, receivedBytes, level }: TrialSample): Total {
  const speed = level === total.level ? total : startTotal()
  const step = { elapsedMs: now - total.at, bytes: receivedBytes - total.bytes }
  const lastByteAt = step.bytes > 0 ? now : total.lastByteAt
  return { ...foldSpeed(speed, step), bytes: receivedBytes, at: now, lastByteAt, level }
}

/** The total can be trusted: the first bytes arrive in bursts. */
export const isSettledTotal = (total: Total): boolean => total.workedMs >= SMOOTHING_MS

export const startTrial = (before: number, { now, level }: TrialSample): Trial => ({
  before,
  level,
  startedAt: now,
  watched: { bytes: 0, ms: 0 },
})

/** `last`: bytes and time of the previous sample. `enough`: bytes per second that count as the best. */
export function judgeTrial(
  trial: Trial,
  { now, level, receivedBytes }: TrialSample,
  { last, enough }: { last: Pick<Total, 'bytes' | 'at'>; enough: number },
): TrialVerdict {
  const age = now - trial.startedAt
  if (age > GIVE_UP_MS) return { kind: 'unknown' }
  // With another concurrency the total changes for another reason.
  if (age < RENEWAL_MS || level !== trial.level) return { kind: 'open', trial }
  const watched = { bytes: trial.watched.bytes + receivedBytes - last.bytes, ms: trial.watched.ms + now - last.at }
  if (watched.ms < WATCHED_MS) return { kind: 'open', trial: { ...trial, watched } }
  const bytesPerSecond = (watched.bytes * 1000) / watched.ms
  return { kind: bytesPerSecond >= Math.min(trial.before * LEAST_GAIN, enough) ? 'gain' : 'no-gain', bytesPerSecond }
}
