/** Which range a free connection should fetch next. Pure. */
import type { ByteRange } from '../engine-ports.ts'

export type PendingRange = ByteRange & {
  /** Failures in a row without a fresh byte. */
  attempts: number
  /** Monotonic milliseconds; not before. */
  notBefore: number
}

export type OpenObjectView = {
  group: string
  /** Nothing of it may be handed out just now. */
  isHeld: boolean
  pending: readonly PendingRange[]
  /** Monotonic order in which ranges of the object's group were last handed out; smaller = longer ago. */
  lastServed: number
}

/**
 * Of the objects that are open: the one whose sub-prefix was served longest ago, oldest object first within it, and
 * its first pending range, so that files grow from front to back and finish early.
 */
export function chooseOpenPart<O extends OpenObjectView>(
  open: Iterable<O>,
  now: number,
  mayAsk: (group: string) => boolean,
): { object: O; position: number } | undefined {
  let best: { object: O; position: number } | undefined
  for (const object of open) {
    if (object.isHeld) continue
    if (best && object.lastServed >= best.object.lastServed) continue
    const position = object.pending.findIndex((range) => range.notBefore <= now)
    if (position >= 0 && mayAsk(object.group)) best = { object, position }
  }
  return best
}

/** Several sub-prefixes are worked on side by side, but few files are open at once: disks like sequential writes. */
export const wantedOpenObjects = (connections: number): number => Math.min(4, Math.max(1, Math.ceil(connections / 4)))

export type RunningRange = {
  taskId: number
  reached: number
  end: number
  bytesPerSecond: number
}

/** A rest smaller than this arrives before a second request would. */
const SMALLEST_SPLIT_BYTES = 256 * 1024

/**
 * When nothing is left to hand out: where to split the running range that would take longest. The free connection
 * takes the second half.
 */
export function chooseSplit(running: Iterable<RunningRange>): { taskId: number; at: number } | undefined {
  let best: RunningRange | undefined
  let bestSeconds = 0
  for (const range of running) {
    const left = range.end - range.reached
    if (left < 2 * SMALLEST_SPLIT_BYTES) continue
    const seconds = left / Math.max(1, range.bytesPerSecond)
    if (seconds > bestSeconds) [best, bestSeconds] = [range, seconds]
  }
  return best && { taskId: best.taskId, at: best.reached + Math.ceil((best.end - best.reached) / 2) }
}
