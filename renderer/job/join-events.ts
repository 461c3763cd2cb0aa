import type { EngineEvent } from '../../shared/engine-event.ts'

/** Events asked for at the start. With those pushed later (see the store) this bounds the decision log. */
export const MAX_EVENTS = 2000

/**
 * What was read, then what was pushed after it. An event that came both ways is kept
 * once. Told by identity, not by time: a clock that is set back must not hide what
 * comes next. `askedAfter`: the last that had been pushed when it was asked for.
 */
export function joinEvents(
  earlier: readonly EngineEvent[],
  pushed: readonly EngineEvent[],
  askedAfter?: EngineEvent,
): readonly EngineEvent[] {
  if (earlier.length === 0) return pushed
  const identity = (event: EngineEvent) => `${event.time} ${event.code} ${JSON.stringify(event.reason)}`
  const known = new Set(earlier.map(identity))
  const lastKnown = pushed.findLastIndex((event) => event === askedAfter || known.has(identity(event)))
  return [...earlier, ...pushed.slice(lastKnown + 1)]
}
