/**
 * Who fetches what: hands ranges to free connections, takes their outcomes back, and finishes objects.
 *
 * Invariants: every byte of an open object is in exactly one of pending, running or done; an object leaves the book
 * exactly once, as landed, failed, or given back to the waiting ones; no file is closed while a task writes to it.
 */
import { type Failure, type FailureClass, type Outcome, success } from '../../../shared/failure.ts'
import type { Span } from '../disk/byte-spans.ts'
import type { FetchTask, TaskOutcome } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import {
  chooseOpenPart,
  chooseSplit,
  isDoubtful,
  isRefusedForItself,
  isResting,
  type PendingRange,
  type RunningRange,
  wantedOpenObjects,
} from './choose-next-part.ts'
import { choosePartSize, cutPart } from './choose-part-size.ts'
import { addFailure, type FailureRow, isNormalEnd, NO_FAILURES } from './failure-row.ts'
import {
  doneBytes,
  giveBack,
  isComplete,
  markDone,
  type OpenObject,
  type PrefixGroup,
  pendingBytes,
  whenQuiet,
} from './open-object.ts'
import { createPassingTable } from './passing-table.ts'
import { createWaitingObjects } from './waiting-objects.ts'

/** What the book asks of the folder the objects go to. `engine/land-objects.ts` makes the real one. */
export type ObjectLanding = {
  /** A small object with nothing to wait for: no folder to make, nothing left by an earlier run. Else undefined. */
  beginAtOnce(index: number, group: PrefixGroup): OpenObject | undefined
  /** Names the object's file, makes its folders, opens what an earlier run has left. Undefined: nothing to fetch. */
  begin(index: number, group: PrefixGroup): Promise<Outcome<OpenObject | undefined>>
  /** All bytes are here: verifies and gives the object its final name. */
  land(object: OpenObject): Promise<Outcome<void>>
  /** A small object was landed by its worker. */
  landed(object: OpenObject): void
  /** A small object could not be fetched in one go: from here on it grows in place like a big one. */
  keepPart(object: OpenObject): Promise<Outcome<void>>
  /** Closes the file, leaves what is written and tells the journal of it. */
  abandon(object: OpenObject): Promise<void>
  /** The object is another one now, or its bytes are wrong: nothing written may be used. */
  discard(object: OpenObject): Promise<void>
  /** Asks S3 what the object is now and pins that. */
  repin(index: number): Promise<Outcome<void>>
  /** Asks S3 whether it is still the pinned one. */
  isStill(index: number): Promise<Outcome<boolean>>
}

export type ObjectNews = {
  kind: 'landed' | 'changed' | 'corrupt' | 'failed'
  index: number
  failure?: Failure
  attempts?: number
}

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
  landing: ObjectLanding
  partSize: number | 'auto'
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds until the next attempt; undefined = give up. */
  retryAfterMs(failure: Failure, row: FailureRow): number | undefined
  /** When somebody else was last answered, as far as it speaks against this failure, monotonic milliseconds. */
  heardAt(failure: FailureClass): number
  line: {
    /** Where this task has got to; 0 while its worker has not begun it. */
    reached(lineId: number, taskId: number): number
    bytesPerSecond(lineId: number): number
    /** The worker thread that receives and writes for it. */
    thread(lineId: number): number
    shrink(lineId: number, end: number): void
    close(lineId: number): void
  }
  onObject(news: ObjectNews): void
  /** A part or an object has failed: where, how often before, and what is done about it. For the error log. */
  onError?(news: ErrorNews): void
  /** The whole job cannot go on. */
  onFatal(failure: Failure): void
  /** There may be work for an idle connection again. */
  onWork(): void
}

/** What the governor allows just now. */
export type Allowance = { connections: number; listingComplete: boolean; mayAsk(group: string): boolean }

type RunningTask = {
  taskId: number
  object: OpenObject
  lineId: number
  start: number
  end: number
  failures: FailureRow
  /** Monotonic milliseconds. */
  startedAt: number
}

/** So many objects may wait for their next attempt: then no others are begun. Their files are open. */
const MOST_RESTING = 256

