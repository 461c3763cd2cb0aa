/**
 * How many requests a second one prefix may get. Unlimited until S3 answers "slow down"; from then on no more than
 * twice the measured rate, and once the refusals are more than a stray few, a cubic limiter, which gives way at once,
 * comes back fast to where it was, and lifts itself when nothing is refused any more. Pure.
 *
 * Formulas: adaptive retry mode of the AWS SDKs (smithy-typescript, DefaultRateLimiter), after CUBIC (RFC 9438).
 */

import { judgeRefusals, type Refusals, type RefusalVerdict, startRefusals } from './judge-refusals.ts'

/**
 * Single refusals among many answers are no budget (ADR 18). Each weighs as much as this many granted answers: where
 * more than one in six is refused the weight grows, where fewer are it falls ...
 */
const REFUSAL_WEIGHT = 5
/**
 * ... and four refusals in a row, or fifteen answers with a third refused, are proof; one more for every eighth request
 * under way, for a refusal is there before the bytes that others are granted.
 */
const PROOF_REFUSALS = 4
const UNDER_WAY_PER_REFUSAL = 8
/** Bounds the weight, so that the distant past does not count for ever. */
const MOST_WEIGHT = 500
/** Until then at most this many times the measured rate is allowed. */
const WATCHED = 2
/** Multiplicative decrease: share of the measured rate that is kept after a refusal. */
const BETA = 0.7
/** Scale of the cubic increase, requests per second per second cubed. */
const SCALE = 0.4
/**
 * Not part of CUBIC: it tries more after so many seconds, however few requests they held, and so a slow budget (a few
 * requests a second) would be refused every seventh time. Ours stays just below what was refused until so many were
 * granted: at most one in 25 is then refused. A first refusal is no budget yet: held down by it, a job that met one in
 * its first second ran at half its speed for ten.
 */
const GRANTED_BEFORE_MORE = 25
/**
 * ... or for so long: behind a short outage, a rate of one in two seconds would take a minute to be granted so often.
 */
const HOLD_SECONDS = 10
const JUST_BELOW = 0.95
/** A prefix never gets fewer requests a second than this. */
const SLOWEST_RATE = 0.5
/** Rate is measured in slots of this length, smoothed by this weight. */
const SLOT_SECONDS = 0.5
/**
 * Before the first slot has passed, by the time since the first request, this at least: some requests go out at once.
 */
const LEAST_SLOT_SECONDS = 0.05
const SMOOTHING = 0.8
/** Where refusals come at any rate, each look that finds no more of them allows so many times the rate. */
const RISE = 2
/** The limiter lifts itself after this long without a refusal ... */
const CALM_SECONDS = 30
/** ... if it allows this many times the measured rate, or has delayed nothing for as long. */
const SLACK = 1.5

export type RateState = {
  isLimited: boolean
  /** Refusals are taken for a budget's; before that they are weighed. */
  isProven: boolean
  /** Weight of the recent refusals. */
  weight: number
  /** Seconds. */
  startedAt: number
  /** Requests per second now allowed. */
  rate: number
  tokens: number
  /** Seconds on the caller's clock. */
  filledAt: number
  rateBeforeRefusal: number
  refusedAt: number
  /** Where the curve begins, seconds: at the refusal, later where it was held back. */
  curveFrom: number
  /** When a request was last delayed by it, seconds. */
  heldBackAt: number
  /** Answers since the last refusal. */
  granted: number
  /** Refused again while limited: there is a budget. */
  isBudget: boolean
  /** Whether fewer requests help at all. */
  refusals: Refusals
  measuredRate: number
  slot: number
  inSlot: number
}

export type RateAnswer = {
  throttled: boolean
  /** Seconds, as `now`. */
  sentAt: number
  now: number
  /** Requests that are not answered yet. */
  underWay: number
  /** Of all prefixes together too many are refused for stray ones. */
  areMany: boolean
}

