/**
 * The shell over choose-healing.ts: replaces stalled and slow connections, retires worn ones, closes idle ones and such
 * as never connect.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Failure } from '../../../shared/failure.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { FetchTask } from '../engine-ports.ts'
import { bringsNextToNothing, chooseHealing, type HealingAction, type LineView, medianSpeed } from './choose-healing.ts'
import type { ConnectionPool, PoolLine } from './connection-pool.ts'
import { createReplacementLog } from './replacement-log.ts'

export type HealerOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  pool: ConnectionPool
  isSettled(line: PoolLine): boolean
  emit(code: EventCode, reason: Reason): void
  /**
   * A connection is taken from its task, which goes on elsewhere from the byte it has reached. `seconds`: for so long it
   * has brought nothing, or next to nothing: of one that is only slow, since its last byte.
   */
  onReplaced(line: PoolLine, cause: 'stalled' | 'slow', seconds: number, task: FetchTask | undefined): void
  onConnectFailed(line: PoolLine, failure: Failure): void
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
  /** Where the tasks were, by connection, when all were last held back: what came before says nothing of their speed. */
  let held = new Map<number, { at: number; taskId: number; reached: number }>()

  function noteHeld(at: number): void {
    held = new Map()
    for (const line of pool.lines()) {
      if (line.task && line.firstByteAt > 0)
        held.set(line.id, { at, taskId: line.task.taskId, reached: pool.reached(line) })
    }
  }

  function apply(action: HealingAction, line: PoolLine): void {
    if (action.kind === 'retire') {
      const { cause, seconds } = action
      line.leaving = cause
      replaced.note({ cause, address: line.address, seconds })
      return
    }
    if (action.isProbe) probedAt = now()
    if (action.isProbe && action.cause === 'slow') crawlProbes++
    if (line.task && line.firstByteAt === 0) unanswered++
    const { cause, seconds, bytesPerSecond, medianBytesPerSecond } = action
    replaced.note({ cause, address: line.address, seconds, bytesPerSecond, medianBytesPerSecond })
    const isCrawling = cause === 'stalled' || bytesPerSecond < CRAWL * medianBytesPerSecond
    onReplaced(line, cause, isCrawling ? seconds : (now() - line.lastByteAt) / 1000, line.task)
    pool.close(line, cause)
  }

  function closeUseless(at: number): void {
    for (const line of pool.lines()) {
      if (line.closing) continue
      if (line.state === 'connecting' && at - line.openedAt > policy.connectTimeoutSeconds * 1000) {
        onConnectFailed(line, { class: 'connect', code: 'timeout', address: line.address })
        pool.close(line, 'connect-timeout')
      } else if (line.leaving && !line.task && line.state === 'warm') pool.close(line, line.leaving)
      else if (!line.task && line.idleSince > 0 && at - line.idleSince > policy.idleSeconds * 1000) {
        // S3 drops idle connections; a dropped one would cost the next request its time.
        line.leaving = 'idle'
      }
    }
  }

  function viewOf(line: PoolLine): LineView {
    const reached = pool.reached(line)
    const known = held.get(line.id)
    const from =
      known && known.taskId === line.task?.taskId
        ? known
        : { at: line.firstByteAt, reached: line.task?.range.start ?? reached }
    return {
      id: line.id,
      state: line.state,
      openedAt: line.openedAt,
      requests: line.requests,
      hasTask: line.task !== undefined,
      firstByteAt: from.at,
      lastByteAt: line.lastByteAt,
      taskBytes: reached - from.reached,
      bytesLeft: line.task ? line.task.range.end - reached : 0,
      bytesPerSecond: line.bytesPerSecond,
      lifetimeBytesPerSecond: (line.bytes * 1000) / Math.max(1, (line.idleSince || now()) - line.openedAt),
      isSettled: isSettled(line),
      isLeaving: line.leaving !== undefined || line.state === 'draining',
      jitter: line.jitter,
    }
  }

  return {
    heal(context: { retireAgeSeconds: number; firstByteMsP95: number; isHeldBack: boolean }): void {
      const at = now()
      for (const line of pool.lines()) if (line.firstByteAt > healedAt) unanswered = Math.max(0, unanswered - 1)
      healedAt = at
      if (context.isHeldBack) noteHeld(at)
      const lines = [...pool.lines()].filter((line) => !line.closing).map(viewOf)
      const working = lines.filter((line) => line.hasTask).length
      if (working * 2 >= lines.length) usualSpeed += (medianSpeed(lines) - usualSpeed) * USUAL_WEIGHT
      if (!bringsNextToNothing(lines, at)) crawlProbes = 0
      const usual = { usualBytesPerSecond: usualSpeed, lastProbeAt: probedAt, crawlProbes, unanswered }
      for (const action of chooseHealing({ lines, now: at, policy, ...context, ...usual })) {
        const line = pool.get(action.id)
        if (line) apply(action, line)
      }
      closeUseless(at)
    },
    /** It is refused what others are granted. */
    letGo(line: PoolLine): void {
      replaced.note({ cause: 'refused', address: line.address, seconds: (now() - line.openedAt) / 1000 })
      pool.close(line, 'refused')
    },
    /** Tells what was held back. */
    tick: replaced.tick,
  }
}
