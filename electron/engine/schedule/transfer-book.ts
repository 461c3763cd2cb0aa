/**
 * Who fetches what: hands ranges to free connections and takes their outcomes back. Where every object is, `work-ledger.ts`
 * keeps; how it leaves, `object-endings.ts` says.
 *
 * Invariants: every byte of an open object is in exactly one of pending, running or done; an object leaves the book
 * exactly once, as landed, failed, or given back to the waiting ones; no file is closed while a task writes to it.
 */
import { type Failure, type FailureClass, success } from '../../../shared/failure.ts'
import type { ByteRange, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { chooseOpenPart, chooseSplit, isResting, type PendingRange, wantedOpenObjects } from './choose-next-part.ts'
import { choosePartSize, cutPart } from './choose-part-size.ts'
import { chooseRecovery } from './choose-recovery.ts'
import { addFailure, type FailureRow, isNormalEnd, NO_FAILURES } from './failure-row.ts'
import { judgeOtherVersion } from './judge-other-version.ts'
import { createObjectEndings, type ObjectNews } from './object-endings.ts'
import type { ObjectLanding } from './object-landing.ts'
import { giveBack, isComplete, markDone, type OpenObject, type PrefixGroup, pendingBytes } from './open-object.ts'
import { isDivisible, isVain, type RunningTask, type TaskConnections } from './running-tasks.ts'
import { createWorkLedger } from './work-ledger.ts'

export type ErrorNews = {
  key: string
  /** First byte of the range, the byte it got to, and the first one behind it. */
  start: number
  reached: number
  end: number
  /** 1 = the first attempt for these bytes. */
  attempt: number
  failure: Failure
  action: 'retry' | 'restart' | 'give-up' | 'stop'
}

export type TransferBookOptions = {
  table: ObjectTable
  /** Where objects go; open before the first one is taken. */
  landing(): ObjectLanding
  partSize: number | 'auto'
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds until the next attempt; undefined = give up. */
  retryAfterMs(failure: Failure, row: FailureRow): number | undefined
  /** When somebody else was last answered, as far as it speaks against this failure, monotonic milliseconds. */
  heardAt(failure: FailureClass): number
  connections: TaskConnections
  onObject(news: ObjectNews): void
  /** A part or an object has failed: where, how often before, and what is done about it. For the error log. */
  onError?(news: ErrorNews): void
  /** The whole job cannot go on. */
  onFatal(failure: Failure): void
  /** There may be work for an idle connection again. */
  onWork(): void
}

/** Tells what is done about a failure. */
type Note = (action: ErrorNews['action']) => void

/** What the governor allows just now. */
export type Allowance = {
  connections: number
  listingComplete: boolean
  areRequestsCounted: boolean
  mayAsk(group: string): boolean
}

/** So many objects may wait for their next attempt: then no others are begun. Their files are open. */
const MOST_RESTING = 256

export type TransferBook = ReturnType<typeof createTransferBook>

export function createTransferBook(options: TransferBookOptions) {
  const { table, landing, connections, now, onWork, onFatal } = options
  const ledger = createWorkLedger(table, connections, now)
  const { waiting, open, running, disk } = ledger
  const endings = createObjectEndings({
    ...{ table, landing, ledger, onFatal, onWork },
    onObject: options.onObject,
    onLandingFailed(object, failure, action) {
      noteError(object, { start: 0, reached: object.size, end: object.size, attempt: 1, failure }, action)
    },
  })
  const groups = new Map<string, PrefixGroup>()
  /** What the answers name is held against the pinned ETag here, for the server refuses it as a condition. */
  let refusesItsEtags = false
  /** A request that named a pinned ETag was granted. */
  let grantsEtags = false
  let served = 0
  let retries = 0
  let isStopped = false

  // -- handing out ------------------------------------------------------------------------------------------

  /** The next task for an idle connection; undefined when there is none just now. */
  function next(connectionId: number, allowance: Allowance): FetchTask | undefined {
    if (isStopped) return undefined
    const bytes = partBytes(allowance)
    refill(allowance, bytes)
    const chosen = chooseOpenPart(open.values(), now(), connections.thread(connectionId), allowance.mayAsk)
    const range = chosen?.object.pending[chosen.position]
    if (!chosen || !range) return splitRunning(connectionId, allowance)
    const { object, position } = chosen
    object.pending.splice(position, 1)
    const inOnePiece = object.wholeOnly || object.file.kind === 'whole'
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
    if (refusesItsEtags && object.etag) task.unconditional = true
    if (object.proof?.task) task.check = object.proof.task
    return task
  }

  /** Nothing is left to hand out: the connection takes half of the range that would take longest. */
  function splitRunning(connectionId: number, allowance: Allowance): FetchTask | undefined {
    if (waiting.size > 0 || disk.mayBringRanges()) return undefined
    const split = chooseSplit(running.splittable(allowance.mayAsk))
    const task = split && running.get(split.taskId)
    if (!split || !task) return undefined
    const { end } = task
    running.shrink(task, split.at)
    return start(task.object, connectionId, { start: split.at, end }, NO_FAILURES)
  }

  /**
   * A running task gives up the rest of its range, all but `graceBytes` that are on their way: another connection
   * takes over without a gap and without a byte fetched twice.
   */
  function handOver(taskId: number, graceBytes: number): void {
    const task = running.get(taskId)
    if (!task || !isDivisible(task.object)) return
    const reached = running.reachedBy(task)
    const at = reached + graceBytes
    if (at >= task.end || isVain(task, reached)) return
    giveBack(task.object, { start: at, end: task.end, failures: NO_FAILURES, notBefore: 0 })
    running.shrink(task, at)
  }

  /** Opens objects ahead, so that a connection that comes free finds a range at once. */
  function refill(allowance: Allowance, bytes: number): void {
    const wantedParts = 2 * allowance.connections
    const wantedOpen = wantedOpenObjects(allowance.connections)
    let { objects, parts } = workAhead(bytes)
    while (objects + disk.size < wantedOpen || parts + disk.size < wantedParts) {
      const index = waiting.take(allowance.mayAsk)
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

  /** What can be asked for without opening more. Beside it a number of objects may wait for their next attempt. */
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

  // -- taking back ------------------------------------------------------------------------------------------

  /** Takes back what a connection reports; each task exactly once. */
  function settle(outcome: TaskOutcome): void {
    const task = running.end(outcome.taskId)
    if (!task) return
    const { object } = task
    const reached = Math.min(Math.max(task.start, outcome.reached), task.end)
    if (reached > task.start) {
      object.failures = NO_FAILURES
      if (!refusesItsEtags && object.etag) grantsEtags = true
    }
    if (outcome.sums) object.proof?.sums.push(...outcome.sums)
    if (!outcome.failure) {
      markDone(object, { start: task.start, end: reached })
      giveBack(object, { start: reached, end: task.end, failures: NO_FAILURES, notBefore: 0 })
      // A small one has its name by now, whatever is done with the job meanwhile.
      if (isComplete(object) && (!object.isHeld || object.file.kind === 'whole')) endings.finish(object)
    } else if (object.file.kind === 'whole') void disk.run(recoverSmall(object, task, reached, outcome.failure))
    else {
      markDone(object, { start: task.start, end: reached })
      recover(object, task, reached, outcome.failure)
    }
    if (object.running.size > 0) return
    object.writer = undefined
    object.onQuiet?.()
  }

  /** A small object whose worker failed half-way goes on from where it got to, in a file of its own. */
  async function recoverSmall(object: OpenObject, task: RunningTask, reached: number, failure: Failure): Promise<void> {
    if (reached === task.start || (object.isHeld && !isStopped)) {
      recover(object, task, task.start, failure)
      return
    }
    const kept = await landing().keepPart(object)
    if (!kept.ok) return endings.giveUp(object, kept.failure, 1)
    markDone(object, { start: task.start, end: reached })
    recover(object, task, reached, failure)
  }

  function recover(object: OpenObject, task: RunningTask, reached: number, failure: Failure): void {
    const { row, failures } = countFailure(object, task, reached, failure)
    const rest = { start: reached, end: task.end, failures, notBefore: 0 }
    const attempt = task.failures.length + 1
    const note: Note = (action) =>
      noteError(object, { start: task.start, reached, end: task.end, attempt, failure }, action)
    switch (chooseRecovery(failure, { isHeld: object.isHeld, isComplete: isComplete(object) })) {
      case 'give-back':
        giveBack(object, rest)
        break
      case 'stop':
        note('stop')
        giveBack(object, rest)
        onFatal(failure)
        break
      case 'doubt':
        void doubt(object, { ...rest, failures: row }, failure, note)
        break
      case 'restart':
        void restart(object, failure, note)
        break
      case 'fetch-whole':
        note('restart')
        void fetchWhole(object)
        break
      case 'give-up':
        giveUp(object, failure, row, note)
        break
      case 'finish':
        // What is wrong with the bytes is for the landing to tell.
        if (failure.class !== 'corrupt') note('retry')
        endings.finish(object)
        break
      case 'retry':
        retry(object, rest, failure, row, note)
    }
  }

  /**
   * `row`: the failures of this range with this one. `failures`: those that stay with what is left of it; that we closed the
   * connection ourselves is none, and one behind a fresh byte begins a new row.
   */
  function countFailure(
    object: OpenObject,
    task: RunningTask,
    reached: number,
    { class: failureClass }: Failure,
  ): { row: FailureRow; failures: FailureRow } {
    const at = { now: now(), heardAt: options.heardAt(failureClass) }
    const hasProgressed = reached > task.start
    const before = hasProgressed ? NO_FAILURES : task.failures
    const row = addFailure(before, at)
    if (failureClass === 'cancelled' || hasProgressed) return { row, failures: before }
    // Of several ranges that were under way at the same failure, one counts against the object.
    if (task.startedAt >= object.failures.lastAt) object.failures = addFailure(object.failures, at)
    return { row, failures: row }
  }

  function giveUp(object: OpenObject, failure: Failure, row: FailureRow, note: Note): void {
    note('give-up')
    void endings.giveUp(object, failure, row.length)
  }

  function retry(object: OpenObject, rest: PendingRange, failure: Failure, row: FailureRow, note: Note): void {
    const isCancelled = failure.class === 'cancelled'
    const delayMs = isCancelled ? 0 : options.retryAfterMs(failure, row)
    if (delayMs === undefined) {
      giveUp(object, failure, row, note)
      return
    }
    if (!isNormalEnd(failure, row.length)) {
      note('retry')
      if (!isCancelled) retries++
    }
    giveBack(object, { ...rest, notBefore: now() + delayMs })
    onWork()
  }

  function noteError({ key }: OpenObject, news: Omit<ErrorNews, 'key' | 'action'>, action: ErrorNews['action']): void {
    // What we closed ourselves is told by whoever closed it.
    const isOurs = news.failure.class === 'cancelled' || (news.failure.class === 'stalled' && action === 'retry')
    if (!isOurs) options.onError?.({ key, ...news, action })
  }

  function restart(object: OpenObject, failure: Failure, note: Note): Promise<void> {
    note(endings.afterRestart(object, failure))
    return endings.restart(object, failure)
  }

  /** Another version of the object was answered, or a copy of it. */
  async function doubt(object: OpenObject, rest: PendingRange, failure: Failure, note: Note): Promise<void> {
    const { verdict, mayBeCondition, delayMs } = judgeOtherVersion({
      httpStatus: failure.httpStatus,
      inARow: Math.max(1, object.failures.length),
      areEtagsGranted: grantsEtags || running.receiving() > 0,
    })
    object.isHeld = true
    const still = verdict === 'ask-s3' ? await disk.run(landing().isStill(object.index)) : success(verdict === 'again')
    object.isHeld = false
    const isCancelled = !still.ok && still.failure.class === 'cancelled'
    if (!isCancelled && !(still.ok && still.value)) return restart(object, failure, note)
    if (mayBeCondition) refusesItsEtags = true
    note('retry')
    retries++
    giveBack(object, { ...rest, notBefore: now() + delayMs })
    onWork()
  }

  /** The server sends whole objects only: one connection takes all of it, in one request. */
  async function fetchWhole(object: OpenObject): Promise<void> {
    await endings.hold(object)
    object.wholeOnly = true
    object.done = []
    if (object.proof) object.proof.sums = []
    object.pending = [{ start: 0, end: object.size, failures: NO_FAILURES, notBefore: 0 }]
    object.isHeld = false
    onWork()
  }

  return {
    ...ledger.questions,
    counts: () => ({ retries, waiting: waiting.size, open: open.size }),
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
    settle,
    /** Hands out nothing more and closes all files; the caller has closed all connections. */
    stop(): Promise<void> {
      isStopped = true
      return endings.closeAll()
    },
  }
}
