/**
 * Who fetches what: hands ranges to free connections. `settle-outcome.ts` takes their outcomes back, `work-ledger.ts`
 * keeps where every object is, `object-endings.ts` ends it.
 *
 * Invariants: every byte of an open object is in exactly one of pending, running or done; an object leaves the book
 * exactly once, as landed, failed, or given back to the waiting ones; no file is closed while a task writes to it.
 */
import type { Failure } from '../../../shared/failure.ts'
import type { ByteRange, FetchTask } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { chooseOpenPart, chooseShared, isResting, wantedOpenObjects } from './choose-next-part.ts'
import { choosePartSize, cutPart } from './choose-part-size.ts'
import { createEtagCondition } from './etag-condition.ts'
import { type FailureRow, NO_FAILURES } from './failure-row.ts'
import { createObjectEndings, type ObjectEvent } from './object-endings.ts'
import { giveBack, isComplete, type OpenObject, type PrefixGroup, pendingBytes } from './open-object.ts'
import { createRangeRecovery, type RangeRecovery, type RangeRecoveryOptions } from './recover-range.ts'
import { isDivisible, isVain, type TaskConnections } from './running-tasks.ts'
import { createOutcomeSettler } from './settle-outcome.ts'
import { createWorkLedger } from './work-ledger.ts'

export type TransferBookOptions = Pick<
  RangeRecoveryOptions,
  'landing' | 'now' | 'retryAfterMs' | 'othersAnsweredAt' | 'onError' | 'onFatal' | 'onWork'
> & {
  table: ObjectTable
  partSize: number | 'auto'
  connections: TaskConnections
  onObject(event: ObjectEvent): void
}

/** What the governor allows just now. */
export type Allowance = {
  connections: number
  listingComplete: boolean
  areRequestsCounted: boolean
  /** A rest that arrives sooner is not shared. */
  leastShareSeconds(): number
  mayRequest(group: string): boolean
}

/** So many objects may wait for their next attempt: then no others are begun. Their files are open. */
const MOST_RESTING = 256

export type TransferBook = ReturnType<typeof createTransferBook>

