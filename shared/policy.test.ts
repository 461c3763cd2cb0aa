import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY, parsePolicy, policyOverridesSchema } from './policy.ts'

/** Names that checks from outside rely on, with the values of the contract (DESIGN 6). */
const PROMISED = {
  stallSeconds: 5,
  slowRatio: 0.25,
  slowSeconds: 10,
  connectionMaxAgeSeconds: 3600,
  maxRequestsPerConnection: 90,
  poolRebuildSeconds: 3600,
  healthCheckSeconds: 60,
  unhealthyLatencySeconds: 5,
  healthCheckKey: '',
  throttleWindowSeconds: 60,
  longRunSeconds: 0,
  coolDownBelowSuccessRate: 0.5,
  coolDownAfterSeconds: 120,
  coolDownSeconds: 300,
  journalFlushSeconds: 5,
  snapshotSeconds: 1,
  performanceLogSeconds: 600,
}

it('keeps the promised names and values', () => {
  expect(DEFAULT_POLICY).toMatchObject(PROMISED)
})

it('any subset is a policy; the rest stays as it is', () => {
  const parsed = parsePolicy({ poolRebuildSeconds: 12, longRunSeconds: 7200 })
  expect(parsed.ok && parsed.value).toEqual({ ...DEFAULT_POLICY, poolRebuildSeconds: 12, longRunSeconds: 7200 })
  expect(parsePolicy({}).ok).toBe(true)
})

describe('what is no policy is refused by name', () => {
  it.each<[unknown, string]>([
    [{ stallSecond: 5 }, 'stallSecond'],
    [{ stallSeconds: '5' }, 'stallSeconds'],
    [{ stallSeconds: 0 }, 'stallSeconds'],
    [{ stallSeconds: -1 }, 'stallSeconds'],
    [{ stallSeconds: null }, 'stallSeconds'],
    [{ slowRatio: 25 }, 'slowRatio'],
    [{ maxRequestsPerConnection: 1.5 }, 'maxRequestsPerConnection'],
    [{ healthCheckKey: 7 }, 'healthCheckKey'],
    [{ poolRebuildSeconds: Number.NaN }, 'poolRebuildSeconds'],
    // Values that contradict each other.
    [{ dnsMinTtlSeconds: 61 }, 'dnsMinTtlSeconds'],
    [{ retryBaseSeconds: 30 }, 'retryBaseSeconds'],
    [[], 'policy'],
    ['stallSeconds', 'policy'],
    [null, 'policy'],
  ])('%j: %s', (content, subject) => {
    expect(parsePolicy(content)).toMatchObject({ ok: false, failure: { class: 'usage', code: 'policy', subject } })
  })
})

it('overrides keep nothing that was not said, so that later defaults reach whoever said nothing', () => {
  expect(policyOverridesSchema.parse({ stallSeconds: 7 })).toEqual({ stallSeconds: 7 })
})
