import { describe, expect, it } from 'vitest'
import { createRetryAfter } from './retry-after.ts'

const ANSWER_MS = 100
const TWO_MINUTES = 120_000

type Answer = 'granted' | 'refused'

/**
 * Whether budget `a` waits five seconds after these answers, the last of them to requests that were sent at the start.
 */
function isWaitingAfter(answers: Answer[], sentAtStart: Answer[] = []): boolean {
  let now = 0
  let refusedAt = Number.NEGATIVE_INFINITY
  const retryAfter = createRetryAfter(() => now)
  const note = (answer: Answer, sentAt: number) => {
    now += ANSWER_MS
    if (answer === 'granted') return retryAfter.noteGranted('a')
    retryAfter.noteRefused('a', { sentAt, refusedAt, ms: TWO_MINUTES })
    refusedAt = now
  }
  for (const answer of answers) {
    now += ANSWER_MS
    note(answer, now)
  }
  for (const answer of sentAtStart) note(answer, 0)
  now += 5000
  return retryAfter.isWaiting('a')
}

describe('a Retry-After of two minutes', () => {
  it.each<[string, Parameters<typeof isWaitingAfter>, boolean]>([
    ['holds for the budget with the very first answer', [['refused']], true],
    ['concerns one request while others are granted', [['granted', 'refused']], false],
    [
      'concerns one request, again and again, while others are granted between',
      [['granted', 'refused', 'granted', 'refused']],
      false,
    ],
    [
      'holds for the budget when nothing was granted since the refusal before',
      [['granted', 'refused', 'refused']],
      true,
    ],
    [
      'holds no more for all that was under way at once',
      [
        ['granted', 'refused'],
        ['refused', 'refused'],
      ],
      false,
    ],
  ])('%s', (_, answers, isWaiting) => {
    expect(isWaitingAfter(...answers)).toBe(isWaiting)
  })
})

it('the longest wait is reported, and ends', () => {
  let now = 0
  const retryAfter = createRetryAfter(() => now)
  const refuse = (budget: string, ms: number) =>
    retryAfter.noteRefused(budget, { sentAt: 0, refusedAt: Number.NEGATIVE_INFINITY, ms })
  refuse('a', 1000)
  refuse('b', 5000)
  expect(retryAfter.longestMs()).toBe(5000)
  now = 3000
  expect([retryAfter.isWaiting('a'), retryAfter.isWaiting('b'), retryAfter.longestMs()]).toEqual([false, true, 2000])
  retryAfter.endWaits()
  expect([retryAfter.isWaiting('b'), retryAfter.longestMs()]).toEqual([false, 0])
})
