import { expect, it } from 'vitest'
import { compareWithOld, markAll, speedsSince } from './compare-with-old.ts'

/** In MB/s; the old ones with the second they were opened at. */
type Pool = { fresh: number; old: [openedAt: number, speed: number][]; best: number }

const alike: Pool['old'] = [
  [0, 1],
  [0, 1],
  [0, 1],
]
const apart: Pool['old'] = [
  [0, 0.7],
  [0, 1],
  [0, 1.4],
]
const aged: Pool['old'] = [0, 5, 10].map((openedAt) => [openedAt, 4 * Math.exp((openedAt - 20) / 15)])

const rows: [sentence: string, pool: Pool, isProven: boolean, isInDoubt: boolean][] = [
  ['as fast as the pool was at its best: aged', { fresh: 2, old: alike, best: 2 }, true, false],
  ['as slow as the others: the line', { fresh: 1, old: alike, best: 2 }, false, false],
  ['slower than the others: the line', { fresh: 0.5, old: alike, best: 2 }, false, false],
  ['a little faster, of much that was lost: nothing yet', { fresh: 1.1, old: alike, best: 2 }, false, true],
  [
    'more than half of the little that was lost: aged, and watched on',
    { fresh: 1.1, old: alike, best: 1.15 },
    true,
    true,
  ],
  ['no further above the others than they are apart: chance', { fresh: 1.5, old: apart, best: 2 }, false, false],
  ['... but not where their ages are why they are apart', { fresh: 4, old: aged, best: 4 }, true, false],
  ['nothing to compare with', { fresh: 1, old: [], best: 2 }, false, false],
]
it.each(rows)('%s', (_, { fresh, old, best }, isProven, isInDoubt) => {
  const speeds = old.map(([openedAt, speed]) => ({ openedAt: openedAt * 1000, bytesPerSecond: speed * 1e6 }))
  const compared = compareWithOld({ workedMs: 1000, workedBytes: fresh * 1e6 }, speeds, best * 1e6)
  expect(compared).toMatchObject({ isProven, isInDoubt })
})

it('the speed of an old connection is what it has received since the mark, whatever came before', () => {
  const before = { id: 1, openedAt: 0, workedMs: 60_000, workedBytes: 600e6 }
  const marks = markAll([before])
  const since = { ...before, workedMs: 62_000, workedBytes: 602e6 }
  const opened = { ...since, id: 2 }
  expect(speedsSince(marks, [since, opened])).toEqual([{ openedAt: 0, bytesPerSecond: 1e6 }])
  expect(speedsSince(marks, [before])).toEqual([])
})
