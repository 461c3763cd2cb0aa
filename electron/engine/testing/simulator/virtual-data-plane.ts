/**
 * A model of sockets, servers and disk behind the same port as the real workers. Bodies flow as fluid: between two
 * changes each connection has a constant speed, so that ends of ranges fall on exact times, whatever the step.
 *
 * The weather scripts are those of the fault server. What the model adds: handshakes and round trips, TCP's growing
 * pauses between retransmissions after a cut, addresses that refuse or swallow connections, a disk that stalls.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { ConnectionNews, DataPlane, FetchTask } from '../../engine-ports.ts'
import { classifyHttpError } from '../../transport/classify-error.ts'
import { meetWeather, weightOf } from '../weather/meet-weather.ts'
import type { ConnectionFacts, Fate, Weather } from '../weather/weather.ts'
import { shareCapacity } from './share-capacity.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type World = {
  weather: Weather[]
  /** TCP and TLS. */
  handshakeMs: number
  /** From the request to the first byte. */
  firstByteMs: number
  /** What becomes of a new connection to this address; default: accepted. */
  connectFate?(address: string, seconds: number): 'accepted' | 'refused' | 'swallowed'
  /**
   * The server is not running during these: connections break, new
   * ones are refused; by `failure`, where another stands there.
   */
  downTimes?: { atSeconds: number; forSeconds: number; failure?: Failure }[]
  /** The server keeps so many connections; it closes any other when it asks, without a word. */
  mostConnections?: number
  /** No write returns during these: the worker stands still, the sockets' buffers are full. */
  diskStalls?: { atSeconds: number; forSeconds: number }[]
}

/** Speeds are worked out anew this often. */
const STEP_MS = 50
/** TCP's first retransmission; the pauses double (RFC 6298). */
const RETRANSMISSION_MS = 200

const BROKEN: Failure = { class: 'reset', code: 'closed-in-answer' }

type VirtualConnection = ConnectionFacts & {
  openedAt: number
  isOpen: boolean
  bytes: number
  lastByteAt: number
  rate: number
  advancedAt: number
  running: Running | undefined
  cancelTimer: () => void
  /** Since when the line is cut; afterwards, when its next retransmission gets through. */
  cutAt: number | undefined
  heldUntil: number
  /** What the counters say after a task. */
  lastTaskId: number
  lastReached: number
}