const isOtherVersion = ({ class: failureClass, code, httpStatus }: Failure): boolean =>
  failureClass === 'changed' && (code === 'etag-differs' || httpStatus === 412)

const ENDS_THE_JOB: readonly Failure['class'][] = ['disk-full', 'disk-denied', 'locked']
/** These belong to the object, not to the way to it: asking again brings nothing. */
const ENDS_THE_OBJECT: readonly Failure['class'][] = ['missing', 'denied', 'archived', 'unsafe-path', 'disk']
/** Wrong bytes are fetched once more and then named; a source that keeps changing gets two chances. */
const MAX_RESTARTS = { corrupt: 1, changed: 2 }
/**
 * Behind one address there may be copies of a bucket that have the same bytes and ETags of their own. Before bytes are
 * thrown away the object is asked for again as it was pinned. When it has not been given so many times in a row, S3 is asked
 * what it is, each time that many more have come, ...
 */
const OTHERS_IN_DOUBT = 8
/** ... but not for ever, ... */
const MOST_OTHERS = 24
/** ... and hardly at all where nothing has ever been given as it was pinned. */
const MOST_OTHERS_AT_FIRST = 4
const OTHER_COPY_MS = { first: 25, most: 1000 }

export type TransferBook = ReturnType<typeof createTransferBook>

