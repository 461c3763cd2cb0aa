import { expect, test } from 'vitest'
import { chooseJournalDelayMs } from './journal-pace.ts'

test.each([
  ['a job of three seconds', 0.1 / 3, 100, 40],
  ['a job of a hundred seconds', 0.1 / 100, 100, 100],
  ['the same, looked at after a second', 1 / 100, 1000, 100],
  ['a job of three hours', 0.5 / 10_800, 500, 500],
  ['nothing has arrived', 0, 500, 500],
  ['nor has any time passed', 0, 0, 40],
])('%s: share %f in %d ms', (_, share, elapsedMs, expected) => {
  expect(chooseJournalDelayMs(share, elapsedMs)).toBeCloseTo(expected)
})
