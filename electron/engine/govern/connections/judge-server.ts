/**
 * Whether a connection has met a bad one of several servers: its requests are refused while those of other connections
 * are granted. A balancer that passes connections on keeps each at its server, so a new one may do better, to the
 * same address as well; to a limiter, which does not know of servers, the refusals look like a budget. Pure.
 */
import { addAnswers, standsOut } from '../stands-out.ts'

/** What a connection was answered lately. Times in monotonic milliseconds. */
export type ConnectionAnswers = {
  /** When it was last granted something; -Infinity = never. */
  readonly grantedAt: number
  /** How often in a row it had been refused before that. */
  readonly refusedBefore: number
  /** Since then, and since when: +Infinity while it was not. */
  readonly refused: number
  readonly refusedSince: number
}

export const NO_ANSWERS: ConnectionAnswers = {
  grantedAt: Number.NEGATIVE_INFINITY,
  refusedBefore: 0,
  refused: 0,
  refusedSince: Number.POSITIVE_INFINITY,
}

export const addAnswer = (known: ConnectionAnswers, now: number, isGranted: boolean): ConnectionAnswers =>
  isGranted
    ? { ...NO_ANSWERS, grantedAt: now, refusedBefore: known.refused }
    : { ...known, refused: known.refused + 1, refusedSince: Math.min(now, known.refusedSince) }

/**
 * A mistake about a connection that has never been granted anything
 * costs a handshake: one in e^6, four hundred looks, may be.
 */
const SURPRISE_OF_NEW = 6

/**
 * `bad`: beyond chance. `suspect`: it has never been granted anything, while none of those that
 * were is refused now: whatever this is, it is no budget. Of the `others` only such prove anything
 * as were granted something since this one has been refused: one of several servers refuses, not
 * all of them just now. Each counts as granted once, so that a long past does not, and as refused
 * as often as it had been before: of a tight budget only those are evidence that just had their turn.
 */
export function judgeServer(one: ConnectionAnswers, others: readonly ConnectionAnswers[]): 'good' | 'suspect' | 'bad' {
  const good = others.filter(({ grantedAt }) => grantedAt >= one.refusedSince)
  if (good.length === 0) return 'good'
  const isNew = isNeverGranted(one)
  const expected = addAnswers(good.map(({ refused, refusedBefore }) => ({ bad: refused + refusedBefore, good: 1 })))
  if (standsOut({ bad: one.refused, good: 0 }, expected, isNew ? SURPRISE_OF_NEW : undefined)) return 'bad'
  return isNew && expected.bad === 0 ? 'suspect' : 'good'
}

export const isNeverGranted = ({ grantedAt }: ConnectionAnswers): boolean => grantedAt === Number.NEGATIVE_INFINITY
