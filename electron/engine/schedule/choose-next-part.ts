/** Which range a free connection should fetch next. Pure. */
import type { ByteRange } from '../engine-ports.ts'
import { SMALLEST_SHARE_BYTES } from '../transport/choose-end.ts'
import type { FailureRow } from './failure-row.ts'

export type PendingRange = ByteRange & {
  failures: FailureRow
  /** Monotonic milliseconds; not before. */
  notBefore: number
  /** Half of what was another's: it is not cut again. */
  isShare?: true
}

export type OpenObjectView = {
  group: { readonly name: string; readonly lastServed: number }
  /** Nothing of it may be handed out just now. */
  isHeld: boolean
  pending: readonly PendingRange[]
  running: { readonly size: number }
  /** Failures of any of its ranges, since its last fresh byte. */
  failures: FailureRow
  /** Worker thread that writes to its file just now; undefined = none. */
  writer: number | undefined
}

/** So many while others were answered are no chance any more: 0.3 ** 8 is one object in fifteen thousand. */
const FAILURES_OF_DOUBT = 8

type Doubted = Pick<OpenObjectView, 'failures'>

/** Nothing of the object comes while others do: it seems not to be had, and shall not keep the others waiting. */
export const isDoubtful = ({ failures }: Doubted): boolean => failures.alone >= FAILURES_OF_DOUBT

/** Refusals may be the budget's; a third in a row, with others granted in between, is the object's own. */
export const isRefusedForItself = ({ failures }: Doubted): boolean => failures.alone >= 2

/** It has failed and waits for its next attempt: others may be worked on. */
export const isResting = (object: OpenObjectView, now: number): boolean =>
  object.failures.length > 0 &&
  object.running.size === 0 &&
  object.pending.length > 0 &&
  (isDoubtful(object) || isYielding(object, now) || object.pending.every(({ notBefore }) => notBefore > now))

/**
 * Of the objects that are open, in this order:
 *
 * 1. one that has not just failed again: where requests are counted, one that is refused again and again would keep all
 *    others waiting;
 * 2. one that no other thread than the connection's own writes to: two threads
 *    that write to one file wait for each other in the kernel (ADR 5);
 * 3. the one whose sub-prefix was served longest ago, the oldest object of it.
 *
 * Of that object the first pending range, so that files grow from front to back and finish early.
 */
export function chooseOpenPart<O extends OpenObjectView>(
  open: Iterable<O>,
  now: number,
  thread: number,
  mayRequest: (group: string) => boolean,
): { object: O; position: number } | undefined {
  let best: (Candidate & { object: O; position: number }) | undefined
  for (const object of open) {
    if (object.isHeld) continue
    const isShared = object.writer !== undefined && object.writer !== thread
    const candidate = { object, isShared, isYielding: isYielding(object, now) }
    if (best && !isBetter(candidate, best)) continue
    const position = choosePosition(object, now)
    // A doubtful one is requested so seldom that no budget notices.
    if (position >= 0 && (isDoubtful(object) || mayRequest(object.group.name))) best = { ...candidate, position }
  }
  return best
}

/** Of a doubtful object one range at a time, always the one that has failed most: then it is soon known. */
function choosePosition(object: OpenObjectView, now: number): number {
  const { pending } = object
  if (!isDoubtful(object)) return pending.findIndex((range) => range.notBefore <= now)
  if (object.running.size > 0) return -1
  const worst = pending.reduce((most, { failures }) => Math.max(most, failures.length), 0)
  return pending.findIndex((range) => range.failures.length === worst && range.notBefore <= now)
}

/**
 * An object that has failed twice in a row lets others go first for so long; no longer, for it is to be finished too.
 */
const YIELD_MS = 10_000

const isYielding = ({ failures }: OpenObjectView, now: number): boolean =>
  failures.length > 1 && now < failures.lastAt + YIELD_MS

type Candidate = { object: OpenObjectView; isShared: boolean; isYielding: boolean }

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.isYielding !== b.isYielding) return b.isYielding
  if (a.isShared !== b.isShared) return b.isShared
  return a.object.group.lastServed < b.object.group.lastServed
}

/** Several sub-prefixes are worked on side by side, but few files are open at once: disks like sequential writes. */
export const wantedOpenObjects = (connections: number): number => Math.min(4, Math.max(1, Math.ceil(connections / 4)))

export type RunningRange = {
  taskId: number
  reached: number
  end: number
  bytesPerSecond: number
}

/**
 * When nothing is left to hand out: the task whose rest would take longest, and longer than `leastSeconds`. A free
 * connection takes half of it.
 */
export function chooseShared(running: Iterable<RunningRange>, leastSeconds: number): number | undefined {
  let taskId: number | undefined
  let longest = leastSeconds
  for (const range of running) {
    const left = range.end - range.reached
    const seconds = left / Math.max(1, range.bytesPerSecond)
    if (left >= 2 * SMALLEST_SHARE_BYTES && seconds > longest) [taskId, longest] = [range.taskId, seconds]
  }
  return taskId
}
