/** Where a task ends that is to be shortened. Pure. */
import type { Keep } from '../engine-ports.ts'

/** Two requests are not worth less than twice this: a rest so small arrives before a second request would. */
export const SMALLEST_SHARE_BYTES = 256 * 1024

/**
 * `waiting`: bytes that were found in the socket, where they had waited for this machine. Where that is no little, the
 * way is not what holds the task up: what another connection would ask for again is here already, or about to be.
 */
export function chooseEnd(task: { reached: number; end: number; waiting: number }, keep: Keep): number {
  const { reached, end, waiting } = task
  if (keep !== 'half') return Math.min(end, reached + keep)
  const isWorthIt = end - reached >= 2 * SMALLEST_SHARE_BYTES && waiting < SMALLEST_SHARE_BYTES
  return isWorthIt ? reached + Math.ceil((end - reached) / 2) : end
}
