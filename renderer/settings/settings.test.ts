import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../shared/policy.ts'
import { formatResolve, isDnsServer, parseResolve, proxyKind } from './network-fields.ts'
import { policyRows, withPolicy } from './policy-rows.ts'

describe('policy', () => {
  test('every constant has a row, with its default and unit', () => {
    const rows = policyRows({ stallSeconds: 8 })
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(DEFAULT_POLICY))
    expect(rows.find(({ name }) => name === 'stallSeconds')).toEqual({
      name: 'stallSeconds',
      unit: 'seconds',
      value: 8,
      byDefault: 5,
      changed: true,
    })
    expect(rows.find(({ name }) => name === 'coolDownBelowSuccessRate')?.unit).toBe('ratio')
    expect(rows.find(({ name }) => name === 'maxAttempts')?.unit).toBe('count')
  })

  test.each([
    ['a new value is an override', withPolicy({}, 'stallSeconds', 8), { overrides: { stallSeconds: 8 } }],
    ['the default is none', withPolicy({ stallSeconds: 8 }, 'stallSeconds', 5), { overrides: {} }],
    [
      'one taken back leaves the others',
      withPolicy({ stallSeconds: 8, slowRatio: 0.5 }, 'stallSeconds', undefined),
      { overrides: { slowRatio: 0.5 } },
    ],
    ['a share above one', withPolicy({}, 'slowRatio', 2), { problem: 'ratio' }],
    ['not a number', withPolicy({}, 'stallSeconds', Number.NaN), { problem: 'positive' }],
    ['no time at all', withPolicy({}, 'stallSeconds', 0), { problem: 'positive' }],
    ['a negative pause where none is allowed', withPolicy({}, 'longRunSeconds', -1), { problem: 'notNegative' }],
    ['half an attempt', withPolicy({}, 'maxAttempts', 1.5), { problem: 'count' }],
    ['a least that exceeds the most', withPolicy({}, 'dnsMinTtlSeconds', 90), { problem: 'dnsOrder' }],
    ['a most below the least', withPolicy({}, 'dnsMaxTtlSeconds', 0.5), { problem: 'dnsOrder' }],
    ['a first wait above the longest', withPolicy({}, 'retryBaseSeconds', 30), { problem: 'retryOrder' }],
    [
      'taking back one half of an order that needs it',
      withPolicy({ retryBaseSeconds: 30, retryCapSeconds: 40 }, 'retryCapSeconds', undefined),
      { problem: 'retryOrder' },
    ],
  ])('%s', (_, change, expected) => expect(change).toMatchObject(expected))
})

test.each([
  ['system', 'system'],
  ['none', 'none'],
  ['http://proxy:8080', 'custom'],
])('proxy %s is %s', (proxy, kind) => expect(proxyKind(proxy)).toBe(kind))

test.each([
  ['1.1.1.1', true],
  ['1.1.1.1:53', true],
  ['2606:4700::1111', true],
  ['[2606:4700::1111]:53', true],
  ['1.1.1.256', false],
  ['1.1.1.1:0', false],
  ['dns.example.org', false],
])('DNS server %s: %s', (text, right) => expect(isDnsServer(text)).toBe(right))

describe('fixed addresses', () => {
  test('read and written alike', () => {
    const text = 's3.example.org:10.0.0.1,10.0.0.2\nminio.lab:::1'
    const parsed = parseResolve(`${text}\n\n`)
    expect(parsed).toEqual({
      ok: true,
      resolve: { 's3.example.org': ['10.0.0.1', '10.0.0.2'], 'minio.lab': ['::1'] },
    })
    if (parsed.ok) expect(formatResolve(parsed.resolve)).toBe(text)
  })
  test.each([
    ['no address', 's3.example.org:', 1],
    ['a name for an address', 'a.b:1.1.1.1\na.b:c.d', 2],
  ])('refused by its line: %s', (_, text, line) => expect(parseResolve(text)).toEqual({ ok: false, line }))
})
