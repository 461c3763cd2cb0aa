/**
 * How many connections work. Driven by goodput alone: body latency rises whenever the line is full, and is no evidence.
 * Pure.
 *
 * Ramp: double while goodput grows by more than 15 %. Hold: keep what paid. From time to time try more; keep it if it
 * pays, go back if not. The level never sinks by trial: fewer connections at the same speed gain nothing, and a level
 * that follows noise downwards is the decay this program exists against. The exception is a server that closes all
 * connections beyond a number without an answer: the level falls to it at once, or they would be reopened all day.
 */
import type { Policy } from '../../../../shared/policy.ts'

/** DESIGN 6.3. */
const DOUBLING_GAIN = 1.15
/** A trial must beat what it started from by this much. */
const TRIAL_GAIN = 1.05
/** Connections at the start. Half as many would be doubled by the first sample, whatever it measures. */
const FIRST_LEVEL = 8
/**
 * Goodput is judged over at least this long, and over several first-byte times: with small objects one arrives in each.
 * A doubling shows sooner than a gain of a twentieth.
 */
const RAMP_SAMPLE = { leastMs: 100, firstBytes: 2 }
const LATER_SAMPLE = { leastMs: 200, firstBytes: 4 }
/** A sample counts when this share of the connections is working: in bad weather some never are ... */
const BUSY_SHARE = 0.7
/** ... or when they have had this long to start working. */
const LATE_MS = 1000
/**
 * Between two trials; doubles while they fail, so that a full line is left alone. Capacity is found again within it.
 */
const TRIAL_EVERY_MS = 1500
const TRIAL_EVERY_MAX_MS = 60_000
/** A capacity that had fallen by this much and has come back is worth an early trial. */
const RECOVERY_GAIN = 1.2

export type ConcurrencyState = {
  mode: 'ramp' | 'hold' | 'trial'
  level: number
  /** Level to go back to, and goodput to beat. */
  levelBefore: number
  goodputBefore: number
  /** Start of the running sample. */
  sampleFrom: number
  bytesFrom: number
  nextTrialAt: number
  trialEveryMs: number
  /** Consecutive samples without the expected gain. */
  disappointments: number
  /** When the level last changed. */
  changedAt: number
}

export type ConcurrencySample = {
  /** Monotonic milliseconds. */
  now: number
  /** Body bytes received since the start. */
  bytes: number
  firstByteMs: number
  /** Connections that have work and are past their handshake. */
  busy: number
  ceiling: Ceiling
  /** Connections that the server answers while it closes all further ones unanswered; undefined = no such limit. */
  mostAtOnce: number | undefined
  /** Something other than the number of connections limits the speed: throttling, a limit set by the user. */
  isHeld: boolean
}

export type ConcurrencyChange = { from: number; to: number; cause: string; goodputBytesPerSecond: number }

export const startConcurrency = (now: number, ceiling: number): ConcurrencyState => ({
  mode: 'ramp',
  level: Math.min(ceiling, FIRST_LEVEL),
  levelBefore: 0,
  goodputBefore: 0,
  sampleFrom: now,
  bytesFrom: 0,
  nextTrialAt: 0,
  trialEveryMs: TRIAL_EVERY_MS,
  disappointments: 0,
  changedAt: now,
})

