/**
 * How many connections work. Driven by goodput alone: body latency rises whenever the line is full, and is no evidence.
 * Pure.
 *
 * Ramp: double while goodput grows by more than 15 %. Hold: keep what paid. From time to time try more; keep it if it
 * pays, go back if not. The level never sinks by trial: fewer connections that do as well gain nothing, and a level
 * that follows noise downwards is the decay this program exists against. Only a server that closes more connections
 * than so many, without a word, is believed at once: what it closes would be opened again all day.
 */
import type { Policy } from '../../../../shared/policy.ts'

/** DESIGN 6.3. */
const DOUBLING_GAIN = 1.15
/** A trial must beat what it started from by this much. */
const TRIAL_GAIN = 1.05
/** Connections at the start. Half of it would be doubled by the first sample, whatever it measures. */
const FIRST_LEVEL = 8
/**
 * Goodput is judged over at least this long, and over several first-byte times: small objects come one in each. Twice
 * as much or not is seen sooner than a twentieth more or not.
 */
const RAMP_SAMPLE = { leastMs: 100, firstBytes: 2 }
const LATER_SAMPLE = { leastMs: 200, firstBytes: 4 }
/** A sample counts when this share of the connections is at work: in bad weather some always are not. */
const BUSY_SHARE = 0.7
/** ... or when they have had this long to get to work. */
const LATE_MS = 1000
/**
 * Between two trials; doubles while they fail, so that a full line is left alone. Capacity is found again within it.
 */
const TRIAL_EVERY_MS = 1500
const TRIAL_EVERY_MAX_MS = 60_000
/** A capacity that has fallen by this much, and came back, is worth an early trial. */
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
  /** Samples in a row without the gain that was hoped for. */
  disappointments: number
  /** Since when the level is what it is. */
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
  /** So many are answered while all further ones are closed without an answer; undefined = none is closed so. */
  mostAtOnce: number | undefined
  /** Something beyond the number of connections holds the speed: throttling, a limit the user has set. */
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
  // Connections still on their way up, or without work, are no evidence about more of them.
  if (!isFull || sample.isHeld) return { state: { ...state, sampleFrom: now, bytesFrom: bytes } }
  if (now - state.sampleFrom < sampleMs) return { state }
  const goodput = ((bytes - state.bytesFrom) * 1000) / (now - state.sampleFrom)
  const next: ConcurrencyState = { ...state, sampleFrom: now, bytesFrom: bytes }
  // One sample may have met a bad moment; two have not.
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
    // A changed line makes earlier disappointments worthless: if this trial comes at a bad moment, the next is not far.
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

/** How many connections are allowed, and by which bound. */
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

/** The user allows more: where the ceiling was what held, all of it is tried, as at the start. */
export const raiseCeiling = (state: ConcurrencyState, ceilingBefore: number): ConcurrencyState =>
  state.level < ceilingBefore ? state : { ...state, mode: 'ramp', goodputBefore: 0, disappointments: 0 }
