/**
 * How soon the journal is told again of bytes that have arrived. What it has not been told is what a hard kill costs: at
 * most a thousandth of the job, or half a second of a long one. Pure.
 */

const MOST_UNTOLD_SHARE = 0.001
/** Sooner than this, records cost a quick job more than the bytes they save it. */
const SHORTEST_MS = 40
/** Jobs of more than eight minutes: oftener would only make the journal longer. */
const LONGEST_MS = 500

/** `share` of the job has arrived within the last `elapsedMs`. */
export function chooseJournalDelayMs(share: number, elapsedMs: number): number {
  const delayMs = (elapsedMs * MOST_UNTOLD_SHARE) / share
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, delayMs || 0))
}
