/**
 * A model of sockets, servers and disk behind the same port as the real workers.
 *
 * The weather scripts are those of the fault server. What the model adds: handshakes and round trips, TCP's growing
 * pauses between retransmissions after a cut, addresses that refuse or swallow connections, a disk that stalls.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { ConnectionEvent, DataPlane } from '../../engine-ports.ts'
import { chooseEnd } from '../../transport/choose-end.ts'
import { unsentOutcome } from '../../transport/exchange.ts'
import type { VirtualClock } from './virtual-clock.ts'
import {
  advance,
  beginTask,
  countersOf,
  noteCut,
  openConnection,
  type Running,
  stopOf,
  type VirtualConnection,
} from './virtual-connection.ts'
import { createVirtualFlow } from './virtual-flow.ts'
import { BROKEN, createVirtualServer } from './virtual-server.ts'
import { createWorldNow, type World } from './world-now.ts'

/** Speeds are worked out anew this often. */
const STEP_MS = 50

export type VirtualDataPlane = DataPlane & {
  /** Answers given and refused, by the server's count. */
  served(): { requests: number; refused: number }
  /** Nothing gets through just now. */
  isCut(): boolean
  /** Whether a request for its first byte on a connection of its own would be granted. */
  gives(key: string): boolean
  open(connection: { connectionId: number; address: string }): void
}

export function createVirtualDataPlane(options: { clock: VirtualClock; random: () => number; world: World }) {
  const { clock, random, world } = options
  const connections = new Map<number, VirtualConnection>()
  /** Counters outlive their connection, as shared memory does. */
  const gone = new Map<number, VirtualConnection>()
  const sockets = { opened: 0, closed: 0 }
  const listeners: ((events: ConnectionEvent[]) => void)[] = []
  let isShutDown = false
  const worldNow = createWorldNow(world, { seconds: clock.seconds, random })
  const flow = createVirtualFlow({ clock, worldNow, connections, stepMs: STEP_MS, onStop })
  const server = createVirtualServer({
    clock,
    world,
    worldNow,
    connections,
    stepMs: STEP_MS,
    onAccepted,
    onBody,
    onBroken: end,
    onRefused: (connection, failure) => finish(connection, failure, false),
  })
  step()

  function step(): void {
    const opened = [...connections.values()].filter(({ isOpen }) => isOpen)
    if (worldNow.isDown()) for (const connection of opened) end(connection, BROKEN)
    const isCut = worldNow.isLineCut()
    for (const connection of connections.values()) noteCut(connection, isCut, clock.monotonic())
    flow.update()
    if (!isShutDown) clock.after(STEP_MS, step)
  }

  function report(event: ConnectionEvent): void {
    clock.after(0, () => {
      for (const listener of listeners) listener([event])
    })
  }

  function onAccepted(connection: VirtualConnection): void {
    connection.isOpen = true
    connection.lastByteAt = clock.monotonic()
    report({ kind: 'opened', connectionId: connection.id, handshakeMs: clock.monotonic() - connection.openedAt })
  }

  function onBody(connection: VirtualConnection, running: Running): void {
    running.isReceiving = true
    connection.rate = 0
    connection.advancedAt = clock.monotonic()
    if (running.strikesAt <= running.reached && running.fate?.kind !== 'silence') onStop(connection, running)
    else flow.update()
  }

  /** The range is complete, or its fate strikes. */
  function onStop(connection: VirtualConnection, running: Running): void {
    if (connection.running !== running) return
    advance(connection, clock.monotonic())
    const isStruck = running.strikesAt < running.end
    // Fluid to whole bytes.
    running.reached = Math.round(stopOf(running))
    if (isStruck && running.fate?.kind === 'silence') {
      running.strikesAt = running.reached
      return
    }
    if (isStruck) {
      end(connection, BROKEN)
      return
    }
    const closesAfter = worldNow.closesAfterRequests()
    finish(connection, undefined, connection.requests >= closesAfter || running.end < running.task.range.end)
    flow.update()
  }

  function finish(connection: VirtualConnection, failure: Failure | undefined, connectionEnds: boolean): void {
    const { running } = connection
    if (!running) return
    connection.running = undefined
    connection.cancelTimer()
    const reached = Math.round(running.reached)
    const { taskId, range } = running.task
    connection.lastTaskId = taskId
    connection.lastReached = reached
    const outcome = {
      taskId,
      connectionId: connection.id,
      reached,
      received: reached - range.start,
      firstByteMs: running.firstByteMs,
      connectionEnds,
      ...(failure ? { failure: { ...failure, address: connection.address } } : {}),
    }
    report({ kind: 'finished', outcome })
    if (connectionEnds) remove(connection, undefined)
  }

  function end(connection: VirtualConnection, failure: Failure): void {
    advance(connection, clock.monotonic())
    if (connection.running) finish(connection, failure, true)
    else remove(connection, failure)
    flow.update()
  }

  function remove(connection: VirtualConnection, failure: Failure | undefined): void {
    if (!connections.delete(connection.id)) return
    gone.set(connection.id, connection)
    sockets.closed++
    report({
      kind: 'closed',
      connectionId: connection.id,
      ...(failure ? { failure: { ...failure, address: connection.address } } : {}),
    })
  }

  const isCut = () => worldNow.isLineCut() || worldNow.isDown()

  const plane: VirtualDataPlane = {
    open({ connectionId, address }) {
      sockets.opened++
      const connection = openConnection(connectionId, address, clock.monotonic)
      connections.set(connectionId, connection)
      clock.after(world.handshakeMs, () => server.connect(connection))
    },
    assign(connectionId, task) {
      const connection = connections.get(connectionId)
      if (!connection) {
        report({ kind: 'finished', outcome: unsentOutcome(task, connectionId) })
        return
      }
      if (connection.running) throw new Error(`connection ${connectionId} was given a second task`)
      if (!connection.isOpen) throw new Error(`connection ${connectionId} was given a task before it was open`)
      const running = beginTask(task, clock.monotonic())
      connection.running = running
      connection.lastByteAt = clock.monotonic()
      server.request(connection, running)
    },
    shorten(connectionId, { taskId, keep }) {
      const connection = connections.get(connectionId)
      if (connection?.running?.task.taskId !== taskId) return
      advance(connection, clock.monotonic())
      const { running } = connection
      running.end = chooseEnd({ reached: Math.ceil(running.reached), end: running.end, waiting: 0 }, keep)
      report({ kind: 'shortened', connectionId, taskId, end: running.end })
      flow.arm(connection)
    },
    close(connectionId) {
      const connection = connections.get(connectionId)
      if (connection) end(connection, { class: 'cancelled' })
    },
    thread: () => 0,
    counters(connectionId) {
      const connection = connections.get(connectionId) ?? gone.get(connectionId)
      if (!connection) return { bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }
      advance(connection, clock.monotonic())
      return countersOf(connection)
    },
    setRateLimit: flow.setRateLimit,
    socketCounts: () => ({ ...sockets }),
    blockedMs: () => worldNow.stalledMs() ?? 0,
    diskWriteMs: () => worldNow.stalledMs() ?? 1,
    subscribe: (listener) => void listeners.push(listener),
    async shutDown() {
      isShutDown = true
      for (const connection of [...connections.values()]) end(connection, { class: 'cancelled' })
    },
    served: server.served,
    isCut,
    gives(key) {
      const isGranted = server.gives(key)
      return !isCut() && isGranted
    },
  }
  return plane
}