/** Weight of the recent refusals after one more answer. */
export const addWeight = (weight: number, throttled: boolean): number =>
  Math.max(0, Math.min(MOST_WEIGHT, weight + (throttled ? REFUSAL_WEIGHT : -1)))

/** They are too many for stray ones. */
export const isProof = (weight: number, underWay: number): boolean =>
  weight >= REFUSAL_WEIGHT * (PROOF_REFUSALS + Math.floor(underWay / UNDER_WAY_PER_REFUSAL))

export const startRate = (now: number): RateState => ({
  isLimited: false,
  isProven: false,
  weight: 0,
  startedAt: now,
  rate: Number.POSITIVE_INFINITY,
  tokens: 1,
  filledAt: now,
  rateBeforeRefusal: 0,
  refusedAt: Number.NEGATIVE_INFINITY,
  curveFrom: Number.NEGATIVE_INFINITY,
  heldBackAt: Number.NEGATIVE_INFINITY,
  granted: 0,
  isBudget: false,
  refusals: startRefusals(now),
  measuredRate: 0,
  slot: Math.floor(now / SLOT_SECONDS),
  inSlot: 0,
})

/** Fills the bucket; whether one request may go. */
export function mayRequest(state: RateState, now: number): { state: RateState; allowed: boolean } {
  if (!state.isLimited) return { state, allowed: true }
  const tokens = Math.min(Math.max(1, state.rate * SLOT_SECONDS), state.tokens + (now - state.filledAt) * state.rate)
  const allowed = tokens >= 1
  return { state: { ...state, tokens, filledAt: now, heldBackAt: allowed ? state.heldBackAt : now }, allowed }
}

/** One request was sent. */
export function noteSent(state: RateState, now: number): RateState {
  const slot = Math.floor(now / SLOT_SECONDS)
  const tokens = state.isLimited ? state.tokens - 1 : state.tokens
  if (slot === state.slot) return { ...state, tokens, inSlot: state.inSlot + 1 }
  const rate = state.inSlot / ((slot - state.slot) * SLOT_SECONDS)
  const measuredRate = state.measuredRate === 0 ? rate : rate * SMOOTHING + state.measuredRate * (1 - SMOOTHING)
  return { ...state, tokens, slot, inSlot: 1, measuredRate }
}

/**
 * One request was answered. `sentAt` decides whether the refusal belongs to a request sent before the last slowing
 * down: what was already on its way then is no evidence about the new rate.
 */
export function noteAnswer(state: RateState, answer: RateAnswer): { state: RateState; changed: boolean } {
  if (!state.isProven) return weigh(state, answer)
  const isSteady = state.refusals.steady !== undefined
  // Granted answers count whenever they were sent: they come late, and without the early ones refusals seemed the rule.
  const isOld = answer.throttled && answer.sentAt <= state.refusedAt
  if (!state.isLimited || (!isSteady && isOld)) return follow(state, answer)
  const { state: refusals, verdict } = judgeRefusals(state.refusals, answer)
  if (verdict.kind !== 'nothing') return obey({ ...state, refusals }, verdict, answer)
  if (refusals.steady === undefined) return follow({ ...state, refusals }, answer)
  return liftIfCalm({ ...state, refusals, refusedAt: answer.throttled ? answer.now : state.refusedAt }, answer.now)
}

/** Refusals so far may be stray ones: whether they are too many for that. */
function weigh(state: RateState, answer: RateAnswer): { state: RateState; changed: boolean } {
  const { throttled, now, underWay, areMany } = answer
  if (!throttled && !state.isLimited) return { state, changed: false }
  const weight = addWeight(state.weight, throttled)
  const sentRate = measured(state, now)
  // Refused requests are soon sent again: the rate since the first of them is no measure.
  const rateBeforeRefusal = throttled && state.weight === 0 ? sentRate : state.rateBeforeRefusal
  if (throttled && (areMany || isProof(weight, underWay)))
    return follow({ ...state, isLimited: false, isProven: true, rateBeforeRefusal }, answer)
  const rate = Math.max(state.isLimited ? state.rate : 0, WATCHED * sentRate)
  if (!throttled) return liftIfCalm({ ...state, weight, rate }, now)
  const refused = { isLimited: true, weight, rate, rateBeforeRefusal, refusedAt: now }
  return { state: { ...state, ...refused }, changed: !state.isLimited }
}

