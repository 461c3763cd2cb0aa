/**
 * Sends a HEAD for a small object at intervals, beside the data: can the service still be reached, and how fast?
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { FailureClass } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { Clock, ObjectSource } from '../../engine-ports.ts'
import { timeoutAfter } from '../../transport/monotonic-time.ts'
import { assessHealth, type HealthState } from './assess-health.ts'

export type HealthMonitorOptions = {
  clock: Clock
  source: ObjectSource
  policy: Policy
  /** Key of the object; undefined while nothing is listed. */
  key(): string | undefined
  emit(code: EventCode, reason: Reason): void
  onUnhealthy(): void
}

/**
 * Answers about the object itself, which may be deleted or archived meanwhile: a rebuild would not change them.
 */
const ABOUT_THE_OBJECT: readonly FailureClass[] = ['missing', 'denied', 'archived']
/** Waits a little beyond the limit, to distinguish a late answer from none. */
const TIMEOUT_FACTOR = 2

export function createHealthMonitor(options: HealthMonitorOptions) {
  const { clock, source, policy, emit } = options
  let state: HealthState = { failuresInARow: 0 }
  let nextAt = clock.monotonic() + policy.healthCheckSeconds * 1000
  let isChecking = false

  async function check(key: string): Promise<void> {
    isChecking = true
    const startedAt = clock.monotonic()
    const signal = timeoutAfter(policy.unhealthyLatencySeconds * TIMEOUT_FACTOR * 1000)
    const head = await source.headObject(key, {}, signal)
    isChecking = false
    const latencyMs = Math.round(clock.monotonic() - startedAt)
    nextAt = clock.monotonic() + policy.healthCheckSeconds * 1000
    const inARow = state.failuresInARow + 1
    const isAnswered = head.ok || ABOUT_THE_OBJECT.includes(head.failure.class)
    const assessed = assessHealth(state, { ok: isAnswered, latencyMs, policy })
    state = assessed.state
    if (assessed.verdict === 'recovered') emit('health-check-passed', { latencyMs })
    if (assessed.verdict === 'doubtful' || assessed.verdict === 'unhealthy') {
      emit('health-check-failed', { latencyMs, failure: isAnswered ? 'slow' : head.failure.class, inARow })
    }
    if (assessed.verdict === 'unhealthy') options.onUnhealthy()
  }

  return {
    tick(): void {
      if (policy.healthCheckSeconds === 0 || isChecking || clock.monotonic() < nextAt) return
      const key = policy.healthCheckKey || options.key()
      if (key !== undefined) void check(key)
    },
  }
}
