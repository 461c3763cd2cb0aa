/**
 * Whether several prefixes draw on one budget. S3 counts each prefix apart; other services, and what may stand before
 * them, count the bucket or the account as a whole. Limiters that share a budget without knowing of each other are each
 * too small to regulate it: sixteen of them that shared 10 requests/s had half of their requests refused. Pure.
 */
import { type Answers, addAnswers, standsOut } from '../stands-out.ts'

/** Decaying counts. */
export type PrefixAnswers = { refused: number; granted: number }

/**
 * Limiters that each know their own budget are refused less than a tenth, but in their first seconds; a service that
 * refuses at any rate (judge-refusals.ts) refuses less than this as well, or is in trouble and waited for.
 */
const REFUSED_SHARE = 0.4
const REFUSALS = 8

/** Of prefixes that have limiters of their own: whether one for all would do better. */
export function isOneBudget(prefixes: readonly PrefixAnswers[]): boolean {
  const refusing = prefixes.filter(({ refused }) => refused > 0.5)
  const { bad, good } = addAnswers(prefixes.map(answersOf))
  const isMuch = bad >= REFUSALS && bad >= REFUSED_SHARE * (bad + good)
  return refusing.length > 1 && isMuch && !isOneApart(prefixes)
}

/** One of them is refused what others are granted: its budget is its own. Evaluated at each refusal, for thousands. */
export function isOneApart(prefixes: readonly PrefixAnswers[]): boolean {
  const each = prefixes.map(answersOf)
  const all = addAnswers(each)
  return each.some((one) => standsOut(one, { bad: all.bad - one.bad, good: all.good - one.good }))
}

const answersOf = ({ refused, granted }: PrefixAnswers): Answers => ({ bad: refused, good: granted })