export function adjustConcurrency(
  state: ConcurrencyState,
  sample: ConcurrencySample,
): { state: ConcurrencyState; change?: ConcurrencyChange } {
  const { now, bytes } = sample
  const ceiling = sample.ceiling.threads
  if (state.level > ceiling) return moveTo(state, sample, ceiling, 'hold', sample.ceiling.cause, 0)
  if (sample.mostAtOnce !== undefined && state.level > sample.mostAtOnce) {
    return moveTo(postpone(state, now), sample, sample.mostAtOnce, 'hold', 'turned-away', state.goodputBefore)
  }
  const isFull = sample.busy >= BUSY_SHARE * state.level || (sample.busy > 0 && now - state.changedAt > LATE_MS)
  const { leastMs, firstBytes } = state.mode === 'ramp' ? RAMP_SAMPLE : LATER_SAMPLE
  const sampleMs = Math.max(leastMs, firstBytes * sample.firstByteMs)
  // Connections that are still connecting or have no work say nothing about a higher concurrency.
  if (!isFull || sample.isHeld) return { state: { ...state, sampleFrom: now, bytesFrom: bytes } }
  if (now - state.sampleFrom < sampleMs) return { state }
  const goodput = ((bytes - state.bytesFrom) * 1000) / (now - state.sampleFrom)
  const next: ConcurrencyState = { ...state, sampleFrom: now, bytesFrom: bytes }
  // One sample may have met a bad moment, two hardly.
  const isFirstDisappointment = state.disappointments === 0

  if (state.mode === 'ramp') {
    if (state.level >= ceiling) return { state: hold(next, goodput, now) }
    if (goodput > state.goodputBefore * DOUBLING_GAIN) {
      return moveTo({ ...next, goodputBefore: goodput }, sample, state.level * 2, 'ramp', 'growth', goodput)
    }
    return { state: isFirstDisappointment ? { ...next, disappointments: 1 } : hold(next, goodput, now) }
  }
  if (state.mode === 'trial') {
    if (goodput > state.goodputBefore * TRIAL_GAIN) {
      return {
        state: { ...hold(next, goodput, now), trialEveryMs: TRIAL_EVERY_MS, nextTrialAt: now + LATER_SAMPLE.leastMs },
      }
    }
    if (isFirstDisappointment) return { state: { ...next, disappointments: 1 } }
    return moveTo(postpone(next, now), sample, state.levelBefore, 'hold', 'probe-failed', goodput)
  }
  const recovers = goodput > state.goodputBefore * RECOVERY_GAIN
  // The baseline follows slowly downwards, so that a recovered line is noticed, and at once upwards.
  const goodputBefore = Math.max(goodput, state.goodputBefore + (goodput - state.goodputBefore) * 0.05)
  if (state.level < ceiling && (now >= state.nextTrialAt || recovers)) {
    // A changed line invalidates earlier failed trials: should this one meet a bad moment, the next comes soon.
    const trialEveryMs = recovers ? TRIAL_EVERY_MS : state.trialEveryMs
    const trial = { ...next, levelBefore: state.level, goodputBefore: goodput, trialEveryMs }
    return moveTo(trial, sample, Math.ceil(state.level * 1.5), 'trial', 'probe-up', goodput)
  }
  return { state: { ...next, goodputBefore } }
}

/** The next trial comes later than this one did. */
function postpone(state: ConcurrencyState, now: number): ConcurrencyState {
  const trialEveryMs = Math.min(TRIAL_EVERY_MAX_MS, state.trialEveryMs * 2)
  return { ...state, trialEveryMs, nextTrialAt: now + trialEveryMs }
}

function hold(state: ConcurrencyState, goodput: number, now: number): ConcurrencyState {
  return { ...state, mode: 'hold', goodputBefore: goodput, nextTrialAt: now + state.trialEveryMs, disappointments: 0 }
}

function moveTo(
  state: ConcurrencyState,
  sample: ConcurrencySample,
  wanted: number,
  mode: ConcurrencyState['mode'],
  cause: string,
  goodput: number,
): { state: ConcurrencyState; change?: ConcurrencyChange } {
  const level = Math.max(1, Math.min(sample.ceiling.threads, wanted))
  const { now, bytes } = sample
  const moved = { ...state, mode, level, sampleFrom: now, bytesFrom: bytes, disappointments: 0, changedAt: now }
  if (level === state.level) return { state: moved }
  return { state: moved, change: { from: state.level, to: level, cause, goodputBytesPerSecond: Math.round(goodput) } }
}

/** The allowed concurrency, and which bound sets it. */
export type Ceiling = { threads: number; cause: 'user' | 'long-run' | 'cool-down' }

/** The seed report's plan C, when `longRunSeconds` is set; DESIGN S16 after a cool-down. */
export function chooseCeiling(input: {
  threads: number
  runSeconds: number
  isHalved: boolean
  policy: Policy
}): Ceiling {
  const { threads, runSeconds, isHalved, policy } = input
  const isLongRun = policy.longRunSeconds > 0 && runSeconds > policy.longRunSeconds
  const half = Math.min(threads, Math.max(2, Math.floor(threads / 2)))
  if (isHalved) return { threads: half, cause: 'cool-down' }
  return isLongRun ? { threads: half, cause: 'long-run' } : { threads, cause: 'user' }
}

/** The user allows more: where the ceiling was the limit, all of it is tried, as at the start. */
export const raiseCeiling = (state: ConcurrencyState, ceilingBefore: number): ConcurrencyState =>
  state.level < ceilingBefore ? state : { ...state, mode: 'ramp', goodputBefore: 0, disappointments: 0 }