export function createTransferBook(options: TransferBookOptions) {
  const { table, landing, connections, now, onWork } = options
  const ledger = createWorkLedger(table, connections, now)
  const { waiting, open, running, disk } = ledger
  const endings = createObjectEndings({
    ...options,
    ledger,
    onLandingFailed: (object, failure, action) => recovery.noteLandingFailed(object, failure, action),
  })
  const condition = createEtagCondition(running.receiving)
  const recovery: RangeRecovery = createRangeRecovery({ ...options, ledger, endings, condition })
  const settle = createOutcomeSettler({ ledger, endings, recovery, condition, landing, isStopped: () => isStopped })
  const groups = new Map<string, PrefixGroup>()
  let served = 0
  let isStopped = false

  /** The next task for an idle connection; undefined when there is none just now. */
  function next(connectionId: number, allowance: Allowance): FetchTask | undefined {
    if (isStopped) return undefined
    const bytes = partBytes(allowance)
    refill(allowance, bytes)
    const chosen = chooseOpenPart(open.values(), now(), connections.thread(connectionId), allowance.mayRequest)
    const range = chosen?.object.pending[chosen.position]
    if (!chosen || !range) {
      askForShare(connectionId, allowance)
      return undefined
    }
    const { object, position } = chosen
    object.pending.splice(position, 1)
    const inOnePiece = object.wholeOnly || object.file.kind === 'whole' || range.isShare
    const part = inOnePiece ? range : cutPart(range, bytes)
    if (part.end < range.end) object.pending.splice(position, 0, { ...range, start: part.end })
    return start(object, connectionId, part, range.failures)
  }

  function start(object: OpenObject, connectionId: number, { start, end }: ByteRange, failures: FailureRow): FetchTask {
    object.group.lastServed = ++served
    const { taskId } = running.begin(object, connectionId, { start, end }, failures)
    const task: FetchTask = {
      taskId,
      key: object.key,
      range: { start, end },
      objectSize: object.size,
      etag: object.etag,
      file: object.file,
      acceptWhole: object.wholeOnly,
    }
    if (!object.etag) task.lastModified = table.lastModified(object.index)
    if (object.etag && !condition.isSentFor(object)) task.unconditional = true
    if (object.proof?.task) task.check = object.proof.task
    return task
  }

  /** Nothing is left to hand out: the connection shall have half of the range that would take longest. */
  function askForShare(connectionId: number, { mayRequest, leastShareSeconds }: Allowance): void {
    if (waiting.size > 0 || disk.mayBringRanges() || running.size === 0 || running.awaitsShare(connectionId)) return
    const leastSeconds = leastShareSeconds()
    const task = running.get(chooseShared(running.shareable(mayRequest, leastSeconds), leastSeconds) ?? 0)
    if (task) running.askForShare(task, connectionId)
  }

  /**
   * A running task shall give up the rest of its range, all but `graceBytes` that are on their way: another connection
   * takes over without a gap and without a byte fetched twice.
   */
  function handOver(taskId: number, graceBytes: number): void {
    const task = running.get(taskId)
    if (task && isDivisible(task.object) && !isVain(task, running.reachedBy(task))) running.askForRest(task, graceBytes)
  }

  /** The answer to either: where the task ends. */
  function noteShortened(taskId: number, end: number): void {
    const task = running.get(taskId)
    if (!task) return
    const isShare = task.shareFor !== undefined
    const rest = running.shorten(task, end)
    if (!rest) return
    giveBack(task.object, { ...rest, failures: NO_FAILURES, notBefore: 0, ...(isShare ? { isShare } : {}) })
    onWork()
  }

  /** Opens objects ahead, so that a connection that comes free finds a range at once. */
  function refill(allowance: Allowance, bytes: number): void {
    const wantedParts = 2 * allowance.connections
    const wantedOpen = wantedOpenObjects(allowance.connections)
    let { objects, parts } = workAhead(bytes)
    while (objects + disk.size < wantedOpen || parts + disk.size < wantedParts) {
      const index = waiting.take(allowance.mayRequest)
      if (index === undefined) return
      const group = groupOf(subPrefixOf(table.key(index)))
      const object = landing().beginAtOnce(index, group)
      if (object) {
        addOpen(object)
        objects++
        parts++
      } else void begin(index, group)
    }
  }

  /** What can be requested without opening more. Beside it a number of objects may wait for their next attempt. */
  function workAhead(bytes: number): { objects: number; parts: number } {
    let objects = 0
    let parts = 0
    let resting = 0
    const at = now()
    for (const object of open.values()) {
      if (resting < MOST_RESTING && isResting(object, at)) {
        resting++
        continue
      }
      objects++
      parts += Math.ceil(pendingBytes(object) / bytes)
    }
    return { objects, parts }
  }

  function partBytes(allowance: Allowance): number {
    let unassignedBytes = Number.POSITIVE_INFINITY
    if (allowance.listingComplete) {
      unassignedBytes = waiting.bytes
      for (const object of open.values()) unassignedBytes += pendingBytes(object)
    }
    const { connections, areRequestsCounted } = allowance
    return choosePartSize({ partSize: options.partSize, unassignedBytes, connections, areRequestsCounted })
  }

  async function begin(index: number, group: PrefixGroup): Promise<void> {
    const begun = await disk.run(landing().begin(index, group))
    if (!begun.ok) endings.fail(index, begun.failure, 1)
    else if (!begun.value) endings.settleLanded(index)
    else if (isStopped) await disk.run(landing().abandon(begun.value))
    else {
      addOpen(begun.value)
      if (isComplete(begun.value)) endings.finish(begun.value)
    }
    onWork()
  }

  function addOpen(object: OpenObject): void {
    open.add(object.index, object)
    table.setState(object.index, 'active')
  }

  function groupOf(name: string): PrefixGroup {
    const known = groups.get(name)
    if (known) return known
    const fresh = { name, lastServed: 0 }
    groups.set(name, fresh)
    return fresh
  }

  return {
    ...ledger.questions,
    counts: () => ({ retries: recovery.retries(), waiting: waiting.size, open: open.size }),
    addWaiting: waiting.add,
    /** The object is there from an earlier run. */
    addSkipped(index: number): void {
      table.setState(index, 'skipped')
      endings.settleLanded(index)
    },
    /** It fails by its name before it was begun. */
    fail: (index: number, failure: Failure) => endings.fail(index, failure, 1),
    next,
    handOver,
    noteShortened,
    settle,
    /** Hands out nothing more and closes all files; the caller has closed all connections. */
    stop(): Promise<void> {
      isStopped = true
      return endings.closeAll()
    },
  }
}
