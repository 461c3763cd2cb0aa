import { expect, it } from 'vitest'
import { withDescendants } from './end-process-tree.ts'

it.each([
  ['a process alone', 7, '    1     0\n    7     1\n', [7]],
  ['children and theirs, parents first', 7, '9 8\n7 1\n8 7\n10 7\n11 1\n', [7, 8, 10, 9]],
  ['one that the table does not know', 7, '1 0\n', [7]],
  ['a table that could not be had', 7, '', [7]],
  ['a table that goes round in a circle', 7, '7 8\n8 7\n', [7, 8]],
])('%s', (_name, pid, table, family) => {
  expect(withDescendants(pid, table)).toEqual(family)
})
