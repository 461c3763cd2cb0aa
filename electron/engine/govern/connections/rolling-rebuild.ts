/**
 * A fresh pool without a dip: a new generation opens while the old one works on, and a quarter at a time hands over
 * until the old one is gone. By the clock, on failed health, or by button.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { PooledConnection } from './pooled-connection.ts'

/** So few at once that those that stay can carry the speed. */
const SHARE_AT_ONCE = 1 / 4

export type RollingRebuild = ReturnType<typeof createRollingRebuild>

export function createRollingRebuild(options: {
  now(): number
  policy: Policy
  emit(code: EventCode, reason: Reason): void
}) {
  const { now, policy, emit } = options
  let generation = 1
  let startedAt: number | undefined
  let endedAt = now()

  function begin(cause: string, size: number): void {
    if (startedAt !== undefined) return
    startedAt = now()
    generation++
    emit('pool-rebuilding', { cause, generation, size })
  }

  return {
    /** Of connections that are opened now. */
    generation: () => generation,
    begin,
    /** The pool is as good as new: the clock starts from here. */
    restartClock(): void {
      endedAt = now()
    },
    /** `connections`: those that are not being closed. Marks the next ones that may go. */
    advance(connections: readonly PooledConnection[]): void {
      const at = now()
      const isDue = policy.poolRebuildSeconds > 0 && at - endedAt > policy.poolRebuildSeconds * 1000
      if (isDue) begin('hourly', connections.length)
      if (startedAt === undefined) return
      const old = connections.filter((connection) => connection.generation < generation)
      if (old.length === 0) {
        emit('pool-rebuilt', { generation, size: connections.length, seconds: (at - startedAt) / 1000 })
        startedAt = undefined
        endedAt = at
        return
      }
      const leaving = connections.filter((connection) => connection.leaving).length
      const more = Math.max(1, Math.ceil(connections.length * SHARE_AT_ONCE)) - leaving
      for (const connection of old.filter((candidate) => !candidate.leaving).slice(0, Math.max(0, more)))
        connection.leaving = 'rebuild'
    },
  }
}
