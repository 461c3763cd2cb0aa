/** What a health check means (DESIGN 6.5, the seed report's plan D). Pure. */
import type { Policy } from '../../../../shared/policy.ts'

export type HealthState = { failuresInARow: number }

/** One bad answer may be chance, two are not. */
const BAD_CHECKS = 2

export function assessHealth(
  state: HealthState,
  check: { ok: boolean; latencyMs: number; policy: Policy },
): { state: HealthState; verdict: 'healthy' | 'recovered' | 'doubtful' | 'unhealthy' } {
  const isBad = !check.ok || check.latencyMs > check.policy.unhealthyLatencySeconds * 1000
  if (!isBad) return { state: { failuresInARow: 0 }, verdict: state.failuresInARow > 0 ? 'recovered' : 'healthy' }
  const failuresInARow = state.failuresInARow + 1
  // After the rebuild the count starts over: the next two bad answers are needed for the next one.
  if (failuresInARow >= BAD_CHECKS) return { state: { failuresInARow: 0 }, verdict: 'unhealthy' }
  return { state: { failuresInARow }, verdict: 'doubtful' }
}
