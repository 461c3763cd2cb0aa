/** One connection of the model: a fluid body between two changes of its speed. */
import type { ConnectionCounters, FetchTask } from '../../engine-ports.ts'
import type { ConnectionFacts, Fate } from '../weather/weather.ts'

export type VirtualConnection = ConnectionFacts & {
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

export type Running = {
  task: FetchTask
  end: number
  reached: number
  requestedAt: number
  firstByteMs: number
  isReceiving: boolean
  fate: Fate | undefined
  /** Where the fate strikes: an offset in the object. */
  strikesAt: number
}

/** TCP's first retransmission; the pauses double (RFC 6298). */
const RETRANSMISSION_MS = 200

export function openConnection(id: number, address: string, now: () => number): VirtualConnection {
  const openedAt = now()
  return {
    id,
    address,
    get ageSeconds() {
      return (now() - openedAt) / 1000
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
}

export const beginTask = (task: FetchTask, now: number): Running => ({
  task,
  end: task.range.end,
  reached: task.range.start,
  requestedAt: now,
  firstByteMs: 0,
  isReceiving: false,
  fate: undefined,
  strikesAt: Number.POSITIVE_INFINITY,
})

/** Where a body stops flowing: the end of its range, or where its fate strikes. */
export const stopOf = ({ end, strikesAt }: Running): number => Math.min(end, strikesAt)

/** What has come since the last look. */
export function advance(connection: VirtualConnection, now: number): void {
  const { running } = connection
  if (running?.isReceiving && connection.rate > 0) {
    const flown = (connection.rate * (now - connection.advancedAt)) / 1000
    const bytes = Math.max(0, Math.min(flown, stopOf(running) - running.reached))
    if (bytes > 0) connection.lastByteAt = now
    running.reached += bytes
    connection.bytes += bytes
  }
  connection.advancedAt = now
}

/** After a cut a connection is silent until its next retransmission, and the pauses between those have doubled. */
export function noteCut(connection: VirtualConnection, isCut: boolean, now: number): void {
  const { cutAt } = connection
  if (isCut) connection.cutAt ??= now
  else if (cutAt !== undefined) {
    const pauses = Math.ceil(Math.log2(Math.max(1, (now - cutAt) / RETRANSMISSION_MS)))
    connection.heldUntil = cutAt + RETRANSMISSION_MS * 2 ** pauses
    connection.cutAt = undefined
  }
}

/** As in shared memory: they outlive their connection. */
export const countersOf = (connection: VirtualConnection): ConnectionCounters => ({
  bytes: connection.bytes,
  lastByteAt: connection.lastByteAt,
  reached: Math.floor(connection.running?.reached ?? connection.lastReached),
  taskId: connection.running?.task.taskId ?? connection.lastTaskId,
})
