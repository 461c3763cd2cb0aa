/**
 * A data plane without sockets: "downloads" objects of a bucket in memory into the real files it is told, by the clock
 * it is given. Unlike the simulator's, which moves numbers, it moves bytes, so that the engine can be tested to the disk.
 */
import { type Failure, failed } from '../../../shared/failure.ts'
import type { Clock, DataPlane, FetchTask, LineNews, TaskOutcome } from '../engine-ports.ts'
import { openTaskFile, type TaskWriter } from '../transport/task-writer.ts'
import type { MemoryBucket } from './memory-source.ts'

/** What becomes of a task: it fails after so many bytes, or goes silent after so many. */
export type TaskFate = { afterBytes: number; failure: Failure; lineEnds?: boolean } | { silentAfterBytes: number }

export type MemoryDataPlaneOptions = {
  bucket: MemoryBucket
  clock: Clock
  /** Of each line. */
  bytesPerSecond?: number
  handshakeMs?: number
  /** Asked for every task; `attempt` counts the tasks for this key, from 1. */
  fate?(task: FetchTask, attempt: number): TaskFate | undefined
}

export type MemoryDataPlane = DataPlane & {
  /** All tasks that were assigned, in order. */
  tasks: readonly FetchTask[]
}

type MemoryLine = {
  id: number
  address: string
  bytes: number
  lastByteAt: number
  reached: number
  taskId: number
  running: { task: FetchTask; end: number; begunAt: number; writer: TaskWriter; fate: TaskFate | undefined } | undefined
  cancelTimer(): void
}

const STEP_MS = 5
/** As of any bucket that is far away and good. */
const DEFAULT_BYTES_PER_SECOND = 50e6

