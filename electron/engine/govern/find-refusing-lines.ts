/**
 * Connections that are refused what others are granted (503, 429): behind one address there may be several servers, one of
 * them in trouble, and a connection stays with the one it has met. As choose-address.ts does it for addresses. Pure.
 */
import type { FailureRow } from '../schedule/failure-row.ts'

export type LineAnswers = {
  id: number
  /** Requests granted and refused since it was opened. */
  granted: number
  refused: number
  /** Refusals in a row, since the last grant; `alone`: others were granted what they had asked for later. */
  refusals: FailureRow
}

/** A row this long on one connection, others granted in between ... */
const LEAST_ALONE = 2
/** ... and which chance explains but once in e^7, a thousand rows, is the connection's. A mistake costs one handshake. */
const SURPRISE = 7
/** Where such a connection has been found lately, a fresh one that is refused at once is soon taken for another. */
const SURPRISE_WHEN_KNOWN = 3

/** `isKnown`: one was found lately. Returns their ids. */
export function findRefusingLines(lines: readonly LineAnswers[], isKnown: boolean): number[] {
  return lines
    .filter((line) => {
      const isFresh = isKnown && line.granted === 0 && line.refused > 0
      if (!isFresh && line.refusals.alone < LEAST_ALONE) return false
      // Of the others, those that are not themselves in question.
      const others = lines.filter((other) => other !== line && other.refusals.alone === 0 && other.granted > 0)
      if (others.length === 0) return false
      const bad = others.reduce((sum, { refused }) => sum + refused, 0)
      const all = others.reduce((sum, { granted }) => sum + granted, bad)
      // Laplace's rule of succession, as for addresses.
      const expected = (bad + 1) / (all + 2)
      return line.refusals.length * -Math.log(expected) > (isFresh ? SURPRISE_WHEN_KNOWN : SURPRISE)
    })
    .map(({ id }) => id)
}

/** What it is refused says nothing of the budget of a prefix. */
export const isRefusedAlone = ({ refusals, granted }: LineAnswers, isKnown: boolean): boolean =>
  refusals.alone > 0 || (isKnown && granted === 0)
