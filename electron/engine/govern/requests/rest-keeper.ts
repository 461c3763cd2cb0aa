/** When nothing may be requested at all: cool-downs, and the hours outside the user's time window. */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import { formatMinuteOfDay } from '../../../../shared/format-units.ts'
import type { JobSpec } from '../../../../shared/job-spec.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { Clock } from '../../engine-ports.ts'
import { type CoolDownState, chooseCoolDown } from './choose-cool-down.ts'
import { minuteOfDay, secondsUntilOpen } from './time-window.ts'

export type RestKeeperOptions = {
  clock: Clock
  policy: Policy
  timeWindow: JobSpec['timeWindow']
  emit(code: EventCode, reason: Reason): void
  /** Of the last requests, and the longest `Retry-After` still running. */
  evidence(): { successRate: number; requestsPerSecond: number; retryAfterMs: number }
  onRest(cause: 'time-window' | 'cooling-down'): void
  /** Work goes on, after a cool-down with half the connections. Returns how many those are. */
  onEnd(): number
}

export type RestKeeper = ReturnType<typeof createRestKeeper>

export function createRestKeeper(options: RestKeeperOptions) {
  const { clock, policy, emit } = options
  const now = clock.monotonic
  let coolDownState: CoolDownState = { badSince: undefined }
  /** Monotonic milliseconds; undefined = no cool-down. */
  let coolUntil: number | undefined
  let isOutside = false
  let isHalved = false
  /** Of this rest. */
  let hasCooled = false

  const isResting = () => coolUntil !== undefined || isOutside
  /** Wall-clock time, because the monotonic clock may stand still while the machine sleeps. */
  const secondsClosed = () => secondsUntilOpen(options.timeWindow, minuteOfDay(clock.now()))

  function coolDown(cause: string, restMs = policy.coolDownSeconds * 1000): void {
    if (isResting()) return
    coolUntil = now() + restMs
    isHalved = true
    hasCooled = true
    emit('cooling-down', { cause, seconds: restMs / 1000, successRate: options.evidence().successRate })
    options.onRest('cooling-down')
  }

  function followClocks(): void {
    const wasResting = isResting()
    if (coolUntil !== undefined && now() >= coolUntil) coolUntil = undefined
    followWindow()
    if (!wasResting && isOutside) options.onRest('time-window')
    if (!wasResting || isResting()) return
    const concurrency = options.onEnd()
    if (hasCooled) emit('cooled-down', { concurrency })
    hasCooled = false
  }

  function followWindow(): void {
    const wasOutside = isOutside
    const seconds = secondsClosed()
    isOutside = seconds > 0
    if (isOutside === wasOutside || !options.timeWindow) return
    if (isOutside)
      emit('time-window-closed', {
        seconds: Math.round(seconds),
        until: formatMinuteOfDay(options.timeWindow.fromMinutes),
      })
    else emit('time-window-opened', {})
  }

  return {
    isResting,
    /** A cool-down has come: half the connections from then on. */
    isHalved: () => isHalved,
    coolDown,
    /** The user ends it early. */
    endCoolDown(): void {
      if (coolUntil !== undefined) coolUntil = now()
    },
    tick(): void {
      followClocks()
      if (isResting()) return
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
    secondsLeft: () => (isResting() ? Math.max(0, ((coolUntil ?? 0) - now()) / 1000, secondsClosed()) : 0),
    phase(): 'waiting' | 'cooling-down' | undefined {
      if (isOutside) return 'waiting'
      return coolUntil === undefined ? undefined : 'cooling-down'
    },
  }
}
