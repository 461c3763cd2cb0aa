/** Whether one of several that are asked alike answers worse than chance explains. Pure. */

export type Answers = { bad: number; good: number }

/** One that answers so much badly ... */
const BAD_SHARE = 0.5
/** ... and more of it than the others, as chance explains but once in e^12, 160,000 looks, stands out. */
const SURPRISE = 12

export function standsOut(one: Answers, others: readonly Answers[]): boolean {
  const answers = one.bad + one.good
  const share = one.bad / Math.max(1, answers)
  const othersBad = sum(others.map(({ bad }) => bad))
  const othersGood = sum(others.map(({ good }) => good))
  // Laplace's rule of succession: a few answers do not prove that nothing ever fails.
  const expected = (othersBad + 1) / (othersBad + othersGood + 2)
  return share >= BAD_SHARE && share > expected && answers * divergence(share, expected) > SURPRISE
}

/**
 * Kullback-Leibler divergence of two chances, nats: that a share this large or larger comes about in n trials by chance
 * `expected` happens at most once in e^(n * divergence) (Chernoff's bound; Hoeffding 1963, theorem 1).
 */
function divergence(share: number, expected: number): number {
  const term = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b))
  return term(share, expected) + term(1 - share, 1 - expected)
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
