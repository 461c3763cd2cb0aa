/** One object that is being worked on, and the bookkeeping of its ranges. */
import { mergeSpans, type Span } from '../disk/byte-spans.ts'
import type { ByteRange, TaskCheck, TaskFile } from '../engine-ports.ts'
import { missingRanges, spanBytes } from '../plan/missing-ranges.ts'
import type { Check } from '../verify/choose-check.ts'
import type { RangeSum } from '../verify/range-sums.ts'
import type { PendingRange } from './choose-next-part.ts'
import { type FailureRow, NO_FAILURES } from './failure-row.ts'

/** `lastServed`: monotonic order in which a range of it was last handed out; smaller = longer ago. */
export type PrefixGroup = { name: string; lastServed: number }

/** How its bytes are proven while they are received. */
export type ObjectProof = {
  /** What S3 promises, once it has been requested. */
  check?: Check
  /** For each of its tasks; absent where sums of ranges are no evidence about the object. */
  task?: TaskCheck
  /** The checksums of its tasks. */
  sums: RangeSum[]
}

export type OpenObject = {
  readonly index: number
  readonly key: string
  readonly size: number
  readonly etag: string
  /** Relative to the destination, `/` between segments. */
  readonly path: string
  readonly group: PrefixGroup
  file: TaskFile
  /** Undefined: bytes are written and nothing else. */
  proof: ObjectProof | undefined
  /** Not requested yet, front to back. */
  pending: PendingRange[]
  /** Written to the file. */
  done: Span[]
  /** Tasks under way. */
  running: Set<number>
  /** Worker thread of the last task; undefined while no task runs. */
  writer: number | undefined
  /** Failures of any of its ranges, since its last fresh byte; those of requests under way together count as one. */
  failures: FailureRow
  /** The server ignores ranges: one request for all that is missing. */
  wholeOnly: boolean
  /** The service refuses its ETag as a condition, and names it all the same. */
  isUnconditional: boolean
  /** Nothing is handed out just now, or ever again when the object has been given up. */
  isHeld: boolean
  /** Has grown since the journal last recorded it. */
  isDirty: boolean
  /** Called once no task writes to the file any more. */
  onQuiet: (() => void) | undefined
}

/** Fields by name, no spread: all open objects share one shape, and the loops over them stay fast. */
export function createOpenObject(
  object: Pick<OpenObject, 'index' | 'key' | 'size' | 'etag' | 'path' | 'group' | 'file'> & {
    proof?: ObjectProof | undefined
  },
  done: readonly Span[],
): OpenObject {
  return {
    index: object.index,
    key: object.key,
    size: object.size,
    etag: object.etag,
    path: object.path,
    group: object.group,
    file: object.file,
    proof: object.proof,
    pending: missingRanges(done, object.size).map((range) => ({ ...range, failures: NO_FAILURES, notBefore: 0 })),
    done: [...done],
    running: new Set(),
    writer: undefined,
    failures: NO_FAILURES,
    wholeOnly: false,
    isUnconditional: false,
    isHeld: false,
    isDirty: false,
    onQuiet: undefined,
  }
}

export function markDone(object: OpenObject, range: ByteRange): void {
  if (range.end <= range.start) return
  object.done = mergeSpans([...object.done, [range.start, range.end]])
  object.isDirty = true
}

/** Puts a range back in front of what comes after it. */
export function giveBack(object: OpenObject, range: PendingRange): void {
  if (range.end <= range.start) return
  const at = object.pending.findIndex((other) => other.start > range.start)
  object.pending.splice(at < 0 ? object.pending.length : at, 0, range)
}

/**
 * Resolves when no task of the object runs. Only then may its file be closed or cut: a worker that still wrote to a
 * closed descriptor could hit another file.
 */
export function whenQuiet(object: OpenObject): Promise<void> {
  if (object.running.size === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const before = object.onQuiet
    object.onQuiet = () => {
      before?.()
      resolve()
    }
  })
}

export const isComplete = (object: OpenObject): boolean =>
  object.size === 0 || (object.done.length === 1 && object.done[0]?.[0] === 0 && object.done[0][1] === object.size)

export const doneBytes = (object: OpenObject): number => spanBytes(object.done)

export const pendingBytes = (object: OpenObject): number =>
  object.pending.reduce((sum, range) => sum + range.end - range.start, 0)
