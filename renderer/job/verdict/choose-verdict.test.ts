import { expect, test } from 'vitest'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { sampleJob } from '../testing/samples.ts'
import { chooseVerdict, type Verdict } from './choose-verdict.ts'

const dns = { code: 'dns', evidence: {} } as const
test.each<[string, Partial<JobView>, Verdict]>([
  ['while it runs: what limits it now', { phase: 'running', limitSeconds: { line: 900 } }, { kind: 'now', limit: dns }],
  [
    'paused: what held it longest, with its share',
    { phase: 'paused', limitSeconds: { throttling: 25, line: 75 } },
    { kind: 'overall', code: 'line', share: 0.75 },
  ],
  [
    'over: the same',
    { phase: 'completed', limitSeconds: { disk: 60, none: 40 } },
    { kind: 'overall', code: 'disk', share: 0.6 },
  ],
  [
    'a job of an instant: no verdict is invented',
    { phase: 'completed', limitSeconds: { line: 1 } },
    { kind: 'unknown' },
  ],
  ['a job of an older version', { phase: 'cancelled' }, { kind: 'unknown' }],
])('%s', (_, job, expected) => {
  expect(chooseVerdict({ ...sampleJob(), ...job }, dns)).toEqual(expected)
})

test('while the first page of the listing is refused: that', () => {
  const throttling = { code: 'throttling', evidence: { seconds: 8 } } as const
  expect(chooseVerdict({ ...sampleJob(), phase: 'listing' }, throttling)).toEqual({ kind: 'now', limit: throttling })
})
