import { expect, test } from 'vitest'
import { describeLogFinding } from './describe-log-analysis.ts'
import { LOG_CAUSES, type LogCause } from './log-analysis.ts'
import { logWordsEn } from './log-words-en.ts'
import { logWordsZh } from './log-words-zh.ts'

test.each<[LogCause, number, number, string]>([
  ['throttling', 1, 1, '1 of 1 error is 503 Slow Down or 429.'],
  ['throttling', 1, 9, '1 of 9 errors is 503 Slow Down or 429.'],
  ['resets', 4, 9, '4 of 9 errors are connections that were reset or closed too early.'],
  ['resets', 1, 9, '1 of 9 errors is a connection that was reset or closed too early.'],
  ['denied', 1, 1, '1 error is a 403 answer.'],
  ['disk-full', 2, 2, '2 errors: no space left.'],
])('English counts: %s, %d of %d', (cause, count, errors, expected) => {
  expect(describeLogFinding({ cause, share: count / errors, evidence: { count, errors } }, 'en').says).toBe(expected)
})

test('a time in a finding is written as the other times beside it', () => {
  const evidence = { count: 9, bursts: 1, from: '2026-01-01T09:00:00.000Z', seconds: 30 }
  const saysOf = (moment?: (time: string) => string) =>
    describeLogFinding({ cause: 'line-cuts', share: 1, evidence }, 'en', moment).says
  expect(saysOf()).toContain('2026-01-01T09:00:00Z')
  expect(saysOf(() => '1 Jan 2026, 10:00')).toContain('1 Jan 2026, 10:00')
})

const named = (text: string) => new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))
test.each(LOG_CAUSES)('both languages tell the same numbers: %s', (cause) => {
  expect(named(logWordsEn.causes[cause].says)).toEqual(named(logWordsZh.causes[cause].says))
})