/** Recent requests per second. */
function measured(state: RateState, now: number): number {
  const sinceStart = Math.max(LEAST_SLOT_SECONDS, now - state.startedAt)
  const slotSeconds = state.measuredRate === 0 ? Math.min(SLOT_SECONDS, sinceStart) : SLOT_SECONDS
  return Math.max(state.measuredRate, state.inSlot / slotSeconds, SLOWEST_RATE)
}

/** Refusals that come at any rate are no reason for fewer requests. */
function obey(
  state: RateState,
  verdict: RefusalVerdict,
  { now, throttled }: RateAnswer,
): { state: RateState; changed: boolean } {
  const refusedAt = throttled ? now : state.refusedAt
  if (verdict.kind === 'budget') {
    const rate = Math.max(SLOWEST_RATE, BETA * verdict.granted)
    const refused = { rateBeforeRefusal: verdict.granted, refusedAt: now, curveFrom: now, granted: 0, isBudget: true }
    return { state: { ...state, ...refused, rate, tokens: 0, filledAt: now }, changed: true }
  }
  // A rate that is not used has not been tried.
  const wanted = verdict.kind === 'steady' ? verdict.sentRate : RISE * Math.min(state.rate, state.measuredRate)
  return { state: { ...state, refusedAt, rate: Math.max(state.rate, wanted) }, changed: verdict.kind === 'steady' }
}

/** Decreases at a refusal, recovers along the cubic curve. */
function follow(state: RateState, { throttled, sentAt, now }: RateAnswer): { state: RateState; changed: boolean } {
  if (throttled) {
    if (state.isLimited && sentAt <= state.refusedAt) return { state, changed: false }
    const sentRate = measured(state, now)
    const before = Math.min(sentRate, state.isLimited ? state.rate : state.rateBeforeRefusal || sentRate)
    const rate = Math.max(SLOWEST_RATE, before * BETA)
    const refused = {
      rateBeforeRefusal: before,
      refusedAt: now,
      curveFrom: now,
      granted: 0,
      isBudget: state.isLimited,
      refusals: state.isLimited ? state.refusals : startRefusals(now),
    }
    return { state: { ...state, ...refused, isLimited: true, rate, tokens: 0, filledAt: now }, changed: true }
  }
  if (!state.isLimited) return { state, changed: false }
  const calm = now - state.refusedAt
  const granted = state.granted + 1
  const plateauAt = Math.cbrt((state.rateBeforeRefusal * (1 - BETA)) / SCALE)
  const cubic = SCALE * (now - state.curveFrom - plateauAt) ** 3 + state.rateBeforeRefusal
  const justBelow = JUST_BELOW * state.rateBeforeRefusal
  if (state.isBudget && granted < GRANTED_BEFORE_MORE && calm < HOLD_SECONDS && cubic > justBelow) {
    const curveFrom = Math.max(state.curveFrom, now - plateauAt)
    return { state: { ...state, rate: Math.max(SLOWEST_RATE, justBelow), granted, curveFrom }, changed: false }
  }
  const rate = Math.max(SLOWEST_RATE, Math.min(cubic, Math.max(state.rate, 2 * state.measuredRate)))
  return liftIfCalm({ ...state, rate, granted }, now)
}

function liftIfCalm(state: RateState, now: number): { state: RateState; changed: boolean } {
  const isIdle = state.rate > SLACK * state.measuredRate || now - state.heldBackAt > CALM_SECONDS
  const isCalm = now - state.refusedAt > CALM_SECONDS && isIdle
  return isCalm ? { state: startRate(now), changed: true } : { state, changed: false }
}
