/**
 * The shell over all connections: opens, feeds, replaces and closes them as the pure decisions of this folder require,
 * and keeps the counts that prove it (opened - closed = open).
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { ConnectionView } from '../../../../shared/metrics-snapshot.ts'
import type { Clock, ConnectionEvent, DataPlane, Endpoint, FetchTask, Random, TaskOutcome } from '../../engine-ports.ts'
import { foldSpeed } from './connection-speed.ts'
import { openPooled, type PooledConnection, viewOf } from './pooled-connection.ts'

export type ConnectionPoolOptions = {
  dataPlane: DataPlane
  clock: Clock
  random: Random
  onOutcome(outcome: TaskOutcome, connection: PooledConnection): void
  onOpened(connection: PooledConnection): void
  /** The socket is closed. `failure` only if neither side meant to close it. */
  onClosed(connection: PooledConnection, failure: Failure | undefined): void
  /** Where a task ends that was to be shortened. */
  onShortened(taskId: number, end: number): void
  /** A worker of the data plane has died. */
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

  dataPlane.subscribe((events) => {
    for (const item of events) receive(item)
  })

  function receive(item: ConnectionEvent): void {
    if (item.kind === 'opened') noteOpened(item.connectionId, item.handshakeMs)
    else if (item.kind === 'finished') noteFinished(item.outcome)
    else if (item.kind === 'shortened') options.onShortened(item.taskId, item.end)
    else if (item.kind === 'closed') noteClosed(item.connectionId, item.failure)
    else options.onBroken(item.detail)
  }

  function noteOpened(connectionId: number, handshakeMs: number): void {
    const connection = connections.get(connectionId)
    if (!connection) return
    connection.handshakeMs = handshakeMs
    connection.idleSince = clock.monotonic()
    if (connection.state === 'connecting') connection.state = 'warm'
    options.onOpened(connection)
  }

  function noteFinished(outcome: TaskOutcome): void {
    const connection = connections.get(outcome.connectionId)
    if (!connection) return
    connection.lastTask = connection.task
    connection.task = undefined
    connection.idleSince = clock.monotonic()
    if (connection.state === 'active') connection.state = 'warm'
    if (outcome.connectionEnds) connection.closing ??= 'ended'
    options.onOutcome(outcome, connection)
    if (connection.isGone) remove(connection, undefined)
    else if (connection.state === 'draining' && !connection.closing) close(connection, 'drained')
  }

  function noteClosed(connectionId: number, failure: Failure | undefined): void {
    const connection = connections.get(connectionId)
    if (!connection) return
    connection.isGone = true
    // Its counters are read for the last time: the slot is reused.
    connection.bytes = dataPlane.counters(connection.id).bytes
    closedBytes += connection.bytes
    // A task that was on its way to it comes back as an outcome of its own.
    if (!connection.task) remove(connection, failure)
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
      const id = nextId++
      const openedAt = clock.monotonic()
      const connection = openPooled({ id, address, generation, openedAt, jitter: options.random() })
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
      return [...connections.values()].map((connection) => viewOf(connection, now))
    },
  }
}
