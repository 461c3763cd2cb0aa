/**
 * The bodies of the model flow as fluid: between two changes each connection has a constant speed, so that ends of ranges
 * fall on exact times, whatever the step.
 */
import { shareCapacity } from './share-capacity.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { advance, type Running, stopOf, type VirtualConnection } from './virtual-connection.ts'
import type { WorldNow } from './world-now.ts'

export type VirtualFlowOptions = {
  clock: VirtualClock
  worldNow: WorldNow
  connections: ReadonlyMap<number, VirtualConnection>
  /** Speeds are worked out anew at least this often. */
  stepMs: number
  /** The range is complete, or its fate strikes. */
  onStop(connection: VirtualConnection, running: Running): void
}

export function createVirtualFlow({ clock, worldNow, connections, stepMs, onStop }: VirtualFlowOptions) {
  let rateLimit = Number.POSITIVE_INFINITY

  /** Works out every connection's speed and when its body stops. */
  function update(): void {
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

  /** Sets the timer for the end of a body that stops before the next step. */
  function arm(connection: VirtualConnection): void {
    connection.cancelTimer()
    const { running } = connection
    if (!running?.isReceiving || connection.rate <= 0) return
    const left = stopOf(running) - running.reached
    const milliseconds = (left * 1000) / connection.rate
    if (milliseconds <= stepMs) connection.cancelTimer = clock.after(milliseconds, () => onStop(connection, running))
  }

  return {
    update,
    arm,
    /** Bytes per second of all connections together; 0 = any. */
    setRateLimit(bytesPerSecond: number): void {
      rateLimit = bytesPerSecond > 0 ? bytesPerSecond : Number.POSITIVE_INFINITY
    },
  }
}
