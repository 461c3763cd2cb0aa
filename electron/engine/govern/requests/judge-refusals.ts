/**
 * Whether refusals depend on the request rate. Beyond a budget they grow rare at a lower rate; of a service that refuses
 * every tenth request at any rate they do not, and a limiter that gives way to each of them sinks to a request in two
 * seconds. Found by experiment, as the ageing of connections is: after some refusals the rate is raised instead of
 * lowered, as long as no larger share is refused for it. Pure.
 */
import { type Answers, addAnswers, shareOf, surpriseOf } from '../stands-out.ts'

/** Answers of a stretch of time. */
type Lot = { readonly since: number; readonly granted: number; readonly refused: number }

export type Refusals = {
  readonly lot: Lot
  /** Lots of refusals before the next experiment, and how many those were before the last one. */
  readonly lotsToWait: number
  readonly lotsWaited: number
  /** While the rate is raised: the answers before that and since then, and for how many lots the share is no larger. */
  readonly steady: { readonly before: Answers; readonly since: Answers; readonly lots: number } | undefined
  /** The lots before it, the last few. */
  readonly looks: readonly Look[]
}

/** What a lot has shown. */
type Look = { readonly sentRate: number; readonly answers: Answers }

/** What follows from a lot that has just ended. */
export type RefusalVerdict =
  | { kind: 'nothing' }
  /** So many requests a second were sent when this share was refused: from here on, more is tried. */
  | { kind: 'steady'; sentRate: number }
  /** The higher rate has not hurt. */
  | { kind: 'still-steady' }
  /** A larger share is refused at the higher rate: there is a budget after all, of this many requests a second. */
  | { kind: 'budget'; granted: number }

/**
 * A share is believed from so many refusals on; while the rate is raised, from so many answers, and half as many as are
 * under way: refusals are there before the bytes that others are granted.
 */
const REFUSALS_PER_LOT = 4
const ANSWERS_PER_LOT = 10
const MOST_LOOKS = 8
/** A service that refuses most requests is in trouble, and gets few. */
const MOST = 0.5
/** Shares that differ by less than this factor are alike ... */
const ALIKE = 2
/** ... and so are such as chance explains, but once in e^6 ... */
const SURPRISE = 6
/** ... but nothing beyond this. */
const MOST_WHILE_TRYING = 0.7
/** An experiment that finds a budget costs some refusals: the next one waits for so many times as many lots. */
const WAIT_FACTOR = 4
const MOST_LOTS_TO_WAIT = 16
/** What has been steady for so many lots was no mistake. */
const LONG_STEADY_LOTS = 8

export const startRefusals = (now: number): Refusals => ({
  lot: { since: now, granted: 0, refused: 0 },
  lotsToWait: 1,
  lotsWaited: 1,
  steady: undefined,
  looks: [],
})

/** One more answer, seconds on the caller's clock. */
export function judgeRefusals(
  state: Refusals,
  { throttled, now, underWay }: { throttled: boolean; now: number; underWay: number },
): { state: Refusals; verdict: RefusalVerdict } {
  const { since } = state.lot
  const granted = state.lot.granted + (throttled ? 0 : 1)
  const refused = state.lot.refused + (throttled ? 1 : 0)
  const answers = granted + refused
  const isFull = state.steady ? answers >= Math.max(ANSWERS_PER_LOT, underWay / 2) : refused >= REFUSALS_PER_LOT
  if (!isFull || now <= since) {
    return { state: { ...state, lot: { since, granted, refused } }, verdict: { kind: 'nothing' } }
  }
  const look = { sentRate: answers / (now - since), answers: { bad: refused, good: granted } }
  const looks = [...state.looks, look].slice(-MOST_LOOKS)
  const ended = { ...state, lot: { since: now, granted: 0, refused: 0 }, looks }
  return state.steady ? judgeTrial(ended, state.steady, look) : judgeLot(ended, look, state.looks)
}

function judgeLot(
  state: Refusals,
  { sentRate, answers }: Look,
  before: readonly Look[],
): { state: Refusals; verdict: RefusalVerdict } {
  const share = shareOf(answers)
  if (share > MOST) return { state, verdict: { kind: 'nothing' } }
  // Below a budget hardly anything is refused: as much at half the rate is proof enough.
  const alike = before.filter(
    (look) =>
      look.sentRate >= 2 * sentRate && shareOf(look.answers) <= ALIKE * share && share <= ALIKE * shareOf(look.answers),
  )
  const lotsToWait = alike.length > 0 ? 0 : state.lotsToWait - 1
  if (lotsToWait > 0) return { state: { ...state, lotsToWait }, verdict: { kind: 'nothing' } }
  // Four refusals alone say little about the share: lots at no higher a rate are added.
  const slower = before.filter((look) => look.sentRate < 2 * sentRate)
  const known = addAnswers([answers, ...[...alike, ...slower].map((look) => look.answers)])
  const steady = { before: known, since: NO_ANSWERS, lots: 0 }
  return {
    state: { ...state, steady, looks: [] },
    verdict: { kind: 'steady', sentRate: Math.max(sentRate, ...alike.map((look) => look.sentRate)) },
  }
}

function judgeTrial(
  state: Refusals,
  { before, since, lots }: NonNullable<Refusals['steady']>,
  { sentRate, answers }: Look,
): { state: Refusals; verdict: RefusalVerdict } {
  const all = addAnswers([since, answers])
  if (!isLarger(answers, before) && !isLarger(all, before)) {
    return { state: { ...state, steady: { before, since: all, lots: lots + 1 } }, verdict: { kind: 'still-steady' } }
  }
  const waited = lots >= LONG_STEADY_LOTS ? 1 : Math.min(MOST_LOTS_TO_WAIT, WAIT_FACTOR * state.lotsWaited)
  return {
    state: { ...state, steady: undefined, lotsToWait: waited, lotsWaited: waited },
    verdict: { kind: 'budget', granted: sentRate * (1 - shareOf(answers)) },
  }
}

const NO_ANSWERS: Answers = { bad: 0, good: 0 }

/** A larger share is refused than before, and by more than chance explains. */
function isLarger(now: Answers, before: Answers): boolean {
  const share = shareOf(now)
  if (share > MOST_WHILE_TRYING) return true
  return share > ALIKE * shareOf(before) && surpriseOf(now, before) > SURPRISE
}
