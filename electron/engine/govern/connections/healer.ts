/**
 * The shell over choose-healing.ts: replaces stalled and slow connections, retires old ones, closes idle ones and those
 * that never connect.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Failure } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { FetchTask } from '../../engine-ports.ts'
import {
  bringsNextToNothing,
  chooseHealing,
  type HealingAction,
  medianSpeed,
  type ObservedConnection,
} from './choose-healing.ts'
import type { ConnectionPool } from './connection-pool.ts'
import type { PooledConnection } from './pooled-connection.ts'
import { createReplacementLog } from './replacement-log.ts'

export type HealerOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  pool: ConnectionPool
  isSettled(connection: PooledConnection): boolean
  emit(code: EventCode, reason: Reason): void
  /**
   * A connection is taken from its task, which goes on elsewhere from the byte it has reached. `seconds`: for so long it
   * has brought nothing, or next to nothing: of one that is only slow, since its last byte.
   */
  onReplaced(
    connection: PooledConnection,
    cause: 'stalled' | 'slow',
    seconds: number,
    task: FetchTask | undefined,
  ): void
  onConnectFailed(connection: PooledConnection, failure: Failure): void
}

/** A connection's usual speed follows the median within about five seconds of ticks. */
const USUAL_WEIGHT = 0.02
/** Below this share of the median next to nothing comes; above it, speeds may differ as those of a restless line do. */
const CRAWL = 0.05

export function createHealer({ now, policy, pool, isSettled, emit, onReplaced, onConnectFailed }: HealerOptions) {
  const replaced = createReplacementLog(now, emit)
  let probedAt = 0
  let crawlProbes = 0
  let healedAt = now()
  let unanswered = 0
  let usualSpeed = 0
  /** Where the tasks were, by connection, when all were last held back: what came before is no evidence of their speed. */
  let held = new Map<number, { at: number; taskId: number; reached: number }>()

  function noteHeld(at: number): void {
    held = new Map()
    for (const connection of pool.connections()) {
      if (connection.task && connection.firstByteAt > 0)
        held.set(connection.id, { at, taskId: connection.task.taskId, reached: pool.reached(connection) })
    }
  }

  function apply(action: HealingAction, connection: PooledConnection): void {
    if (action.kind === 'retire') {
      const { cause, seconds } = action
      connection.leaving = cause
      replaced.note({ cause, address: connection.address, seconds })
      return
    }
    if (action.isProbe) probedAt = now()
    if (action.isProbe && action.cause === 'slow') crawlProbes++
    if (connection.task && connection.firstByteAt === 0) unanswered++
    const { cause, seconds, bytesPerSecond, medianBytesPerSecond } = action
    replaced.note({ cause, address: connection.address, seconds, bytesPerSecond, medianBytesPerSecond })
    const isCrawling = cause === 'stalled' || bytesPerSecond < CRAWL * medianBytesPerSecond
    onReplaced(connection, cause, isCrawling ? seconds : (now() - connection.lastByteAt) / 1000, connection.task)
    pool.close(connection, cause)
  }

  function closeUseless(at: number): void {
    for (const connection of pool.connections()) {
      if (connection.closing) continue
      if (connection.state === 'connecting' && at - connection.openedAt > policy.connectTimeoutSeconds * 1000) {
        onConnectFailed(connection, { class: 'connect', code: 'timeout', address: connection.address })
        pool.close(connection, 'connect-timeout')
      } else if (connection.leaving && !connection.task && connection.state === 'warm')
        pool.close(connection, connection.leaving)
      else if (!connection.task && connection.idleSince > 0 && at - connection.idleSince > policy.idleSeconds * 1000) {
        // S3 drops idle connections; a dropped one would cost the next request its time.
        connection.leaving = 'idle'
      }
    }
  }

  function viewOf(connection: PooledConnection): ObservedConnection {
    const reached = pool.reached(connection)
    const known = held.get(connection.id)
    const from =
      known && known.taskId === connection.task?.taskId
        ? known
        : { at: connection.firstByteAt, reached: connection.task?.range.start ?? reached }
    return {
      id: connection.id,
      state: connection.state,
      openedAt: connection.openedAt,
      requests: connection.requests,
      hasTask: connection.task !== undefined,
      firstByteAt: from.at,
      lastByteAt: connection.lastByteAt,
      taskBytes: reached - from.reached,
      bytesLeft: connection.task ? connection.task.range.end - reached : 0,
      bytesPerSecond: connection.bytesPerSecond,
      lifetimeBytesPerSecond:
        (connection.bytes * 1000) / Math.max(1, (connection.idleSince || now()) - connection.openedAt),
      isSettled: isSettled(connection),
      isLeaving: connection.leaving !== undefined || connection.state === 'draining',
      jitter: connection.jitter,
    }
  }

  return {
    heal(context: { retireAgeSeconds: number; firstByteMsP95: number; isHeldBack: boolean }): void {
      const at = now()
      for (const { firstByteAt } of pool.connections())
        if (firstByteAt > healedAt) unanswered = Math.max(0, unanswered - 1)
      healedAt = at
      if (context.isHeldBack) noteHeld(at)
      const connections = [...pool.connections()].filter((connection) => !connection.closing).map(viewOf)
      const working = connections.filter((connection) => connection.hasTask).length
      if (working * 2 >= connections.length) usualSpeed += (medianSpeed(connections) - usualSpeed) * USUAL_WEIGHT
      if (!bringsNextToNothing(connections, at)) crawlProbes = 0
      const usual = { usualBytesPerSecond: usualSpeed, lastProbeAt: probedAt, crawlProbes, unanswered }
      for (const action of chooseHealing({ connections, now: at, policy, ...context, ...usual })) {
        const connection = pool.get(action.id)
        if (connection) apply(action, connection)
      }
      closeUseless(at)
    },
    /** A connection is refused what others are granted: its server is bad. */
    replaceRefused(connection: PooledConnection): void {
      replaced.note({ cause: 'refused', address: connection.address, seconds: (now() - connection.openedAt) / 1000 })
      pool.close(connection, 'refused')
    },
    /** Emits the replacements that were counted together. */
    tick: replaced.tick,
  }
}
