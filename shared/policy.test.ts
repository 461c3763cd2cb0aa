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
  it.each<[unknown, string, string]>([
    [{ stallSecond: 5 }, 'stallSecond', 'is no name of the policy'],
    [{ stallSeconds: '5' }, 'stallSeconds', 'must be a number above 0, not "5"'],
    [{ stallSeconds: 0 }, 'stallSeconds', 'must be a number above 0, not 0'],
    [{ stallSeconds: -1 }, 'stallSeconds', 'must be a number above 0, not -1'],
    [{ stallSeconds: null }, 'stallSeconds', 'must be a number above 0, not null'],
    [{ slowSeconds: -1 }, 'slowSeconds', 'must be a number, 0 or more, not -1'],
    [{ slowRatio: 25 }, 'slowRatio', 'must be a number between 0 and 1, not 25'],
    [{ maxRequestsPerConnection: 1.5 }, 'maxRequestsPerConnection', 'must be a whole number above 0, not 1.5'],
    [{ healthCheckKey: 7 }, 'healthCheckKey', 'must be a key in quotes, not 7'],
    [{ poolRebuildSeconds: Number.NaN }, 'poolRebuildSeconds', 'must be a number, 0 or more, not null'],
    // Values that contradict each other.
    [{ dnsMinTtlSeconds: 61 }, 'dnsMinTtlSeconds', 'must not be greater than dnsMaxTtlSeconds'],
    [{ retryBaseSeconds: 30 }, 'retryBaseSeconds', 'must not be greater than retryCapSeconds'],
    ...[[], 'stallSeconds', null].map((content): [unknown, string, string] => [
      content,
      'policy',
      'must be an object such as { "stallSeconds": 5 }',
    ]),
  ])('%j: %s %s', (content, subject, detail) => {
    const failure = { class: 'usage', code: 'policy', subject, detail }
    expect(parsePolicy(content)).toEqual({ ok: false, failure })
  })
})

it('overrides keep nothing that was not said, so that later defaults reach whoever said nothing', () => {
  expect(policyOverridesSchema.parse({ stallSeconds: 7 })).toEqual({ stallSeconds: 7 })
})
