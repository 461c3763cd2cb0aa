/**
 * The shell over all connections: opens, feeds, replaces and closes them as the pure decisions of this folder say,
 * and keeps the books that prove it (opened - closed = open).
 *
 * A line is born `connecting`, becomes `warm` when its handshake is done, `active` while a task runs, `draining` when
 * it may finish its task but gets no new one, and leaves the pool when its socket is closed.
 */
import type { Failure } from '../../../shared/failure.ts'
import type { ConnectionView } from '../../../shared/metrics-snapshot.ts'
import type { Clock, DataPlane, Endpoint, FetchTask, LineNews, Random, TaskOutcome } from '../engine-ports.ts'
import { isNeverGranted, type LineAnswers, NO_ANSWERS } from './judge-server.ts'
import { foldLineSpeed } from './line-speed.ts'

export type PoolLine = {
  readonly id: number
  readonly address: string
  readonly generation: number
  readonly openedAt: number
  state: 'connecting' | 'warm' | 'active' | 'draining'
  handshakeMs: number
  /** Requests sent on it, the running one included. */
  requests: number
  answers: LineAnswers
  /** Body bytes received since it was opened. */
  bytes: number
  /** Monotonic milliseconds of the last byte, or of the last change of state. */
  lastByteAt: number
  task: FetchTask | undefined
  /** The task that has just been reported, while its outcome is being handled. */
  lastTask: FetchTask | undefined
  taskStartedAt: number
  /** Time it has spent receiving, milliseconds, and what came in it: the ground its speed stands on. */
  workedMs: number
  workedBytes: number
  /** First byte of the running task; 0 before it. */
  firstByteAt: number
  /** Smoothed. */
  bytesPerSecond: number
  /** Since when it has nothing to do; 0 while it has. */
  idleSince: number
  /** Why it is being closed by us, when it is. */
  closing: string | undefined
  /** It works on until a fresh connection can take over; the cause. */
  leaving: string | undefined
  /** Its socket is closed. */
  isGone: boolean
  /** In [0, 1): spreads retirement. */
  readonly jitter: number
}

/** It is neither being closed nor to be replaced. */
export const isStaying = (line: PoolLine): boolean => !line.leaving && !line.closing

/** The service has granted something on it. */
export const isAnswered = (line: PoolLine): boolean => line.firstByteAt > 0 || !isNeverGranted(line.answers)

export type ConnectionPoolOptions = {
  dataPlane: DataPlane
  clock: Clock
  random: Random
  onOutcome(outcome: TaskOutcome, line: PoolLine): void
  onOpened(line: PoolLine): void
  /** The socket is gone. `failure` only where neither side meant to close it. */
  onClosed(line: PoolLine, failure: Failure | undefined): void
  /** The data plane cannot go on. */
  onBroken(detail: string): void
}

export type ConnectionPool = ReturnType<typeof createConnectionPool>

