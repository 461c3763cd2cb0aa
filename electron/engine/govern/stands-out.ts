/** Whether one of several that get the same requests answers worse than chance explains. Pure. */

export type Answers = { bad: number; good: number }

/** One that answers so much badly ... */
const BAD_SHARE = 0.5
/** ... and more of it than the others, as chance explains but once in e^12, 160,000 looks, stands out. */
const SURPRISE = 12

/**
 * `others`: what all of them have answered together. `surprise`:
 * nats; chance alone has it happen once in e^surprise looks.
 */
export function standsOut(one: Answers, others: Answers, surprise = SURPRISE): boolean {
  const answers = one.bad + one.good
  const share = shareOf(one)
  // Laplace's rule of succession: a few answers do not prove that nothing ever fails.
  const expected = (others.bad + 1) / (others.bad + others.good + 2)
  return share >= BAD_SHARE && share > expected && answers * divergence(share, expected) > surprise
}

/** How much better two chances explain two lots than one chance does both: the likelihood ratio, nats. */
export function surpriseOf(one: Answers, other: Answers): number {
  const common = shareOf(addAnswers([one, other]))
  const of = (lot: Answers) => (lot.bad + lot.good) * divergence(shareOf(lot), common)
  return of(one) + of(other)
}

export const shareOf = ({ bad, good }: Answers): number => bad / Math.max(1, bad + good)

/**
 * Kullback-Leibler divergence of two chances, nats: that a share this large or larger comes about in n trials by chance
 * `expected` happens at most once in e^(n * divergence) (Chernoff's bound; Hoeffding 1963, theorem 1).
 */
function divergence(share: number, expected: number): number {
  const term = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b))
  return term(share, expected) + term(1 - share, 1 - expected)
}

export const addAnswers = (all: readonly Answers[]): Answers => ({
  bad: all.reduce((sum, { bad }) => sum + bad, 0),
  good: all.reduce((sum, { good }) => sum + good, 0),
})
