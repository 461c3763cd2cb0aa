import { expect, test } from 'vitest'
import { findRefusingLines, type LineAnswers } from './find-refusing-lines.ts'

let nextId = 1
const line = (granted: number, refused: number, length = 0, alone = Math.max(0, length - 1)): LineAnswers => ({
  id: nextId++,
  ...{ granted, refused, refusals: { length, alone, lastAt: 0 } },
})
const times = (count: number, make: () => LineAnswers) => Array.from({ length: count }, make)

test.each<[string, LineAnswers[], boolean, boolean]>([
  ['three refusals in a row while others are granted', [line(0, 3, 3), ...times(3, () => line(10, 0))], false, true],
  ['two may be chance', [line(0, 2, 2), ...times(3, () => line(10, 0))], false, false],
  ['it was granted before', [line(20, 3, 3), ...times(3, () => line(10, 0))], false, true],
  [
    'nobody was granted in between: a budget, or trouble',
    [line(5, 9, 9, 0), ...times(3, () => line(10, 0))],
    false,
    false,
  ],
  ['others are refused a third of it', [line(5, 4, 4), ...times(3, () => line(20, 10))], false, false],
  [
    'half of them are such',
    [line(0, 3, 3), ...times(7, () => line(0, 3, 3)), ...times(8, () => line(5, 0))],
    false,
    true,
  ],
  ['a fresh one, where one was found lately', [line(0, 1, 1), ...times(3, () => line(10, 0))], true, true],
  ['a fresh one, where none was', [line(0, 1, 1), ...times(3, () => line(10, 0))], false, false],
  ['a fresh one, where all are refused', [line(0, 1, 1), ...times(3, () => line(10, 5))], true, false],
  ['nobody else is there', [line(0, 9, 9)], true, false],
])('a connection is one that refuses: %s', (_, lines, isKnown, isFound) => {
  expect(findRefusingLines(lines, isKnown).includes(lines[0]?.id ?? 0)).toBe(isFound)
})
