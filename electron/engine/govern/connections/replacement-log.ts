/**
 * One event per replaced connection, but a pool that ages fast replaces dozens a second: of each cause one is reported at
 * once, the rest as a count, with the numbers of the last and the longest of their times.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'

export type Replacement = {
  cause: string
  address: string
  seconds: number
  bytesPerSecond?: number
  medianBytesPerSecond?: number
}

const QUIET_MS = 10_000

export function createReplacementLog(now: () => number, emit: (code: EventCode, reason: Reason) => void) {
  const held = new Map<string, { last: Replacement; count: number; longestSeconds: number; until: number }>()

  return {
    note(replacement: Replacement): void {
      const waiting = held.get(replacement.cause)
      if (waiting) {
        waiting.last = replacement
        waiting.count++
        waiting.longestSeconds = Math.max(waiting.longestSeconds, replacement.seconds)
        return
      }
      held.set(replacement.cause, { last: replacement, count: 0, longestSeconds: 0, until: now() + QUIET_MS })
      emit('connection-replaced', { ...replacement, count: 1 })
    },
    tick(): void {
      for (const [cause, { last, count, longestSeconds, until }] of held) {
        if (now() < until) continue
        held.delete(cause)
        if (count > 0) emit('connection-replaced', { ...last, count, longestSeconds })
      }
    },
  }
}
