import { expect, test } from 'vitest'
import { addFailure, NO_FAILURES } from './failure-row.ts'

/** Fails once a second; the service is heard from at these seconds. */
function failEverySecond(seconds: number, othersAnsweredAt: readonly number[]) {
  let row = NO_FAILURES
  for (let now = 1; now <= seconds; now++) {
    const heard = Math.max(0, ...othersAnsweredAt.filter((at) => at <= now))
    row = addFailure(row, { now: now * 1000, othersAnsweredAt: heard * 1000 })
  }
  return row
}

test.each<[string, number, number[], number]>([
  ['the first failure accuses nobody', 1, [0.5], 0],
  ['each further one does while others are answered', 5, [0.5, 1.5, 2.5, 3.5, 4.5], 4],
  ['none does while nobody is answered', 600, [0.5], 0],
  ['one answer after a long silence tells against one failure, not against all of them', 600, [0.5, 599.5], 1],
  ['many answers between two failures tell against one', 3, [1.1, 1.2, 1.3, 1.4], 1],
])('%s', (_title, seconds, othersAnsweredAt, alone) => {
  const row = failEverySecond(seconds, othersAnsweredAt)
  expect(row).toEqual({ length: seconds, alone, lastAt: seconds * 1000 })
})
