/**
 * Whether refusals have to do with how often we ask. Beyond a budget they grow rare when we ask less; of a service that
 * refuses every tenth request whoever asks and however seldom, they do not, and a limiter that gives way to each of them
 * sinks to a request in two seconds. Told by experiment, as the ageing of connections is: the shares refused at two
 * rates, one at most half of the other, are compared. Pure.
 */

/** Answers of a stretch of time. */
export type Lot = { readonly since: number; readonly granted: number; readonly refused: number }

/** What a lot has shown. */
type Look = { readonly asked: number; readonly share: number }

export type Refusals = {
  readonly lot: Lot
  /** The lots before it, while it is not known that asking less is of no use. */
  readonly looks: readonly Look[]
  /** Of a service that refuses at any rate: the share it refuses. */
  readonly steadyShare: number | undefined
}

/** What a lot that has just ended says about the rate. */
export type RefusalVerdict =
  | { kind: 'nothing' }
  /** Asking less has not helped: this rate was no worse. */
  | { kind: 'steady'; asked: number }
  /** Nor has asking more hurt. */
  | { kind: 'still-steady' }
  /** More is refused since we ask more: there is a budget after all. */
  | { kind: 'budget'; granted: number }

/** A share is believed from so many refusals on, or, once it is known to be steady, so many answers. */
const REFUSALS_PER_LOT = 5
const ANSWERS_PER_LOT = 25
const MOST_LOOKS = 8
/** Who refuses most of what is asked is in trouble, and is asked seldom. */
const MOST = 0.5
/** Shares of five refusals each that differ by less than this factor are alike. */
const ALIKE = 2
/** Beyond twice the steady share and this, more is refused than chance explains: one lot in a hundred by mistake. */
const CHANCE = 0.05

export const startRefusals = (now: number): Refusals => ({
  lot: { since: now, granted: 0, refused: 0 },
  looks: [],
  steadyShare: undefined,
})

/** One more answer, seconds on the caller's clock. */
export function judgeRefusals(
  state: Refusals,
  { throttled, now }: { throttled: boolean; now: number },
): { state: Refusals; verdict: RefusalVerdict } {
  const { since } = state.lot
  const granted = state.lot.granted + (throttled ? 0 : 1)
  const refused = state.lot.refused + (throttled ? 1 : 0)
  const isFull = state.steadyShare === undefined ? refused >= REFUSALS_PER_LOT : granted + refused >= ANSWERS_PER_LOT
  if (!isFull || now <= since)
    return { state: { ...state, lot: { since, granted, refused } }, verdict: { kind: 'nothing' } }

  const next = { ...state, lot: { since: now, granted: 0, refused: 0 } }
  const found = { asked: (granted + refused) / (now - since), share: refused / (granted + refused) }
  const { looks, steadyShare } = state
  if (steadyShare !== undefined) {
    if (found.share <= ALIKE * steadyShare + CHANCE) return { state: next, verdict: { kind: 'still-steady' } }
    return { state: startRefusals(now), verdict: { kind: 'budget', granted: granted / (now - since) } }
  }
  if (found.share > MOST) return { state: next, verdict: { kind: 'nothing' } }
  const alike = looks.filter(
    ({ asked, share }) => asked >= 2 * found.asked && share <= ALIKE * found.share && found.share <= ALIKE * share,
  )
  if (alike.length === 0)
    return { state: { ...next, looks: [...looks, found].slice(-MOST_LOOKS) }, verdict: { kind: 'nothing' } }
  const steady = Math.max(found.share, ...alike.map(({ share }) => share))
  const asked = Math.max(...alike.map((look) => look.asked))
  return { state: { ...next, looks: [], steadyShare: steady }, verdict: { kind: 'steady', asked } }
}
