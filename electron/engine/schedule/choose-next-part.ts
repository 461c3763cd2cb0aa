/** Which range a free connection should fetch next. Pure. */
import type { ByteRange } from '../engine-ports.ts'
import type { FailureRow } from './failure-row.ts'

export type PendingRange = ByteRange & {
  failures: FailureRow
  /** Monotonic milliseconds; not before. */
  notBefore: number
}

export type OpenObjectView = {
  group: { readonly name: string; readonly lastServed: number }
  /** Nothing of it may be handed out just now. */
  isHeld: boolean
  pending: readonly PendingRange[]
  /** Worker thread that writes to its file just now; undefined = none. */
  writer: number | undefined
}

/**
 * Of the objects that are open: one that no other thread than the connection's own writes to, for two threads that
 * write to one file wait for each other in the kernel (measured: 2 x 8 connections, a fifth of all processor time).
 * Among these the one whose sub-prefix was served longest ago, oldest object first within it, and its first pending
 * range, so that files grow from front to back and finish early.
 */
export function chooseOpenPart<O extends OpenObjectView>(
  open: Iterable<O>,
  now: number,
  thread: number,
  mayAsk: (group: string) => boolean,
): { object: O; position: number } | undefined {
  let best: { object: O; position: number; isShared: boolean } | undefined
  for (const object of open) {
    if (object.isHeld) continue
    const isShared = object.writer !== undefined && object.writer !== thread
    if (best && !isBetter({ object, isShared }, best)) continue
    const position = object.pending.findIndex((range) => range.notBefore <= now)
    if (position >= 0 && mayAsk(object.group.name)) best = { object, position, isShared }
  }
  return best
}

type Candidate = { object: OpenObjectView; isShared: boolean }

const isBetter = (a: Candidate, b: Candidate): boolean =>
  a.isShared === b.isShared ? a.object.group.lastServed < b.object.group.lastServed : b.isShared

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
