/**
 * A data plane without sockets: "downloads" objects of a bucket in memory into the
 * real files it is given, by the clock it is given. Unlike the simulator's, which
 * moves numbers, it moves bytes, so that the engine can be tested to the disk.
 */
import { type Failure, failed } from '../../../../shared/failure.ts'
import type { Clock, ConnectionEvent, DataPlane, FetchTask, TaskOutcome } from '../../engine-ports.ts'
import { chooseEnd } from '../../transport/choose-end.ts'
import { neverAsked } from '../../transport/exchange.ts'
import { openTaskFile, type TaskWriter } from '../../transport/task-writer.ts'
import type { MemoryBucket } from './source.ts'

/** What becomes of a task: it fails after so many bytes, or goes silent after so many. */
export type TaskFate = { afterBytes: number; failure: Failure; connectionEnds?: boolean } | { silentAfterBytes: number }

export type MemoryDataPlaneOptions = {
  bucket: MemoryBucket
  clock: Clock
  /** Of each connection. */
  bytesPerSecond?: number
  handshakeMs?: number
  /** Asked for every task; `attempt` counts the tasks for this key, from 1. */
  fate?(task: FetchTask, attempt: number): TaskFate | undefined
}

export type MemoryDataPlane = DataPlane & {
  /** All tasks that were assigned, in order. */
  tasks: readonly FetchTask[]
}

