import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { chooseCoolDown } from './choose-cool-down.ts'

const policy = DEFAULT_POLICY

describe('cool-down', () => {
  const bad = { successRate: 0.4, requests: 10, retryAfterMs: 0, policy }
  it('comes when half of the requests fail for two minutes, and lasts five', () => {
    const first = chooseCoolDown({ badSince: undefined }, { now: 1000, ...bad })
    expect(first).toEqual({ state: { badSince: 1000 } })
    expect(chooseCoolDown(first.state, { now: 120_999, ...bad }).restMs).toBeUndefined()
    expect(chooseCoolDown(first.state, { now: 121_000, ...bad }).restMs).toBe(300_000)
  })
  const rows: [sentence: string, change: Partial<typeof bad>, restMs: number | undefined][] = [
    ['lasts as long as the server asks, if that is longer', { retryAfterMs: 900_000 }, 900_000],
    ['does not come when requests succeed', { successRate: 0.5 }, undefined],
    ['does not come when nothing is asked', { requests: 0 }, undefined],
  ]
  it.each(rows)('%s', (_, change, restMs) => {
    expect(chooseCoolDown({ badSince: 0 }, { now: 500_000, ...bad, ...change }).restMs).toBe(restMs)
  })
})
