import { expect, test } from 'vitest'
import { createPassingTable } from './passing-table.ts'

test('entries are found by their number, and stand in the order in which they came', () => {
  const table = createPassingTable<string>()
  for (const [key, value] of [
    [7, 'a'],
    [3, 'b'],
    [9, 'c'],
  ] as const)
    table.add(key, value)
  expect([table.size, table.get(3), table.get(4)]).toEqual([3, 'b', undefined])
  table.delete(3)
  table.delete(4)
  table.add(1, 'd')
  expect([table.size, table.get(3)]).toEqual([3, undefined])
  expect(table.values()).toEqual(['a', 'c', 'd'])
})

test('a million entries pass through it and leave nothing', () => {
  const table = createPassingTable<number>()
  for (let key = 0; key < 1e6; key++) {
    table.add(key, key)
    table.delete(key - 16)
  }
  expect(table.values()).toEqual(Array.from({ length: 16 }, (_, at) => 1e6 - 16 + at))
})
