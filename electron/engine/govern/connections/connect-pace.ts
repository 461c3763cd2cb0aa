/**
 * How soon, and how many at once, further connections may be opened: at any pace while they
 * succeed; after failures with a growing pause; one after the other where the server, or
 * something on the way, turns them away, opening them only to close them without an answer.
 */
import type { Random } from '../../engine-ports.ts'

/**
 * The pause after the nth failure in a row is chosen below 50
 * ms x 2^n ("full jitter" of AWS's article), and below this.
 */
const PAUSE_MAX_MS = 5000
const PAUSE_MS = 50
/** So many fresh connections in a row that are closed without an answer are no accident. */
const TURNED_AWAY_IN_A_ROW = 8

export type ConnectPace = ReturnType<typeof createConnectPace>

export function createConnectPace({ now, random }: { now(): number; random: Random }) {
  let failures = 0
  let turnedAway = 0
  let turnedAwayAt = 0
  let notBefore = 0

  function pause(count: number): void {
    notBefore = now() + random() * Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** Math.min(10, count))
  }

  return {
    /** So many of these that are missing may be opened now. */
    allowed(missing: number): number {
      if (now() < notBefore) return 0
      return turnedAway > 0 ? Math.min(1, missing) : missing
    },
    noteOpened(): void {
      failures = 0
      if (turnedAway === 0) notBefore = 0
    },
    noteFailed(): void {
      failures++
      pause(failures)
    },
    /** `weight` below 1: it was answered, but only with refusals. */
    noteTurnedAway(weight = 1): void {
      turnedAway += weight
      turnedAwayAt = now()
      pause(turnedAway)
    },
    /** A connection of this time has been answered: what came before it was chance, or is over. */
    noteAnswered(openedAt: number): void {
      if (openedAt > turnedAwayAt) turnedAway = 0
    },
    /** More connections are wanted on purpose. */
    startOver(): void {
      turnedAway = 0
    },
    /** No connection has been opened since the last one that failed. */
    isFailing: () => failures > 0,
    isTurningAway: () => turnedAway >= TURNED_AWAY_IN_A_ROW,
  }
}