export function createTransferBook(options: TransferBookOptions) {
  const { table, landing, line, now, onWork, onObject, onFatal } = options
  const waiting = createWaitingObjects()
  const groups = new Map<string, PrefixGroup>()
  const open = createPassingTable<OpenObject>()
  const running = createPassingTable<RunningTask>()
  const restarts = new Map<number, number>()
  /** A weak ETag matches no If-Match (RFC 9110, 13.1.1): then what the answers name is held against it alone. */
  let refusesItsEtags = false
  /** A request that named a pinned ETag was granted. */
  let grantsEtags = false
  let nextTaskId = 1
  let served = 0
  /** Objects that are on their way through the disk: begun, verified and landed, taken back. */
  let inTransit = 0
  /** Of these, such as are whole, and bring no more ranges unless they prove wrong. */
  let landings = 0
  let onTransitEnd: (() => void) | undefined
  let waitingBytes = 0
  let landedBytes = 0
  let lastLanded: number | undefined
  let retries = 0
  let isStopped = false

  // -- handing out ------------------------------------------------------------------------------------------

  /** The next task for an idle connection; undefined when there is none just now. */
  function next(lineId: number, allowance: Allowance): FetchTask | undefined {
    if (isStopped) return undefined
    const bytes = partBytes(allowance)
    refill(allowance, bytes)
    const chosen = chooseOpenPart(open.values(), now(), line.thread(lineId), allowance.mayAsk)
    const range = chosen?.object.pending[chosen.position]
    if (!chosen || !range) return splitRunning(lineId, allowance)
    const { object, position } = chosen
    object.pending.splice(position, 1)
    const inOnePiece = object.wholeOnly || object.file.kind === 'whole'
    const part = inOnePiece ? range : cutPart(range, bytes)
    if (part.end < range.end) object.pending.splice(position, 0, { ...range, start: part.end })
    return start(object, lineId, part.start, part.end, range.failures)
  }

  function start(object: OpenObject, lineId: number, from: number, to: number, failures: FailureRow): FetchTask {
    const taskId = nextTaskId++
    object.group.lastServed = ++served
    object.running.add(taskId)
    object.writer = line.thread(lineId)
    running.add(taskId, { taskId, object, lineId, start: from, end: to, failures, startedAt: now() })
    const task: FetchTask = {
      taskId,
      key: object.key,
      range: { start: from, end: to },
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
  function splitRunning(lineId: number, allowance: Allowance): FetchTask | undefined {
    if (waiting.size > 0 || inTransit > landings) return undefined
    const split = chooseSplit(splittable(allowance.mayAsk))
    const task = split && running.get(split.taskId)
    if (!split || !task) return undefined
    const end = task.end
    task.end = split.at
    line.shrink(task.lineId, split.at)
    return start(task.object, lineId, split.at, end, NO_FAILURES)
  }

  function* splittable(mayAsk: (group: string) => boolean): Generator<RunningRange> {
    for (const { taskId, object, lineId, start: from, end, failures } of running.values()) {
      if (object.isHeld || object.wholeOnly || object.file.kind === 'whole' || !mayAsk(object.group.name)) continue
      const reached = Math.max(from, line.reached(lineId, taskId))
      // What has failed and brings nothing would fail twice.
      if (failures.length > 0 && reached === from) continue
      yield { taskId, reached, end, bytesPerSecond: line.bytesPerSecond(lineId) }
    }
  }

  /** Opens objects ahead, so that a connection that comes free finds a range at once. */
  function refill(allowance: Allowance, bytes: number): void {
    const wantedParts = 2 * allowance.connections
    const wantedOpen = wantedOpenObjects(allowance.connections)
    let { objects, parts } = workAhead(bytes)
    while (objects + inTransit < wantedOpen || parts + inTransit < wantedParts) {
      const index = waiting.take(allowance.mayAsk)
      if (index === undefined) return
      waitingBytes -= table.size(index)
      const group = groupOf(subPrefixOf(table.key(index)))
      const object = landing.beginAtOnce(index, group)
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

  function partBytes({ connections, listingComplete }: Allowance): number {
    let unassignedBytes = Number.POSITIVE_INFINITY
    if (listingComplete) {
      unassignedBytes = waitingBytes
      for (const object of open.values()) unassignedBytes += pendingBytes(object)
    }
    return choosePartSize({ partSize: options.partSize, unassignedBytes, connections })
  }

  async function begin(index: number, group: PrefixGroup): Promise<void> {
    const begun = await transit(landing.begin(index, group))
    if (!begun.ok) failObject(index, begun.failure, 1)
    else if (!begun.value) settleLanded(index)
    else if (isStopped) await landing.abandon(begun.value)
    else {
      addOpen(begun.value)
      if (isComplete(begun.value)) await complete(begun.value)
    }
    onWork()
  }

  function addOpen(object: OpenObject): void {
    open.add(object.index, object)
    table.setState(object.index, 'active')
  }

  // -- taking back ------------------------------------------------------------------------------------------

  /** Takes back what a connection reports; each task exactly once. */
  function settle(outcome: TaskOutcome): void {
    const task = running.get(outcome.taskId)
    if (!task) return
    const { object } = task
    running.delete(outcome.taskId)
    object.running.delete(outcome.taskId)
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
      if (isComplete(object) && (!object.isHeld || object.file.kind === 'whole')) finish(object)
    } else if (object.file.kind === 'whole') void transit(recoverSmall(object, task, reached, outcome.failure))
    else {
      markDone(object, { start: task.start, end: reached })
      recover(object, task, reached, outcome.failure)
    }
    if (object.running.size > 0) return
    object.writer = undefined
    object.onQuiet?.()
  }

  function finish(object: OpenObject): void {
    if (object.file.kind === 'open') {
      void complete(object)
      return
    }
    open.delete(object.index)
    landing.landed(object)
    settleLanded(object.index)
  }

  async function complete(object: OpenObject): Promise<void> {
    object.isHeld = true
    table.setState(object.index, 'verifying')
    landings++
    const landed = await transit(landing.land(object))
    landings--
    if (landed.ok) {
      open.delete(object.index)
      settleLanded(object.index)
    } else {
      const { failure } = landed
      noteError(
        object,
        { start: 0, reached: object.size, end: object.size, attempt: 1, failure },
        afterRestart(object, failure.class === 'changed' ? 'changed' : 'corrupt', failure),
      )
      if (failure.class === 'corrupt' || failure.class === 'changed') await restart(object, failure.class, failure)
      else await giveUp(object, failure, 1)
    }
    onWork()
  }

  /** A small object whose worker failed half-way goes on from where it got to, in a file of its own. */
  async function recoverSmall(object: OpenObject, task: RunningTask, reached: number, failure: Failure): Promise<void> {
    if (reached === task.start || (object.isHeld && !isStopped)) {
      recover(object, task, task.start, failure)
      return
    }
    const kept = await landing.keepPart(object)
    if (!kept.ok) return giveUp(object, kept.failure, 1)
    markDone(object, { start: task.start, end: reached })
    recover(object, task, reached, failure)
  }

  function recover(object: OpenObject, task: RunningTask, reached: number, failure: Failure): void {
    const isCancelled = failure.class === 'cancelled'
    const before = reached > task.start ? NO_FAILURES : task.failures
    const at = { now: now(), heardAt: options.heardAt(failure.class) }
    const row = addFailure(before, at)
    const isNews = task.startedAt >= object.failures.lastAt
    if (!isCancelled && reached === task.start && isNews) object.failures = addFailure(object.failures, at)
    const failures = isCancelled || reached > task.start ? before : row
    const rest = { start: reached, end: task.end, failures, notBefore: 0 }
    const attempt = task.failures.length + 1
    const note = (action: ErrorNews['action']) =>
      noteError(object, { start: task.start, reached, end: task.end, attempt, failure }, action)
    if (object.isHeld) giveBack(object, rest)
    else if (ENDS_THE_JOB.includes(failure.class)) {
      note('stop')
      giveBack(object, rest)
      onFatal(failure)
    } else if (isOtherVersion(failure)) void doubt(object, { ...rest, failures: row }, failure, note)
    else if (failure.class === 'changed') {
      note(afterRestart(object, 'changed', failure))
      void restart(object, 'changed', failure)
    } else if (failure.code === 'range-ignored') {
      note('restart')
      void fetchWhole(object)
    } else if (ENDS_THE_OBJECT.includes(failure.class)) {
      note('give-up')
      void giveUp(object, failure, row.length)
    } else if (failure.class === 'corrupt' && isComplete(object)) {
      // A small object that its worker could not prove right: the landing takes a closer look.
      finish(object)
    } else if (isComplete(object)) {
      // The last byte was there before the connection broke, as in a chunked answer without its end.
      note('retry')
      finish(object)
    } else {
      const delay = isCancelled ? 0 : options.retryAfterMs(failure, row)
      if (delay === undefined) {
        note('give-up')
        void giveUp(object, failure, row.length)
        return
      }
      if (!isNormalEnd(failure, row.length)) {
        note('retry')
        if (!isCancelled) retries++
      }
      giveBack(object, { ...rest, notBefore: now() + delay })
      onWork()
    }
  }

  function noteError({ key }: OpenObject, news: Omit<ErrorNews, 'key' | 'action'>, action: ErrorNews['action']): void {
    // What we closed ourselves is told by whoever closed it.
    const isOurs = news.failure.class === 'cancelled' || (news.failure.class === 'stalled' && action === 'retry')
    if (!isOurs) options.onError?.({ key, ...news, action })
  }

  /**
   * Another ETag was answered: the object has become another one, or a copy of it has answered. What has been written is
   * of the pinned one in any case, for nothing else is ever written.
   */
  async function doubt(
    object: OpenObject,
    rest: PendingRange,
    failure: Failure,
    note: (action: ErrorNews['action']) => void,
  ): Promise<void> {
    const others = Math.max(1, object.failures.length)
    const most = grantsEtags || receivingTasks() > 0 ? MOST_OTHERS : MOST_OTHERS_AT_FIRST
    const mayBeCondition = failure.httpStatus === 412 && most === MOST_OTHERS_AT_FIRST
    object.isHeld = true
    const isLook = mayBeCondition || others % OTHERS_IN_DOUBT === 0
    const still =
      others >= most ? success(false) : isLook ? await transit(landing.isStill(object.index)) : success(true)
    object.isHeld = false
    const isCancelled = !still.ok && still.failure.class === 'cancelled'
    if (!isCancelled && !(still.ok && still.value)) {
      note(afterRestart(object, 'changed', failure))
      return restart(object, 'changed', failure)
    }
    if (mayBeCondition) refusesItsEtags = true
    note('retry')
    retries++
    const wait = mayBeCondition ? 0 : Math.min(OTHER_COPY_MS.most, OTHER_COPY_MS.first * 2 ** (others - 1))
    giveBack(object, { ...rest, notBefore: now() + wait })
    onWork()
  }

  /** What `restart` will do. */
  function afterRestart(object: OpenObject, kind: 'changed' | 'corrupt', failure: Failure): ErrorNews['action'] {
    const mayRestart = failure.class === kind && (restarts.get(object.index) ?? 0) < MAX_RESTARTS[kind]
    return mayRestart ? 'restart' : 'give-up'
  }

  /** The server sends whole objects only: one connection takes all of it, in one request. */
  async function fetchWhole(object: OpenObject): Promise<void> {
    await hold(object)
    object.wholeOnly = true
    object.done = []
    if (object.proof) object.proof.sums = []
    object.pending = [{ start: 0, end: object.size, failures: NO_FAILURES, notBefore: 0 }]
    object.isHeld = false
    onWork()
  }

  /** The object is fetched anew, alone; everything else goes on. */
  async function restart(object: OpenObject, kind: 'changed' | 'corrupt', failure: Failure): Promise<void> {
    const count = (restarts.get(object.index) ?? 0) + 1
    restarts.set(object.index, count)
    if (count > MAX_RESTARTS[kind]) return giveUp(object, failure, count)
    const pinned = await transit(replace(object))
    if (!pinned.ok) return failObject(object.index, pinned.failure, count)
    const { index, etag, size } = object
    const isSame = isOtherVersion(failure) && table.etag(index) === etag && table.size(index) === size
    if (!isSame) onObject({ kind, index, failure })
    table.setState(object.index, 'waiting')
    addWaiting(object.index)
    onWork()
  }

  /** Away with what was written, and a fresh look at what the object is now. */
  async function replace(object: OpenObject): Promise<Outcome<void>> {
    await hold(object)
    await landing.discard(object)
    open.delete(object.index)
    return landing.repin(object.index)
  }

  async function transit<T>(work: Promise<T>): Promise<T> {
    inTransit++
    try {
      return await work
    } finally {
      inTransit--
      if (inTransit === 0) onTransitEnd?.()
    }
  }

  async function untilNoTransit(): Promise<void> {
    if (inTransit === 0) return
    await new Promise<void>((resolve) => {
      onTransitEnd = resolve
    })
  }

  async function giveUp(object: OpenObject, failure: Failure, attempts: number): Promise<void> {
    await transit(hold(object).then(() => landing.abandon(object)))
    open.delete(object.index)
    failObject(object.index, failure, attempts)
  }

  /** Nothing more is handed out; resolves when nobody writes to the file. */
  function hold(object: OpenObject): Promise<void> {
    object.isHeld = true
    for (const taskId of object.running) {
      const task = running.get(taskId)
      if (task) line.close(task.lineId)
    }
    return whenQuiet(object)
  }

  function failObject(index: number, failure: Failure, attempts: number): void {
    // Whoever asks for it again gives it all its chances again.
    restarts.delete(index)
    if (failure.class === 'cancelled') table.setState(index, 'waiting')
    else if (ENDS_THE_JOB.includes(failure.class)) {
      table.setState(index, 'waiting')
      onFatal(failure)
    } else {
      table.setState(index, 'failed', failure.class)
      onObject({ kind: 'failed', index, failure, attempts })
    }
    onWork()
  }

  function settleLanded(index: number): void {
    if (table.state(index) !== 'skipped') table.setState(index, 'done')
    landedBytes += table.size(index)
    if (table.size(index) > 0) lastLanded = index
    onObject({ kind: 'landed', index })
  }

  function addWaiting(index: number): void {
    waiting.add(subPrefixOf(table.key(index)), index)
    waitingBytes += table.size(index)
  }

  function groupOf(name: string): PrefixGroup {
    const known = groups.get(name)
    if (known) return known
    const fresh = { name, lastServed: 0 }
    groups.set(name, fresh)
    return fresh
  }

  function isTrueOf(taskId: number, test: (object: OpenObject) => boolean): boolean {
    const task = running.get(taskId)
    return task !== undefined && test(task.object)
  }

  /** Running tasks that have brought bytes. */
  function receivingTasks(): number {
    let receiving = 0
    for (const { taskId, lineId, start: from } of running.values()) if (line.reached(lineId, taskId) > from) receiving++
    return receiving
  }

  /** Bytes of an object that are on disk or on their way there. */
  function liveBytes(index: number): number {
    const object = open.get(index)
    return object ? liveBytesOf(object) : 0
  }

  function liveBytesOf(object: OpenObject): number {
    let bytes = doneBytes(object)
    for (const taskId of object.running) {
      const task = running.get(taskId)
      if (task) bytes += Math.max(0, Math.min(line.reached(task.lineId, taskId), task.end) - task.start)
    }
    return bytes
  }

  return {
    addWaiting,
    /** The object is there from an earlier run. */
    addSkipped(index: number): void {
      table.setState(index, 'skipped')
      settleLanded(index)
    },
    /** It fails by its name before it was begun. */
    fail: (index: number, failure: Failure) => failObject(index, failure, 1),
    next,
    settle,
    liveBytes,
    /** What the job has on disk, finished objects included. */
    bytesDone(): number {
      let bytes = landedBytes
      for (const object of open.values()) bytes += liveBytesOf(object)
      return bytes
    },
    openObjects: () => open.values(),
    /** What running tasks of an object have written so far. */
    runningSpans(object: OpenObject): Span[] {
      const spans: Span[] = []
      for (const taskId of object.running) {
        const task = running.get(taskId)
        const reached = task ? Math.min(line.reached(task.lineId, taskId), task.end) : 0
        if (task && reached > task.start) spans.push([task.start, reached])
      }
      return spans
    },
    /** How often a running task's range has failed since its last fresh byte. */
    failuresOf: (taskId: number): number => running.get(taskId)?.failures.length ?? 0,
    /** The object of a running task seems not to be had. */
    isDoubtful: (taskId: number): boolean => isTrueOf(taskId, isDoubtful),
    /** What the object of a running task is refused says nothing about others. */
    isRefusedForItself: (taskId: number): boolean => isTrueOf(taskId, isRefusedForItself),
    counts: () => ({ retries, waiting: waiting.size, open: open.size }),
    /**
     * A running task gives up the rest of its range, all but `graceBytes` that are on their way: another connection
     * takes over without a gap and without a byte fetched twice.
     */
    handOver(taskId: number, graceBytes: number): void {
      const task = running.get(taskId)
      if (!task || task.object.isHeld || task.object.wholeOnly || task.object.file.kind === 'whole') return
      const reached = Math.max(task.start, line.reached(task.lineId, taskId))
      const at = reached + graceBytes
      if (at >= task.end) return
      // What has failed and brings nothing is no better elsewhere, and its next failure must not be another range's.
      if (reached === task.start && task.failures.length > 0) return
      giveBack(task.object, { start: at, end: task.end, failures: NO_FAILURES, notBefore: 0 })
      task.end = at
      line.shrink(task.lineId, at)
    },
    /** Bytes are wanted: not all that is left is on its way through the disk. */
    wantsBytes(): boolean {
      if (waiting.size > 0) return true
      for (const object of open.values()) if (!object.isHeld) return true
      return false
    },
    /** Some range could be handed out, now or in a moment. */
    hasWaitingWork(): boolean {
      if (waiting.size > 0 || inTransit > landings) return true
      for (const object of open.values()) if (object.pending.length > 0) return true
      return false
    },
    /** Only such objects are left as have failed before and bring nothing. */
    isLeftWithFailures(): boolean {
      if (open.size === 0 || waiting.size > 0 || inTransit > 0 || receivingTasks() > 0) return false
      for (const object of open.values()) if (object.failures.length === 0) return false
      return true
    },
    receivingTasks,
    /** Of the object that has landed last, empty ones apart. */
    landed: () => (lastLanded === undefined ? undefined : { key: table.key(lastLanded), etag: table.etag(lastLanded) }),
    /** Nothing waits, runs or is on its way through the disk. */
    isIdle: () => waiting.size === 0 && inTransit === 0 && open.size === 0,
    /** Hands out nothing more and closes all files; the caller has closed all connections. */
    async stop(): Promise<void> {
      isStopped = true
      await untilNoTransit()
      await Promise.all([...open.values()].map(hold))
      // Small objects that were cut off half-way are given files of their own.
      await untilNoTransit()
      await Promise.all([...open.values()].map((object) => landing.abandon(object)))
    },
  }
}