type Running = {
  task: FetchTask
  end: number
  reached: number
  askedAt: number
  firstByteMs: number
  isReceiving: boolean
  fate: Fate | undefined
  /** Where the fate strikes: an offset in the object. */
  strikesAt: number
}

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
  const context = () => ({ seconds: clock.seconds(), random })
  const smallest = (rates: (number | undefined)[]) => Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY))
  const report = (news: ConnectionNews) =>
    clock.after(0, () => {
      for (const listener of listeners) listener([news])
    })
  const lineRate = () => smallest(world.weather.map((part) => part.lineRate?.(context())))
  const isIn = ({ atSeconds, forSeconds }: { atSeconds: number; forSeconds: number }) => {
    const since = clock.seconds() - atSeconds
    return since >= 0 && since < forSeconds
  }
  const stall = () => world.diskStalls?.find(isIn)
  const downTime = () => world.downTimes?.find(isIn)
  const isDown = () => downTime() !== undefined

  function step(): void {
    const opened = [...connections.values()].filter(({ isOpen }) => isOpen)
    if (isDown()) for (const connection of opened) end(connection, BROKEN)
    noteCut(lineRate() === 0)
    flow()
    if (!isShutDown) clock.after(STEP_MS, step)
  }
  step()

  function noteCut(isCut: boolean): void {
    const now = clock.monotonic()
    for (const connection of connections.values()) {
      if (isCut) connection.cutAt ??= now
      else if (connection.cutAt !== undefined) {
        const silentMs = now - connection.cutAt
        connection.heldUntil =
          connection.cutAt + RETRANSMISSION_MS * 2 ** Math.ceil(Math.log2(Math.max(1, silentMs / RETRANSMISSION_MS)))
        connection.cutAt = undefined
      }
    }
  }

  /** Works out every connection's speed and when its range ends, or its fate strikes. */
  function flow(): void {
    const receiving = [...connections.values()].filter((connection) => connection.running?.isReceiving)
    for (const connection of receiving) advance(connection)
    const isStalled = stall() !== undefined
    const wants = receiving.map((connection) =>
      isStalled || clock.monotonic() < connection.heldUntil ? 0 : wantOf(connection),
    )
    const weights = receiving.map((connection) => weightOf(world.weather, connection, context()))
    const shares = shareCapacity(wants, Math.min(rateLimit, lineRate()), weights)
    receiving.forEach((connection, index) => {
      connection.rate = shares[index] as number
      arm(connection)
    })
  }

  function wantOf(connection: VirtualConnection): number {
    const fate = connection.running?.fate
    return smallest([
      ...world.weather.map((part) => part.connectionRate?.(connection, context())),
      fate?.kind === 'trickle' ? fate.bytesPerSecond : undefined,
      // A connection alone is not faster than this (DESIGN 5: one in-region request gives 85-90 MB/s at best).
      90e6,
    ])
  }

  function advance(connection: VirtualConnection): void {
    const now = clock.monotonic()
    const { running } = connection
    if (running?.isReceiving && connection.rate > 0) {
      const limit = Math.min(running.end, running.strikesAt)
      const bytes = Math.max(
        0,
        Math.min((connection.rate * (now - connection.advancedAt)) / 1000, limit - running.reached),
      )
      if (bytes > 0) connection.lastByteAt = now
      running.reached += bytes
      connection.bytes += bytes
    }
    connection.advancedAt = now
  }

  function arm(connection: VirtualConnection): void {
    connection.cancelTimer()
    const { running } = connection
    if (!running?.isReceiving || connection.rate <= 0) return
    const left = Math.min(running.end, running.strikesAt) - running.reached
    const milliseconds = (left * 1000) / connection.rate
    if (milliseconds <= STEP_MS) connection.cancelTimer = clock.after(milliseconds, () => reach(connection, running))
  }

  /** The range is complete, or its fate strikes. */
  function reach(connection: VirtualConnection, running: Running): void {
    if (connection.running !== running) return
    advance(connection)
    const isStruck = running.strikesAt < running.end
    // Fluid to whole bytes.
    running.reached = Math.round(Math.min(running.end, running.strikesAt))
    if (isStruck && running.fate?.kind === 'silence') {
      running.strikesAt = running.reached
      return
    }
    if (isStruck) {
      end(connection, BROKEN)
      return
    }
    const closesAfter = smallest(world.weather.map((part) => part.closesAfterRequests))
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
    advance(connection)
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
    const fate = isDown() ? 'refused' : (world.connectFate?.(connection.address, clock.seconds()) ?? 'accepted')
    if (fate === 'refused') {
      end(connection, downTime()?.failure ?? { class: 'connect', code: 'ECONNREFUSED' })
      return
    }
    if (fate === 'swallowed' || lineRate() === 0 || clock.monotonic() < connection.heldUntil) {
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
    const { delayMs, fate } = meetWeather(world.weather, facts, context())
    running.fate = fate
    if (fate && 'afterBytes' in fate) running.strikesAt = running.task.range.start + Math.max(0, fate.afterBytes)
    clock.after(world.firstByteMs + delayMs, () => answer(connection, running))
  }

  function answer(connection: VirtualConnection, running: Running): void {
    const { fate } = running
    if (connection.running !== running || (fate?.kind === 'silence' && fate.afterBytes < 0)) return
    if (lineRate() === 0 || clock.monotonic() < connection.heldUntil || stall()) {
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
      const openedAt = clock.monotonic()
      const connection: VirtualConnection = {
        id: connectionId,
        address,
        get ageSeconds() {
          return (clock.monotonic() - openedAt) / 1000
        },
        requests: 0,
        openedAt,
        isOpen: false,
        bytes: 0,
        lastByteAt: openedAt,
        rate: 0,
        advancedAt: openedAt,
        running: undefined,
        cancelTimer: () => {},
        cutAt: undefined,
        heldUntil: 0,
        lastTaskId: 0,
        lastReached: 0,
      }
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
      const running: Running = {
        task,
        end: task.range.end,
        reached: task.range.start,
        askedAt: clock.monotonic(),
        firstByteMs: 0,
        isReceiving: false,
        fate: undefined,
        strikesAt: Number.POSITIVE_INFINITY,
      }
      connection.running = running
      connection.lastByteAt = clock.monotonic()
      ask(connection, running)
    },
    shrink(connectionId, endAt) {
      const connection = connections.get(connectionId)
      if (!connection?.running) return
      advance(connection)
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
      advance(connection)
      const reached = Math.floor(connection.running?.reached ?? connection.lastReached)
      return {
        bytes: connection.bytes,
        lastByteAt: connection.lastByteAt,
        reached,
        taskId: connection.running?.task.taskId ?? connection.lastTaskId,
      }
    },
    setRateLimit(bytesPerSecond) {
      rateLimit = bytesPerSecond > 0 ? bytesPerSecond : Number.POSITIVE_INFINITY
    },
    socketCounts: () => ({ opened: counts.opened, closed: counts.closed }),
    blockedMs() {
      const current = stall()
      return current ? (clock.seconds() - current.atSeconds) * 1000 : 0
    },
    diskWriteMs() {
      const current = stall()
      return current ? (clock.seconds() - current.atSeconds) * 1000 : 1
    },
    subscribe: (listener) => void listeners.push(listener),
    async shutDown() {
      isShutDown = true
      for (const connection of [...connections.values()]) end(connection, { class: 'cancelled' })
    },
    served: () => ({ requests: counts.requests, refused: counts.refused }),
    isCut: () => lineRate() === 0 || isDown(),
    gives(key) {
      const connection = { id: 0, address: 'control', ageSeconds: 0, requests: 1 }
      const facts = { kind: 'get' as const, key, number: counts.requests, connection, bodyStart: 0, bodyBytes: 1 }
      const { fate } = meetWeather(world.weather, facts, context())
      return !plane.isCut() && fate?.kind !== 'refuse' && fate?.kind !== 'silence' && fate?.kind !== 'reset'
    },
  }
  return plane
}
