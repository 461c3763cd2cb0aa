import type { EngineEvent } from '../../shared/engine-event.ts'

/** Events asked for at the start. With those pushed later (see the store) this bounds the decision log. */
export const MAX_EVENTS = 2000

/** What was read, then what was pushed after it. An event that came both ways is kept once. */
export function joinEvents(earlier: readonly EngineEvent[], pushed: readonly EngineEvent[]): readonly EngineEvent[] {
  const last = earlier.at(-1)
  if (!last) return pushed
  const identity = (event: EngineEvent) => `${event.time} ${event.code} ${JSON.stringify(event.reason)}`
  const sameInstant = new Set(earlier.filter((event) => event.time === last.time).map(identity))
  return [
    ...earlier,
    ...pushed.filter(
      (event) => event.time > last.time || (event.time === last.time && !sameInstant.has(identity(event))),
    ),
  ]
}
