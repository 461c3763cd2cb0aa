/**
 * A model of sockets, servers and disk behind the same port as the real workers. Bodies flow as fluid: between two
 * changes each connection has a constant speed, so that ends of ranges fall on exact times, whatever the step.
 *
 * The weather scripts are those of the fault server. What the model adds: handshakes and round trips, TCP's growing
 * pauses between retransmissions after a cut, addresses that refuse or swallow connections, a disk that stalls.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { ConnectionNews, DataPlane } from '../../engine-ports.ts'
import { classifyHttpError } from '../../transport/classify-error.ts'
import { shareCapacity } from './share-capacity.ts'
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
import { createWorldNow, type World } from './world-now.ts'

/** Speeds are worked out anew this often. */
const STEP_MS = 50

const BROKEN: Failure = { class: 'reset', code: 'closed-in-answer' }

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
  const counts = { opened: 0, closed: 0, requests: 0, refused: 0 }
  const listeners: ((news: ConnectionNews[]) => void)[] = []
  let rateLimit = Number.POSITIVE_INFINITY
  let isShutDown = false
  const worldNow = createWorldNow(world, { seconds: clock.seconds, random })
  const report = (news: ConnectionNews) =>
    clock.after(0, () => {
      for (const listener of listeners) listener([news])
    })
  const isLineCut = () => worldNow.lineRate() === 0
  const isHeld = (connection: VirtualConnection) => isLineCut() || clock.monotonic() < connection.heldUntil

  function step(): void {
    const opened = [...connections.values()].filter(({ isOpen }) => isOpen)
    if (worldNow.isDown()) for (const connection of opened) end(connection, BROKEN)
    const isCut = isLineCut()
    for (const connection of connections.values()) noteCut(connection, isCut, clock.monotonic())
    flow()
    if (!isShutDown) clock.after(STEP_MS, step)
  }
  step()

  /** Works out every connection's speed and when its range ends, or its fate strikes. */
  function flow(): void {
    const receiving = [...connections.values()].filter((connection) => connection.running?.isReceiving)
    for (const connection of receiving) advance(connection, clock.monotonic())
    const isStalled = worldNow.stalledMs() !== undefined
    const wants = receiving.map((connection) =>
      isStalled || clock.monotonic() < connection.heldUntil
        ? 0
        : worldNow.connectionRate(connection, connection.running?.fate),
    )
    const weights = receiving.map(worldNow.weightOf)
    const shares = shareCapacity(wants, Math.min(rateLimit, worldNow.lineRate()), weights)
    receiving.forEach((connection, index) => {
      connection.rate = shares[index] as number
      arm(connection)
    })
  }

  function arm(connection: VirtualConnection): void {
    connection.cancelTimer()
    const { running } = connection
    if (!running?.isReceiving || connection.rate <= 0) return
    const left = stopOf(running) - running.reached
    const milliseconds = (left * 1000) / connection.rate
    if (milliseconds <= STEP_MS) connection.cancelTimer = clock.after(milliseconds, () => reach(connection, running))
  }

  /** The range is complete, or its fate strikes. */
  function reach(connection: VirtualConnection, running: Running): void {
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
    flow()
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
    flow()
  }

  function remove(connection: VirtualConnection, failure: Failure | undefined): void {
    if (!connections.delete(connection.id)) return
    gone.set(connection.id, connection)
    counts.closed++
    report({
      kind: 'closed',
      connectionId: connection.id,
      ...(failure ? { failure: { ...failure, address: connection.address } } : {}),
    })
  }
  /** Counters outlive their connection, as shared memory does. */
  const gone = new Map<number, VirtualConnection>()

  // -- connecting and asking --------------------------------------------------------------------------------------

  function connect(connection: VirtualConnection): void {
    if (!connections.has(connection.id)) return
    const fate = worldNow.isDown() ? 'refused' : worldNow.connectFate(connection.address)
    if (fate === 'refused') {
      end(connection, worldNow.downFailure())
      return
    }
    if (fate === 'swallowed' || isHeld(connection)) {
      clock.after(STEP_MS, () => connect(connection))
      return
    }
    connection.isOpen = true
    connection.lastByteAt = clock.monotonic()
    report({ kind: 'opened', connectionId: connection.id, handshakeMs: clock.monotonic() - connection.openedAt })
  }

  function ask(connection: VirtualConnection, running: Running): void {
    if (connection.running !== running) return
    const isOneTooMany =
      [...connections.values()].indexOf(connection) >= (world.mostConnections ?? Number.POSITIVE_INFINITY)
    if (isOneTooMany) {
      const refuse = () => connection.running === running && end(connection, BROKEN)
      clock.after(1, refuse)
      return
    }
    counts.requests++
    connection.requests++
    const facts = {
      kind: 'get' as const,
      key: running.task.key,
      number: counts.requests,
      connection,
      bodyStart: running.task.range.start,
      bodyBytes: running.task.range.end - running.task.range.start,
    }
    const { delayMs, fate } = worldNow.meet(facts)
    running.fate = fate
    if (fate && 'afterBytes' in fate) running.strikesAt = running.task.range.start + Math.max(0, fate.afterBytes)
    clock.after(world.firstByteMs + delayMs, () => answer(connection, running))
  }

  function answer(connection: VirtualConnection, running: Running): void {
    const { fate } = running
    if (connection.running !== running || (fate?.kind === 'silence' && fate.afterBytes < 0)) return
    if (isHeld(connection) || worldNow.stalledMs() !== undefined) {
      clock.after(STEP_MS, () => answer(connection, running))
      return
    }
    running.firstByteMs = clock.monotonic() - running.askedAt
    connection.lastByteAt = clock.monotonic()
    if (fate?.kind === 'refuse') {
      counts.refused++
      const retryAfter = fate.retryAfterSeconds === undefined ? {} : { retryAfterMs: fate.retryAfterSeconds * 1000 }
      const failureClass = classifyHttpError(fate.status, fate.code)
      finish(connection, { class: failureClass, code: fate.code, httpStatus: fate.status, ...retryAfter }, false)
      return
    }
    running.isReceiving = true
    connection.rate = 0
    connection.advancedAt = clock.monotonic()
    if (running.strikesAt <= running.reached && fate?.kind !== 'silence') reach(connection, running)
    else flow()
  }

  const plane: VirtualDataPlane = {
    open({ connectionId, address }) {
      counts.opened++
      const connection = openConnection(connectionId, address, clock.monotonic)
      connections.set(connectionId, connection)
      clock.after(world.handshakeMs, () => connect(connection))
    },
    assign(connectionId, task) {
      const connection = connections.get(connectionId)
      if (!connection) {
        const failure = { class: 'reset', code: 'closed-before-answer' } as const
        const nothing = { reached: task.range.start, received: 0, firstByteMs: 0, connectionEnds: true }
        report({ kind: 'finished', outcome: { taskId: task.taskId, connectionId, ...nothing, failure } })
        return
      }
      if (connection.running) throw new Error(`connection ${connectionId} was given a second task`)
      if (!connection.isOpen) throw new Error(`connection ${connectionId} was given a task before it was open`)
      const running = beginTask(task, clock.monotonic())
      connection.running = running
      connection.lastByteAt = clock.monotonic()
      ask(connection, running)
    },
    shrink(connectionId, endAt) {
      const connection = connections.get(connectionId)
      if (!connection?.running) return
      advance(connection, clock.monotonic())
      const { running } = connection
      if (endAt >= running.end) return
      running.end = Math.max(endAt, Math.ceil(running.reached))
      arm(connection)
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
    setRateLimit(bytesPerSecond) {
      rateLimit = bytesPerSecond > 0 ? bytesPerSecond : Number.POSITIVE_INFINITY
    },
    socketCounts: () => ({ opened: counts.opened, closed: counts.closed }),
    blockedMs: () => worldNow.stalledMs() ?? 0,
    diskWriteMs: () => worldNow.stalledMs() ?? 1,
    subscribe: (listener) => void listeners.push(listener),
    async shutDown() {
      isShutDown = true
      for (const connection of [...connections.values()]) end(connection, { class: 'cancelled' })
    },
    served: () => ({ requests: counts.requests, refused: counts.refused }),
    isCut: () => isLineCut() || worldNow.isDown(),
    gives(key) {
      const connection = { id: 0, address: 'control', ageSeconds: 0, requests: 1 }
      const facts = { kind: 'get' as const, key, number: counts.requests, connection, bodyStart: 0, bodyBytes: 1 }
      const { fate } = worldNow.meet(facts)
      return !plane.isCut() && fate?.kind !== 'refuse' && fate?.kind !== 'silence' && fate?.kind !== 'reset'
    },
  }
  return plane
}
