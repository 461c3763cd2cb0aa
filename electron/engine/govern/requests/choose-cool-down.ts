/** When any request makes things worse: close all connections, pause, resume with half of them. Pure. */
import type { Policy } from '../../../../shared/policy.ts'

export type CoolDownState = { badSince: number | undefined }

export function chooseCoolDown(
  state: CoolDownState,
  input: { now: number; successRate: number; requests: number; retryAfterMs: number; policy: Policy },
): { state: CoolDownState; restMs?: number } {
  const { now, successRate, requests, policy } = input
  if (requests === 0 || successRate >= policy.coolDownBelowSuccessRate) return { state: { badSince: undefined } }
  const badSince = state.badSince ?? now
  if (now - badSince < policy.coolDownAfterSeconds * 1000) return { state: { badSince } }
  return { state: { badSince: undefined }, restMs: Math.max(input.retryAfterMs, policy.coolDownSeconds * 1000) }
}
