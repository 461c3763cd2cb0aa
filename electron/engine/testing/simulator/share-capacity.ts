/**
 * Divides a line's capacity among connections as TCP roughly does: nobody gets more than it can take, what the slow
 * ones leave goes to the others in equal parts (max-min fairness). Same order in, same order out. Pure.
 */
export function shareCapacity(wants: readonly number[], capacity: number): number[] {
  const shares = wants.map(() => 0)
  let left = capacity
  let waiting = wants.length
  for (const index of wants.map((_, at) => at).sort((a, b) => (wants[a] as number) - (wants[b] as number))) {
    const share = Math.min(wants[index] as number, left / waiting)
    shares[index] = share
    left -= share
    waiting--
  }
  return shares
}
