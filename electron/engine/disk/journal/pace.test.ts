import { expect, test } from 'vitest'
import { chooseJournalDelayMs } from './pace.ts'

test.each([
  ['a job of three seconds', 0.1 / 3, 100, 0, 40],
  ['a job of a hundred seconds', 0.1 / 100, 100, 1000, 100],
  ['the same, looked at after a second', 1 / 100, 1000, 1000, 100],
  ['a job of three hours', 0.5 / 10_800, 500, 60_000, 500],
  ['a job of a week, after a day', 8.64 / 604_800, 8640, 86_400_000, 8640],
  ['an object of a short job, after a day of pause', 0.01, 100, 86_400_000, 40],
  ['nothing has arrived yet, or again', 0, 500, 60_000, 40],
  ['the first bytes of a job of three hours', 1e-8, 40, 1000, 80],
  ['nor has any time passed', 0, 0, 0, 40],
])('%s: share %f in %d ms, %d ms after its start', (_, share, elapsedMs, runMs, expected) => {
  expect(chooseJournalDelayMs(share, elapsedMs, runMs)).toBeCloseTo(expected)
})
