/**
 * How soon bytes that have arrived are recorded in the journal. What is not recorded yet is what a hard kill costs: at
 * most a thousandth of the job, or half a second of a long one, or a ten-thousandth of the time it has run. Pure.
 */

const MOST_UNTOLD_SHARE = 0.001
/** Sooner than this, records cost a quick job more than the bytes they save it. */
const SHORTEST_MS = 40
/** Jobs of more than eight minutes: oftener would only make the journal longer. */
const LONGEST_MS = 500
/** From an hour and a half on: twice a second for days, sixteen objects under way fill 190 MB a day. */
const MOST_UNTOLD_RUN = 1e-4
const MOST_GROWTH = 2

/**
 * `share` of the job has arrived within the last `elapsedMs`, and it has run for `runMs`. What comes next may come much
 * faster, at the start or after a silence: the delay grows step by step, and while nothing arrives it is the shortest.
 */
export function chooseJournalDelayMs(share: number, elapsedMs: number, runMs: number): number {
  if (share === 0) return SHORTEST_MS
  const delayMs = Math.min((elapsedMs * MOST_UNTOLD_SHARE) / share, MOST_GROWTH * elapsedMs)
  const longestMs = Math.max(LONGEST_MS, runMs * MOST_UNTOLD_RUN)
  return Math.min(longestMs, Math.max(SHORTEST_MS, delayMs))
}
