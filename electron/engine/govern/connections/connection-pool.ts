/**
 * The shell over all connections: opens, feeds, replaces and closes them as the pure decisions of this folder require,
 * and keeps the counts that prove it (opened - closed = open).
 *
 * A connection is born `connecting`, becomes `warm` when its handshake is done, `active` while a task runs, `draining`
 * when it may finish its task but gets no new one, and leaves the pool when its socket is closed.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { ConnectionView } from '../../../../shared/metrics-snapshot.ts'
import type { Clock, ConnectionNews, DataPlane, Endpoint, FetchTask, Random, TaskOutcome } from '../../engine-ports.ts'
import { foldSpeed } from './connection-speed.ts'
import { type ConnectionAnswers, isNeverGranted, NO_ANSWERS } from './judge-server.ts'

export type PooledConnection = {
  readonly id: number
  readonly address: string
  readonly generation: number
  readonly openedAt: number
  state: 'connecting' | 'warm' | 'active' | 'draining'
  handshakeMs: number
  /** Requests sent on it, the running one included. */
  requests: number
  answers: ConnectionAnswers
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
export const isStaying = (connection: PooledConnection): boolean => !connection.leaving && !connection.closing

/** The service has granted something on it. */
export const isAnswered = (connection: PooledConnection): boolean =>
  connection.firstByteAt > 0 || !isNeverGranted(connection.answers)

export type ConnectionPoolOptions = {
  dataPlane: DataPlane
  clock: Clock
  random: Random
  onOutcome(outcome: TaskOutcome, connection: PooledConnection): void
  onOpened(connection: PooledConnection): void
  /** The socket is gone. `failure` only where neither side meant to close it. */
  onClosed(connection: PooledConnection, failure: Failure | undefined): void
  /** Where a task ends that was to be shortened. */
  onShortened(taskId: number, end: number): void
  /** The data plane cannot go on. */
  onBroken(detail: string): void
}

export type ConnectionPool = ReturnType<typeof createConnectionPool>

export function createConnectionPool(options: ConnectionPoolOptions) {
  const { dataPlane, clock } = options
  const connections = new Map<number, PooledConnection>()
  let nextId = 1
  /** Received by connections that are closed. */
  let closedBytes = 0
  let lastTickAt = clock.monotonic()

  dataPlane.subscribe((news) => {
    for (const item of news) receive(item)
  })

  function receive(item: ConnectionNews): void {
    if (item.kind === 'broken') {
      options.onBroken(item.detail)
      return
    }
    if (item.kind === 'finished') {
      const connection = connections.get(item.outcome.connectionId)
      if (!connection) return
      connection.lastTask = connection.task
      connection.task = undefined
      connection.idleSince = clock.monotonic()
      if (connection.state === 'active') connection.state = 'warm'
      if (item.outcome.connectionEnds) connection.closing ??= 'ended'
      options.onOutcome(item.outcome, connection)
      if (connection.isGone) remove(connection, undefined)
      else if (connection.state === 'draining' && !connection.closing) close(connection, 'drained')
      return
    }
    if (item.kind === 'shortened') {
      options.onShortened(item.taskId, item.end)
      return
    }
    const connection = connections.get(item.connectionId)
    if (!connection) return
    if (item.kind === 'opened') {
      connection.handshakeMs = item.handshakeMs
      connection.idleSince = clock.monotonic()
      if (connection.state === 'connecting') connection.state = 'warm'
      options.onOpened(connection)
    } else {
      connection.isGone = true
      // The last look at its counters: they go with it.
      connection.bytes = dataPlane.counters(connection.id).bytes
      closedBytes += connection.bytes
      // A task that was on its way to it comes back as an outcome of its own.
      if (!connection.task) remove(connection, item.failure)
    }
  }

  function remove(connection: PooledConnection, failure: Failure | undefined): void {
    connections.delete(connection.id)
    options.onClosed(connection, connection.closing ? undefined : failure)
  }

  function close(connection: PooledConnection, why: string): void {
    if (connection.closing || connection.isGone) return
    connection.closing = why
    dataPlane.close(connection.id)
  }

  /** Where its task has got to; the start of its range while it has not begun. */
  function reached({ id, task }: PooledConnection): number {
    const counters = dataPlane.counters(id)
    return task && counters.taskId === task.taskId ? counters.reached : (task?.range.start ?? 0)
  }

  return {
    connections: () => connections.values(),
    get: (connectionId: number) => connections.get(connectionId),
    get size() {
      return connections.size
    },

    open(address: string, generation: number, endpoint: Endpoint): PooledConnection {
      const now = clock.monotonic()
      const connection: PooledConnection = {
        id: nextId++,
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
      connections.set(connection.id, connection)
      dataPlane.open({ connectionId: connection.id, address, endpoint })
      return connection
    },

    assign(connection: PooledConnection, task: FetchTask, endpoint: Endpoint): void {
      const now = clock.monotonic()
      connection.task = task
      connection.state = 'active'
      connection.requests++
      connection.taskStartedAt = now
      connection.firstByteAt = 0
      connection.lastByteAt = now
      connection.idleSince = 0
      dataPlane.assign(connection.id, task, endpoint)
    },

    close,
    /** Finishes its task, gets no other, then closes. */
    drain(connection: PooledConnection, why: string): void {
      if (connection.task) connection.state = 'draining'
      else close(connection, why)
    },
    closeAll(why: string): void {
      for (const connection of connections.values()) close(connection, why)
    },

    /** Reads the shared counters; folds them into the connections' speeds. */
    tick(): void {
      const now = clock.monotonic()
      const elapsed = now - lastTickAt
      lastTickAt = now
      if (elapsed <= 0) return
      for (const connection of connections.values()) {
        if (connection.isGone) continue
        const counters = dataPlane.counters(connection.id)
        const fresh = counters.bytes - connection.bytes
        // The last bytes of the task before may have been counted only now.
        if (connection.firstByteAt === 0 && connection.task && reached(connection) > connection.task.range.start)
          connection.firstByteAt = now
        if (fresh > 0) connection.lastByteAt = Math.max(connection.lastByteAt, counters.lastByteAt)
        connection.bytes = counters.bytes
        if (!connection.task || connection.firstByteAt === 0) continue
        Object.assign(connection, foldSpeed(connection, { elapsedMs: elapsed, bytes: fresh }))
      }
    },

    reached,

    /** By all connections, closed ones included. */
    bytesReceived(): number {
      let bytes = closedBytes
      for (const { id, isGone } of connections.values()) if (!isGone) bytes += dataPlane.counters(id).bytes
      return bytes
    },

    /** The data plane is down, its sockets with it, whether or not the last of them could still be reported. */
    forgetAll(): void {
      for (const { id, isGone } of connections.values()) if (!isGone) closedBytes += dataPlane.counters(id).bytes
      connections.clear()
    },

    counts() {
      const counts = { active: 0, connecting: 0, idle: 0, closeWait: 0 }
      for (const connection of connections.values()) {
        if (connection.state === 'connecting') counts.connecting++
        else if (connection.task) counts.active++
        else counts.idle++
      }
      return counts
    },

    view(): ConnectionView[] {
      const now = clock.monotonic()
      return [...connections.values()].map((connection) => ({
        id: connection.id,
        state: connection.state,
        address: connection.address,
        generation: connection.generation,
        ageSeconds: (now - connection.openedAt) / 1000,
        requests: connection.requests,
        bytes: connection.bytes,
        bytesPerSecond: connection.task ? connection.bytesPerSecond : 0,
        key: connection.task?.key ?? '',
      }))
    },
  }
}