export function createConnectionPool(options: ConnectionPoolOptions) {
  const { dataPlane, clock } = options
  const lines = new Map<number, PoolLine>()
  let nextLineId = 1
  /** Received by connections that are closed. */
  let closedBytes = 0
  let lastTickAt = clock.monotonic()

  dataPlane.subscribe((news) => {
    for (const item of news) receive(item)
  })

  function receive(item: LineNews): void {
    if (item.kind === 'broken') {
      options.onBroken(item.detail)
      return
    }
    if (item.kind === 'finished') {
      const line = lines.get(item.outcome.lineId)
      if (!line) return
      line.lastTask = line.task
      line.task = undefined
      line.idleSince = clock.monotonic()
      if (line.state === 'active') line.state = 'warm'
      if (item.outcome.lineEnds) line.closing ??= 'ended'
      options.onOutcome(item.outcome, line)
      if (line.isGone) remove(line, undefined)
      else if (line.state === 'draining' && !line.closing) close(line, 'drained')
      return
    }
    const line = lines.get(item.lineId)
    if (!line) return
    if (item.kind === 'opened') {
      line.handshakeMs = item.handshakeMs
      line.idleSince = clock.monotonic()
      if (line.state === 'connecting') line.state = 'warm'
      options.onOpened(line)
    } else {
      line.isGone = true
      // The last look at its counters: they go with it.
      line.bytes = dataPlane.counters(line.id).bytes
      closedBytes += line.bytes
      // A task that was on its way to it comes back as an outcome of its own.
      if (!line.task) remove(line, item.failure)
    }
  }

  function remove(line: PoolLine, failure: Failure | undefined): void {
    lines.delete(line.id)
    options.onClosed(line, line.closing ? undefined : failure)
  }

  function close(line: PoolLine, why: string): void {
    if (line.closing || line.isGone) return
    line.closing = why
    dataPlane.close(line.id)
  }

  /** Where its task has got to; the start of its range while it has not begun. */
  function reached(line: PoolLine): number {
    const counters = dataPlane.counters(line.id)
    return line.task && counters.taskId === line.task.taskId ? counters.reached : (line.task?.range.start ?? 0)
  }

  return {
    lines: () => lines.values(),
    get: (lineId: number) => lines.get(lineId),
    get size() {
      return lines.size
    },

    open(address: string, generation: number, endpoint: Endpoint): PoolLine {
      const now = clock.monotonic()
      const line: PoolLine = {
        id: nextLineId++,
        address,
        generation,
        openedAt: now,
        state: 'connecting',
        handshakeMs: 0,
        requests: 0,
        answers: NO_ANSWERS,
        bytes: 0,
        lastByteAt: now,
        task: undefined,
        lastTask: undefined,
        taskStartedAt: 0,
        workedMs: 0,
        workedBytes: 0,
        firstByteAt: 0,
        bytesPerSecond: 0,
        idleSince: 0,
        closing: undefined,
        leaving: undefined,
        isGone: false,
        jitter: options.random(),
      }
      lines.set(line.id, line)
      dataPlane.open({ lineId: line.id, address, endpoint })
      return line
    },

    assign(line: PoolLine, task: FetchTask, endpoint: Endpoint): void {
      const now = clock.monotonic()
      line.task = task
      line.state = 'active'
      line.requests++
      line.taskStartedAt = now
      line.firstByteAt = 0
      line.lastByteAt = now
      line.idleSince = 0
      dataPlane.assign(line.id, task, endpoint)
    },

    close,
    /** Finishes its task, gets no other, then closes. */
    drain(line: PoolLine, why: string): void {
      if (line.task) line.state = 'draining'
      else close(line, why)
    },
    closeAll(why: string): void {
      for (const line of lines.values()) close(line, why)
    },

    /** Reads the shared counters; folds them into the lines' speeds. */
    tick(): void {
      const now = clock.monotonic()
      const elapsed = now - lastTickAt
      lastTickAt = now
      if (elapsed <= 0) return
      for (const line of lines.values()) {
        if (line.isGone) continue
        const counters = dataPlane.counters(line.id)
        const fresh = counters.bytes - line.bytes
        // The last bytes of the task before may have been counted only now.
        if (line.firstByteAt === 0 && line.task && reached(line) > line.task.range.start) line.firstByteAt = now
        if (fresh > 0) line.lastByteAt = Math.max(line.lastByteAt, counters.lastByteAt)
        line.bytes = counters.bytes
        if (!line.task || line.firstByteAt === 0) continue
        Object.assign(line, foldLineSpeed(line, { elapsedMs: elapsed, bytes: fresh }))
      }
    },

    reached,

    /** By all connections, closed ones included. */
    bytesReceived(): number {
      let bytes = closedBytes
      for (const line of lines.values()) if (!line.isGone) bytes += dataPlane.counters(line.id).bytes
      return bytes
    },

    /** The data plane is down, its sockets with it, whether or not the last of them could still be reported. */
    forgetAll(): void {
      for (const line of lines.values()) if (!line.isGone) closedBytes += dataPlane.counters(line.id).bytes
      lines.clear()
    },

    counts() {
      const counts = { active: 0, connecting: 0, idle: 0, closeWait: 0 }
      for (const line of lines.values()) {
        if (line.state === 'connecting') counts.connecting++
        else if (line.task) counts.active++
        else counts.idle++
      }
      return counts
    },

    view(): ConnectionView[] {
      const now = clock.monotonic()
      return [...lines.values()].map((line) => ({
        id: line.id,
        state: line.state,
        address: line.address,
        generation: line.generation,
        ageSeconds: (now - line.openedAt) / 1000,
        requests: line.requests,
        bytes: line.bytes,
        bytesPerSecond: line.task ? line.bytesPerSecond : 0,
        key: line.task?.key ?? '',
      }))
    },
  }
}
