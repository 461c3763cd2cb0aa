/**
 * A data plane without sockets: "downloads" objects of a bucket in memory into the
 * real files it is given, by the clock it is given. Unlike the simulator's, which
 * moves numbers, it moves bytes, so that the engine can be tested to the disk.
 */
import type { Clock, ConnectionEvent, DataPlane, FetchTask } from '../../engine-ports.ts'
import { unsentOutcome } from '../../transport/exchange.ts'
import { createMemoryConnection, type MemoryConnection, type TaskFate } from './connection.ts'
import type { MemoryBucket } from './source.ts'

export type MemoryDataPlaneOptions = {
  bucket: MemoryBucket
  clock: Clock
  /** Of each connection. */
  bytesPerSecond?: number
  handshakeMs?: number
  /** Called for every task; `attempt` counts the tasks for this key, from 1. */
  fate?(task: FetchTask, attempt: number): TaskFate | undefined
}

export type MemoryDataPlane = DataPlane & {
  /** All tasks that were assigned, in order. */
  tasks: readonly FetchTask[]
}

/** As of any bucket that is far away and good. */
const DEFAULT_BYTES_PER_SECOND = 50e6
const NO_COUNTERS = { bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }

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

  function remove(connectionId: number): void {
    if (!connections.delete(connectionId)) return
    sockets.closed++
    report({ kind: 'closed', connectionId })
  }

  return {
    tasks,
    open({ connectionId, address }) {
      sockets.opened++
      const connection = createMemoryConnection({
        id: connectionId,
        address,
        bucket,
        clock,
        bytesPerSecond,
        onFinished: (outcome) => report({ kind: 'finished', outcome }),
        onShortened: (taskId, end) => report({ kind: 'shortened', connectionId, taskId, end }),
        onEnd: () => remove(connectionId),
      })
      connections.set(connectionId, connection)
      known.set(connectionId, connection)
      clock.after(handshakeMs, () => {
        if (connections.has(connectionId)) report({ kind: 'opened', connectionId, handshakeMs })
      })
    },
    assign(connectionId, task) {
      tasks.push(task)
      const connection = connections.get(connectionId)
      if (!connection) {
        report({ kind: 'finished', outcome: unsentOutcome(task, connectionId) })
        return
      }
      const attempt = (attempts.get(task.key) ?? 0) + 1
      attempts.set(task.key, attempt)
      connection.assign(task, () => options.fate?.(task, attempt))
    },
    shorten: (connectionId, { taskId, keep }) => connections.get(connectionId)?.shorten(taskId, keep),
    close: (connectionId) => connections.get(connectionId)?.close(),
    thread: () => 0,
    counters: (connectionId) => known.get(connectionId)?.counters() ?? NO_COUNTERS,
    setRateLimit() {},
    socketCounts: () => ({ ...sockets }),
    blockedMs: () => 0,
    diskWriteMs: () => 1,
    subscribe: (listener) => void listeners.push(listener),
    async shutDown() {
      for (const connection of [...connections.values()]) connection.close()
    },
  }
}