type MemoryConnection = {
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
  const connections = new Map<number, MemoryConnection>()
  /** Counters outlive their connection, as shared memory does. */
  const known = new Map<number, MemoryConnection>()
  const listeners: ((events: ConnectionEvent[]) => void)[] = []
  const tasks: FetchTask[] = []
  const attempts = new Map<string, number>()
  const sockets = { opened: 0, closed: 0 }
  const report = (event: ConnectionEvent) =>
    clock.after(0, () => {
      for (const listener of listeners) listener([event])
    })

  function begin(connection: MemoryConnection, task: FetchTask): void {
    const attempt = (attempts.get(task.key) ?? 0) + 1
    attempts.set(task.key, attempt)
    connection.taskId = task.taskId
    connection.reached = task.range.start
    connection.lastByteAt = clock.monotonic()
    const refusal = whyRefused(task)
    const opened = refusal ? failed(refusal) : openTaskFile(task.file)
    if (!opened.ok) {
      finish(connection, task, opened.failure, false)
      return
    }
    const fate = options.fate?.(task, attempt)
    connection.running = { task, end: task.range.end, begunAt: clock.monotonic(), writer: opened.value, fate }
    schedule(connection)
  }

  /** As S3 would: the key must be there, under the pinned ETag. */
  function whyRefused({ key, etag }: FetchTask): Failure | undefined {
    const object = bucket.find(key)
    if (!object) return { class: 'missing', code: 'NoSuchKey', httpStatus: 404, subject: key }
    const isChanged = etag !== '' && etag !== bucket.sums.etag(object)
    return isChanged ? { class: 'changed', code: 'PreconditionFailed', httpStatus: 412, subject: key } : undefined
  }

  function schedule(connection: MemoryConnection): void {
    connection.cancelTimer = clock.after(STEP_MS, () => step(connection))
  }

  function step(connection: MemoryConnection): void {
    const { running } = connection
    if (!running) return
    const { task, fate, writer } = running
    const allowed = Math.floor((bytesPerSecond * (clock.monotonic() - running.begunAt)) / 1000)
    const strikesAfter = fate && ('silentAfterBytes' in fate ? fate.silentAfterBytes : fate.afterBytes)
    const target = task.range.start + Math.min(allowed, strikesAfter ?? Number.POSITIVE_INFINITY)
    const failure = copy(connection, task, Math.min(target, running.end), writer)
    const isStruck = strikesAfter !== undefined && connection.reached === task.range.start + strikesAfter
    if (failure) end(connection, failure, false)
    else if (connection.reached === running.end) complete(connection)
    else if (!isStruck) schedule(connection)
    else if (fate && 'failure' in fate) end(connection, fate.failure, fate.connectionEnds ?? true)
  }

  function copy(connection: MemoryConnection, task: FetchTask, to: number, writer: TaskWriter): Failure | undefined {
    const length = to - connection.reached
    const object = bucket.find(task.key)
    if (length <= 0 || !object) return undefined
    const bytes = Buffer.allocUnsafe(length)
    bucket.read(object, bytes, connection.reached, length)
    const failure = writer.write(bytes, 0, length, connection.reached)
    if (failure) return failure
    connection.reached = to
    connection.bytes += length
    connection.lastByteAt = clock.monotonic()
    return undefined
  }

  function complete(connection: MemoryConnection): void {
    const { running } = connection
    if (!running) return
    const failure = running.writer.complete()
    connection.running = undefined
    // An answer that was cut short leaves bytes on the connection that nobody wants.
    finish(connection, running.task, failure, running.end < running.task.range.end)
  }

  function end(connection: MemoryConnection, failure: Failure, connectionEnds: boolean): void {
    connection.cancelTimer()
    const { running } = connection
    connection.running = undefined
    if (!running) return
    running.writer.abandon()
    finish(connection, running.task, failure, connectionEnds)
  }

  function finish(
    connection: MemoryConnection,
    task: FetchTask,
    failure: Failure | undefined,
    connectionEnds: boolean,
  ): void {
    const { reached } = connection
    const received = reached - task.range.start
    const outcome: TaskOutcome = {
      taskId: task.taskId,
      connectionId: connection.id,
      reached,
      received,
      firstByteMs: STEP_MS,
      connectionEnds,
    }
    if (failure) outcome.failure = { ...failure, address: connection.address }
    report({ kind: 'finished', outcome })
    if (connectionEnds) remove(connection)
  }

  function remove(connection: MemoryConnection): void {
    if (!connections.delete(connection.id)) return
    sockets.closed++
    report({ kind: 'closed', connectionId: connection.id })
  }

  return {
    tasks,
    open({ connectionId, address }) {
      sockets.opened++
      const lastByteAt = clock.monotonic()
      const fresh = { id: connectionId, address, bytes: 0, lastByteAt, reached: 0, taskId: 0, running: undefined }
      const connection: MemoryConnection = { ...fresh, cancelTimer: () => {} }
      connections.set(connectionId, connection)
      known.set(connectionId, connection)
      clock.after(handshakeMs, () => {
        if (connections.has(connectionId)) report({ kind: 'opened', connectionId, handshakeMs })
      })
    },
    assign(connectionId, task) {
      tasks.push(task)
      const connection = connections.get(connectionId)
      if (connection?.running) throw new Error(`connection ${connectionId} was given a second task`)
      if (connection) {
        begin(connection, task)
        return
      }
      report({ kind: 'finished', outcome: neverAsked(task, connectionId) })
    },
    shorten(connectionId, { taskId, keep }) {
      const connection = connections.get(connectionId)
      if (connection?.running?.task.taskId !== taskId) return
      const end = chooseEnd({ reached: connection.reached, end: connection.running.end, waiting: 0 }, keep)
      connection.running.end = end
      report({ kind: 'shortened', connectionId, taskId, end })
      if (connection.reached === end) {
        connection.cancelTimer()
        complete(connection)
      }
    },
    close(connectionId) {
      const connection = connections.get(connectionId)
      if (!connection) return
      end(connection, { class: 'cancelled' }, true)
      remove(connection)
    },
    thread: () => 0,
    counters(connectionId) {
      const { bytes, lastByteAt, reached, taskId } = known.get(connectionId) ?? {
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
      for (const connection of [...connections.values()]) {
        end(connection, { class: 'cancelled' }, true)
        remove(connection)
      }
    },
  }
}
