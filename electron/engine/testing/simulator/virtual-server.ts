/** The servers of the model: they take connections, and answer requests after a round trip, as the weather has it. */
import type { Failure } from '../../../../shared/failure.ts'
import { classifyHttpError } from '../../transport/classify-error.ts'
import type { RequestFacts } from '../weather/weather.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { Running, VirtualConnection } from './virtual-connection.ts'
import type { World, WorldNow } from './world-now.ts'

export type VirtualServerOptions = {
  clock: VirtualClock
  world: World
  worldNow: WorldNow
  /** In the order in which they were opened. */
  connections: ReadonlyMap<number, VirtualConnection>
  /** While nothing gets through, it is looked again this often. */
  stepMs: number
  onAccepted(connection: VirtualConnection): void
  /** A connection is refused, or closed without an answer. */
  onBroken(connection: VirtualConnection, failure: Failure): void
  /** The answer is an error. */
  onRefused(connection: VirtualConnection, failure: Failure): void
  /** The first byte of the body is there. */
  onBody(connection: VirtualConnection, running: Running): void
}

export const BROKEN: Failure = { class: 'reset', code: 'closed-in-answer' }

export function createVirtualServer(options: VirtualServerOptions) {
  const { clock, world, worldNow, connections, stepMs } = options
  const served = { requests: 0, refused: 0 }

  /** Neither a cut line nor TCP's pause after it lets anything through. */
  const isHeld = ({ heldUntil }: VirtualConnection) => worldNow.isLineCut() || clock.monotonic() < heldUntil

  function connect(connection: VirtualConnection): void {
    if (!connections.has(connection.id)) return
    const fate = worldNow.isDown() ? 'refused' : worldNow.connectFate(connection.address)
    if (fate === 'refused') options.onBroken(connection, worldNow.downFailure())
    else if (fate === 'swallowed' || isHeld(connection)) clock.after(stepMs, () => connect(connection))
    else options.onAccepted(connection)
  }

  function request(connection: VirtualConnection, running: Running): void {
    if (connection.running !== running) return
    const isOneTooMany =
      [...connections.values()].indexOf(connection) >= (world.mostConnections ?? Number.POSITIVE_INFINITY)
    if (isOneTooMany) {
      clock.after(1, () => connection.running === running && options.onBroken(connection, BROKEN))
      return
    }
    served.requests++
    connection.requests++
    const { key, range } = running.task
    const { delayMs, fate } = meet(connection, { key, bodyStart: range.start, bodyBytes: range.end - range.start })
    running.fate = fate
    if (fate && 'afterBytes' in fate) running.strikesAt = range.start + Math.max(0, fate.afterBytes)
    clock.after(world.firstByteMs + delayMs, () => answer(connection, running))
  }

  function answer(connection: VirtualConnection, running: Running): void {
    const { fate } = running
    if (connection.running !== running || (fate?.kind === 'silence' && fate.afterBytes < 0)) return
    if (isHeld(connection) || worldNow.stalledMs() !== undefined) {
      clock.after(stepMs, () => answer(connection, running))
      return
    }
    running.firstByteMs = clock.monotonic() - running.requestedAt
    connection.lastByteAt = clock.monotonic()
    if (fate?.kind !== 'refuse') {
      options.onBody(connection, running)
      return
    }
    served.refused++
    const retryAfter = fate.retryAfterSeconds === undefined ? {} : { retryAfterMs: fate.retryAfterSeconds * 1000 }
    const failureClass = classifyHttpError(fate.status, fate.code)
    options.onRefused(connection, { class: failureClass, code: fate.code, httpStatus: fate.status, ...retryAfter })
  }

  function meet(
    connection: RequestFacts['connection'],
    { key, bodyStart, bodyBytes }: Pick<RequestFacts, 'key' | 'bodyStart' | 'bodyBytes'>,
  ) {
    return worldNow.meet({ kind: 'get', key, number: served.requests, connection, bodyStart, bodyBytes })
  }

  return {
    connect,
    request,
    /** Requests answered so far, and those of them that were refused. */
    served: () => ({ ...served }),
    /** Whether a request for the first byte of an object on a connection of its own would be granted. */
    gives(key: string): boolean {
      const connection = { id: 0, address: 'control', ageSeconds: 0, requests: 1 }
      const { fate } = meet(connection, { key, bodyStart: 0, bodyBytes: 1 })
      return fate?.kind !== 'refuse' && fate?.kind !== 'silence' && fate?.kind !== 'reset'
    },
  }
}