export function createMemoryDataPlane(options: MemoryDataPlaneOptions): MemoryDataPlane {
  const { bucket, clock, bytesPerSecond = DEFAULT_BYTES_PER_SECOND, handshakeMs = 1 } = options
  const lines = new Map<number, MemoryLine>()
  /** Counters outlive their line, as shared memory does. */
  const known = new Map<number, MemoryLine>()
  const listeners: ((news: LineNews[]) => void)[] = []
  const tasks: FetchTask[] = []
  const attempts = new Map<string, number>()
  const sockets = { opened: 0, closed: 0 }
  const report = (news: LineNews) =>
    clock.after(0, () => {
      for (const listener of listeners) listener([news])
    })

  function begin(line: MemoryLine, task: FetchTask): void {
    const attempt = (attempts.get(task.key) ?? 0) + 1
    attempts.set(task.key, attempt)
    line.taskId = task.taskId
    line.reached = task.range.start
    line.lastByteAt = clock.monotonic()
    const refusal = whyRefused(task)
    const opened = refusal ? failed(refusal) : openTaskFile(task.file)
    if (!opened.ok) {
      finish(line, task, opened.failure, false)
      return
    }
    const fate = options.fate?.(task, attempt)
    line.running = { task, end: task.range.end, begunAt: clock.monotonic(), writer: opened.value, fate }
    schedule(line)
  }

  /** As S3 would: the key must be there, under the pinned ETag. */
  function whyRefused({ key, etag }: FetchTask): Failure | undefined {
    const object = bucket.find(key)
    if (!object) return { class: 'missing', code: 'NoSuchKey', httpStatus: 404, subject: key }
    const isChanged = etag !== '' && etag !== bucket.sums.etag(object)
    return isChanged ? { class: 'changed', code: 'PreconditionFailed', httpStatus: 412, subject: key } : undefined
  }

  function schedule(line: MemoryLine): void {
    line.cancelTimer = clock.after(STEP_MS, () => step(line))
  }

  function step(line: MemoryLine): void {
    const { running } = line
    if (!running) return
    const { task, fate, writer } = running
    const allowed = Math.floor((bytesPerSecond * (clock.monotonic() - running.begunAt)) / 1000)
    const strikesAfter = fate && ('silentAfterBytes' in fate ? fate.silentAfterBytes : fate.afterBytes)
    const target = task.range.start + Math.min(allowed, strikesAfter ?? Number.POSITIVE_INFINITY)
    const failure = copy(line, task, Math.min(target, running.end), writer)
    const isStruck = strikesAfter !== undefined && line.reached === task.range.start + strikesAfter
    if (failure) end(line, failure, false)
    else if (line.reached === running.end) complete(line)
    else if (!isStruck) schedule(line)
    else if (fate && 'failure' in fate) end(line, fate.failure, fate.lineEnds ?? true)
  }

  function copy(line: MemoryLine, task: FetchTask, to: number, writer: TaskWriter): Failure | undefined {
    const length = to - line.reached
    const object = bucket.find(task.key)
    if (length <= 0 || !object) return undefined
    const bytes = Buffer.allocUnsafe(length)
    bucket.read(object, bytes, line.reached, length)
    const failure = writer.write(bytes, 0, length, line.reached)
    if (failure) return failure
    line.reached = to
    line.bytes += length
    line.lastByteAt = clock.monotonic()
    return undefined
  }

  function complete(line: MemoryLine): void {
    const { running } = line
    if (!running) return
    const failure = running.writer.complete()
    line.running = undefined
    // An answer that was cut short leaves bytes on the line that nobody wants.
    finish(line, running.task, failure, running.end < running.task.range.end)
  }

  function end(line: MemoryLine, failure: Failure, lineEnds: boolean): void {
    line.cancelTimer()
    const { running } = line
    line.running = undefined
    if (!running) return
    running.writer.abandon()
    finish(line, running.task, failure, lineEnds)
  }

  function finish(line: MemoryLine, task: FetchTask, failure: Failure | undefined, lineEnds: boolean): void {
    const { reached } = line
    const received = reached - task.range.start
    const outcome: TaskOutcome = {
      taskId: task.taskId,
      lineId: line.id,
      reached,
      received,
      firstByteMs: STEP_MS,
      lineEnds,
    }
    if (failure) outcome.failure = { ...failure, address: line.address }
    report({ kind: 'finished', outcome })
    if (lineEnds) remove(line)
  }

  function remove(line: MemoryLine): void {
    if (!lines.delete(line.id)) return
    sockets.closed++
    report({ kind: 'closed', lineId: line.id })
  }

  return {
    tasks,
    open({ lineId, address }) {
      sockets.opened++
      const lastByteAt = clock.monotonic()
      const fresh = { id: lineId, address, bytes: 0, lastByteAt, reached: 0, taskId: 0, running: undefined }
      const line: MemoryLine = { ...fresh, cancelTimer: () => {} }
      lines.set(lineId, line)
      known.set(lineId, line)
      clock.after(handshakeMs, () => {
        if (lines.has(lineId)) report({ kind: 'opened', lineId, handshakeMs })
      })
    },
    assign(lineId, task) {
      tasks.push(task)
      const line = lines.get(lineId)
      if (line?.running) throw new Error(`line ${lineId} was given a second task`)
      if (line) {
        begin(line, task)
        return
      }
      const nothing = { reached: task.range.start, received: 0, firstByteMs: 0, lineEnds: true }
      const failure = { class: 'reset', code: 'closed-before-answer' } as const
      report({ kind: 'finished', outcome: { taskId: task.taskId, lineId, ...nothing, failure } })
    },
    shrink(lineId, endAt) {
      const line = lines.get(lineId)
      if (!line?.running || endAt >= line.running.end) return
      line.running.end = Math.max(endAt, line.reached)
      if (line.reached === line.running.end) {
        line.cancelTimer()
        complete(line)
      }
    },
    close(lineId) {
      const line = lines.get(lineId)
      if (!line) return
      end(line, { class: 'cancelled' }, true)
      remove(line)
    },
    thread: () => 0,
    counters(lineId) {
      const { bytes, lastByteAt, reached, taskId } = known.get(lineId) ?? {
        bytes: 0,
        lastByteAt: 0,
        reached: 0,
        taskId: 0,
      }
      return { bytes, lastByteAt, reached, taskId }
    },
    setRateLimit() {},
    socketCounts: () => ({ ...sockets }),
    blockedMs: () => 0,
    diskWriteMs: () => 1,
    subscribe: (listener) => void listeners.push(listener),
    async shutDown() {
      for (const line of [...lines.values()]) {
        end(line, { class: 'cancelled' }, true)
        remove(line)
      }
    },
  }
}
