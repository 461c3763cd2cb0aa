/**
 * Keeps the displayed cause of the speed steady. What is measured over a second flickers where two causes are about as
 * strong or a low rate arrives in bursts, and a sentence that changes every second cannot be read. So a cause is shown
 * until it has not been measured for some seconds. Pure.
 */
import type { Limit } from '../../../../shared/metrics-snapshot.ts'

export type HeldLimit = {
  limit: Limit
  /** When this cause was last seen, in milliseconds of the monotonic clock. */
  seenAt: number
}

/** About as long as it takes to read the line. */
const HOLD_MS = 4000

/** These follow seconds of silence or a refusal: they are shown at once. */
const CLEAR: ReadonlySet<Limit['code']> = new Set([
  'none',
  'dns',
  'turned-away',
  'network-lost',
  'unanswered',
  'throttling',
])
/** These end with the first byte, and disappear at once then. */
const OVER_AT_ONCE: ReadonlySet<Limit['code']> = new Set(['none', 'dns', 'turned-away', 'network-lost', 'unanswered'])

export function holdLimit(held: HeldLimit | undefined, limit: Limit, now: number): HeldLimit {
  if (held === undefined || held.limit.code === limit.code) return { limit, seenAt: now }
  const mayChange = CLEAR.has(limit.code) || OVER_AT_ONCE.has(held.limit.code) || now - held.seenAt >= HOLD_MS
  return mayChange ? { limit, seenAt: now } : held
}
