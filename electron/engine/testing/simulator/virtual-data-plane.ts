/**
 * A model of sockets, servers and disk behind the same port as the real workers. Bodies flow as fluid: between two
 * changes each connection has a constant speed, so that ends of ranges fall on exact times, whatever the step.
 *
 * The weather scripts are those of the fault server. What the model adds: handshakes and round trips, TCP's growing
 * pauses between retransmissions after a cut, addresses that refuse or swallow connections, a disk that stalls.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { DataPlane, FetchTask, LineNews } from '../../engine-ports.ts'
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
  /** The server is not running during these: connections break, new ones are refused. */
  downTimes?: { atSeconds: number; forSeconds: number }[]
  /** The server keeps so many connections; it closes any other when it asks, without a word. */
  mostConnections?: number
  /** No write returns during these: the worker stands still, the sockets' buffers are full. */
  diskStalls?: { atSeconds: number; forSeconds: number }[]
}

/** Speeds are worked out anew this often. */
const STEP_MS = 50
/** TCP's first retransmission; the pauses double (RFC 6298). */
const RETRANSMISSION_MS = 200

type VirtualLine = ConnectionFacts & {
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
  open(line: { lineId: number; address: string }): void
}

export function createVirtualDataPlane(options: { clock: VirtualClock; random: () => number; world: World }) {
  const { clock, random, world } = options
  const lines = new Map<number, VirtualLine>()
  const counts = { opened: 0, closed: 0, requests: 0, refused: 0 }
  const listeners: ((news: LineNews[]) => void)[] = []
  let rateLimit = Number.POSITIVE_INFINITY
  let isShutDown = false
  const context = () => ({ seconds: clock.seconds(), random })
  const smallest = (rates: (number | undefined)[]) => Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY))
  const report = (news: LineNews) =>
    clock.after(0, () => {
      for (const listener of listeners) listener([news])
    })
  const lineRate = () => smallest(world.weather.map((part) => part.lineRate?.(context())))
  const isIn = ({ atSeconds, forSeconds }: { atSeconds: number; forSeconds: number }) => {
    const since = clock.seconds() - atSeconds
    return since >= 0 && since < forSeconds
  }
  const stall = () => world.diskStalls?.find(isIn)
  const isDown = () => world.downTimes?.some(isIn) === true

  function step(): void {
    if (isDown()) for (const line of [...lines.values()]) end(line, { class: 'reset', code: 'closed-in-answer' })
    noteCut(lineRate() === 0)
    flow()
    if (!isShutDown) clock.after(STEP_MS, step)
  }
  step()

  function noteCut(isCut: boolean): void {
    const now = clock.monotonic()
    for (const line of lines.values()) {
      if (isCut) line.cutAt ??= now
      else if (line.cutAt !== undefined) {
        const silentMs = now - line.cutAt
        line.heldUntil =
          line.cutAt + RETRANSMISSION_MS * 2 ** Math.ceil(Math.log2(Math.max(1, silentMs / RETRANSMISSION_MS)))
        line.cutAt = undefined
      }
    }
  }

  /** Works out every connection's speed and when its range ends, or its fate strikes. */
  function flow(): void {
    const receiving = [...lines.values()].filter((line) => line.running?.isReceiving)
    for (const line of receiving) advance(line)
    const isStalled = stall() !== undefined
    const wants = receiving.map((line) => (isStalled || clock.monotonic() < line.heldUntil ? 0 : wantOf(line)))
    const weights = receiving.map((line) => weightOf(world.weather, line, context()))
    const shares = shareCapacity(wants, Math.min(rateLimit, lineRate()), weights)
    receiving.forEach((line, index) => {
      line.rate = shares[index] as number
      arm(line)
    })
  }

  function wantOf(line: VirtualLine): number {
    const fate = line.running?.fate
    return smallest([
      ...world.weather.map((part) => part.connectionRate?.(line, context())),
      fate?.kind === 'trickle' ? fate.bytesPerSecond : undefined,
      // A connection alone is not faster than this (DESIGN 5: one in-region request gives 85-90 MB/s at best).
      90e6,
    ])
  }

  function advance(line: VirtualLine): void {
    const now = clock.monotonic()
    const { running } = line
    if (running?.isReceiving && line.rate > 0) {
      const limit = Math.min(running.end, running.strikesAt)
      const bytes = Math.max(0, Math.min((line.rate * (now - line.advancedAt)) / 1000, limit - running.reached))
      if (bytes > 0) line.lastByteAt = now
      running.reached += bytes
      line.bytes += bytes
    }
    line.advancedAt = now
  }

  function arm(line: VirtualLine): void {
    line.cancelTimer()
    const { running } = line
    if (!running?.isReceiving || line.rate <= 0) return
    const left = Math.min(running.end, running.strikesAt) - running.reached
    const milliseconds = (left * 1000) / line.rate
    if (milliseconds <= STEP_MS) line.cancelTimer = clock.after(milliseconds, () => reach(line, running))
  }

  /** The range is complete, or its fate strikes. */
  function reach(line: VirtualLine, running: Running): void {
    if (line.running !== running) return
    advance(line)
    const isStruck = running.strikesAt < running.end
    // Fluid to whole bytes.
    running.reached = Math.round(Math.min(running.end, running.strikesAt))
    if (isStruck && running.fate?.kind === 'silence') {
      running.strikesAt = running.reached
      return
    }
    if (isStruck) {
      end(line, { class: 'reset', code: 'closed-in-answer' })
      return
    }
    const closesAfter = smallest(world.weather.map((part) => part.closesAfterRequests))
    finish(line, undefined, line.requests >= closesAfter || running.end < running.task.range.end)
    flow()
  }

  function finish(line: VirtualLine, failure: Failure | undefined, lineEnds: boolean): void {
    const { running } = line
    if (!running) return
    line.running = undefined
    line.cancelTimer()
    const reached = Math.round(running.reached)
    const { taskId, range } = running.task
    line.lastTaskId = taskId
    line.lastReached = reached
    const outcome = {
      taskId,
      lineId: line.id,
      reached,
      received: reached - range.start,
      firstByteMs: running.firstByteMs,
      lineEnds,
      ...(failure ? { failure: { ...failure, address: line.address } } : {}),
    }
    report({ kind: 'finished', outcome })
    if (lineEnds) remove(line, undefined)
  }

  function end(line: VirtualLine, failure: Failure): void {
    advance(line)
    if (line.running) finish(line, failure, true)
    else remove(line, failure)
    flow()
  }

  function remove(line: VirtualLine, failure: Failure | undefined): void {
    if (!lines.delete(line.id)) return
    gone.set(line.id, line)
    counts.closed++
    report({ kind: 'closed', lineId: line.id, ...(failure ? { failure: { ...failure, address: line.address } } : {}) })
  }
  /** Counters outlive their line, as shared memory does. */
  const gone = new Map<number, VirtualLine>()

  // -- connecting and asking --------------------------------------------------------------------------------------

  function connect(line: VirtualLine): void {
    if (!lines.has(line.id)) return
    const fate = isDown() ? 'refused' : (world.connectFate?.(line.address, clock.seconds()) ?? 'accepted')
    if (fate === 'refused') {
      end(line, { class: 'connect', code: 'ECONNREFUSED' })
      return
    }
    if (fate === 'swallowed' || lineRate() === 0 || clock.monotonic() < line.heldUntil) {
      clock.after(STEP_MS, () => connect(line))
      return
    }
    line.isOpen = true
    line.lastByteAt = clock.monotonic()
    report({ kind: 'opened', lineId: line.id, handshakeMs: clock.monotonic() - line.openedAt })
  }

  function ask(line: VirtualLine, running: Running): void {
    if (line.running !== running) return
    const isOneTooMany = [...lines.values()].indexOf(line) >= (world.mostConnections ?? Number.POSITIVE_INFINITY)
    if (isOneTooMany) {
      clock.after(1, () => line.running === running && end(line, { class: 'reset', code: 'closed-in-answer' }))
      return
    }
    counts.requests++
    line.requests++
    const facts = {
      kind: 'get' as const,
      key: running.task.key,
      number: counts.requests,
      connection: line,
      bodyStart: running.task.range.start,
      bodyBytes: running.task.range.end - running.task.range.start,
    }
    const { delayMs, fate } = meetWeather(world.weather, facts, context())
    running.fate = fate
    if (fate && 'afterBytes' in fate) running.strikesAt = running.task.range.start + Math.max(0, fate.afterBytes)
    clock.after(world.firstByteMs + delayMs, () => answer(line, running))
  }

  function answer(line: VirtualLine, running: Running): void {
    const { fate } = running
    if (line.running !== running || (fate?.kind === 'silence' && fate.afterBytes < 0)) return
    if (lineRate() === 0 || clock.monotonic() < line.heldUntil || stall()) {
      clock.after(STEP_MS, () => answer(line, running))
      return
    }
    running.firstByteMs = clock.monotonic() - running.askedAt
    line.lastByteAt = clock.monotonic()
    if (fate?.kind === 'refuse') {
      counts.refused++
      const retryAfter = fate.retryAfterSeconds === undefined ? {} : { retryAfterMs: fate.retryAfterSeconds * 1000 }
      const failureClass = classifyHttpError(fate.status, fate.code)
      finish(line, { class: failureClass, code: fate.code, httpStatus: fate.status, ...retryAfter }, false)
      return
    }
    running.isReceiving = true
    line.rate = 0
    line.advancedAt = clock.monotonic()
    if (running.strikesAt <= running.reached && fate?.kind !== 'silence') reach(line, running)
    else flow()
  }

  const plane: VirtualDataPlane = {
    open({ lineId, address }) {
      counts.opened++
      const openedAt = clock.monotonic()
      const line: VirtualLine = {
        id: lineId,
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
      lines.set(lineId, line)
      clock.after(world.handshakeMs, () => connect(line))
    },
    assign(lineId, task) {
      const line = lines.get(lineId)
      if (!line) {
        const failure = { class: 'reset', code: 'closed-before-answer' } as const
        const nothing = { reached: task.range.start, received: 0, firstByteMs: 0, lineEnds: true }
        report({ kind: 'finished', outcome: { taskId: task.taskId, lineId, ...nothing, failure } })
        return
      }
      if (line.running) throw new Error(`line ${lineId} was given a second task`)
      if (!line.isOpen) throw new Error(`line ${lineId} was given a task before it was open`)
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
      line.running = running
      line.lastByteAt = clock.monotonic()
      ask(line, running)
    },
    shrink(lineId, endAt) {
      const line = lines.get(lineId)
      if (!line?.running) return
      advance(line)
      const { running } = line
      if (endAt >= running.end) return
      running.end = Math.max(endAt, Math.ceil(running.reached))
      arm(line)
    },
    close(lineId) {
      const line = lines.get(lineId)
      if (line) end(line, { class: 'cancelled' })
    },
    thread: () => 0,
    counters(lineId) {
      const line = lines.get(lineId) ?? gone.get(lineId)
      if (!line) return { bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }
      advance(line)
      const reached = Math.floor(line.running?.reached ?? line.lastReached)
      return {
        bytes: line.bytes,
        lastByteAt: line.lastByteAt,
        reached,
        taskId: line.running?.task.taskId ?? line.lastTaskId,
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
      for (const line of [...lines.values()]) end(line, { class: 'cancelled' })
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
