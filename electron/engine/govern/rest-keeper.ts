/** When nothing may be asked at all: cool-downs, and the hours outside the user's time window. */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { Clock } from '../engine-ports.ts'
import { type CoolDownState, chooseCoolDown } from './choose-cool-down.ts'
import { minuteOfDay, secondsUntilOpen } from './time-window.ts'

export type RestKeeperOptions = {
  clock: Clock
  policy: Policy
  timeWindow: JobSpec['timeWindow']
  emit(code: EventCode, reason: Reason): void
  /** Of the last requests, and the longest `Retry-After` that still runs. */
  evidence(): { successRate: number; requestsPerSecond: number; retryAfterMs: number }
  onRest(cause: 'time-window' | 'cooling-down'): void
  /** Work goes on, after a cool-down with half the connections. Returns how many those are. */
  onEnd(): number
}

export function createRestKeeper(options: RestKeeperOptions) {
  const { clock, policy, emit } = options
  const now = clock.monotonic
  let coolDownState: CoolDownState = { badSince: undefined }
  /** Monotonic milliseconds; 0 = no rest. */
  let until = 0
  let isHalved = false

  const secondsClosed = () => secondsUntilOpen(options.timeWindow, minuteOfDay(clock.now()))

  function coolDown(cause: string, restMs = policy.coolDownSeconds * 1000): void {
    if (until > 0) return
    until = now() + restMs
    isHalved = true
    emit('cooling-down', { cause, seconds: restMs / 1000, successRate: options.evidence().successRate })
    options.onRest('cooling-down')
  }

  function followWindow(): void {
    const at = now()
    const closedMs = secondsClosed() * 1000
    if (until > 0 && at >= until && closedMs === 0) {
      until = 0
      const concurrency = options.onEnd()
      if (isHalved) emit('cooled-down', { concurrency })
    } else if (until === 0 && closedMs > 0) {
      until = at + closedMs
      options.onRest('time-window')
    }
  }

  return {
    isResting: () => until > 0,
    /** A cool-down has come: half the connections from then on. */
    isHalved: () => isHalved,
    coolDown,
    tick(): void {
      followWindow()
      if (until > 0) return
      const { successRate, requestsPerSecond, retryAfterMs } = options.evidence()
      const chosen = chooseCoolDown(coolDownState, {
        now: now(),
        successRate,
        requests: requestsPerSecond,
        retryAfterMs,
        policy,
      })
      coolDownState = chosen.state
      if (chosen.restMs !== undefined) coolDown('success-rate', chosen.restMs)
    },
    secondsLeft: () => (until > 0 ? Math.max(0, (until - now()) / 1000) : 0),
    phase(): 'waiting' | 'cooling-down' | undefined {
      if (until === 0) return undefined
      return secondsClosed() > 0 ? 'waiting' : 'cooling-down'
    },
  }
}
