/**
 * Divides a line's capacity among connections as TCP roughly does: nobody gets more than it can take, what the slow
 * ones leave goes to the others by their weights (max-min fairness). Same order in, same order out. Pure.
 */
export function shareCapacity(wants: readonly number[], capacity: number, weights = wants.map(() => 1)): number[] {
  const shares = wants.map(() => 0)
  const all = wants.map((want, at) => ({ at, want, weight: weights[at] as number }))
  let left = capacity
  let waiting = weights.reduce((sum, weight) => sum + weight, 0)
  for (const { at, want, weight } of all.sort((a, b) => a.want / a.weight - b.want / b.weight)) {
    const share = Math.min(want, (left * weight) / waiting)
    shares[at] = share
    left -= share
    waiting -= weight
  }
  return shares
}
