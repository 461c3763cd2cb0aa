import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRepeatCheck, createRepeatWatch } from './repeat-check.ts'

const rows: [what: string, listed: string[], once: string[]][] = [
  ['keys in order', ['a', 'b', 'c'], ['a', 'b', 'c']],
  ['a page that comes twice', ['a', 'b', 'a', 'b', 'c'], ['a', 'b', 'c']],
  ['one key twice in a row', ['a', 'a', 'b'], ['a', 'b']],
  ['keys in no order, as directory buckets list them', ['c', 'a', 'b', 'a', 'c', 'd'], ['c', 'a', 'b', 'd']],
  // In UTF-8, the order of S3, the second is the greater one; in UTF-16 it is not.
  ['keys beyond the basic plane', ['\uff5e', '\u{1f600}', '\u{1f600}'], ['\uff5e', '\u{1f600}']],
  ['the empty key', ['', ''], ['']],
]
const tableOf = (kept: readonly string[]) => ({
  key: (index: number) => kept[index] as string,
  get length() {
    return kept.length
  },
})

it.each(rows)('%s: each is wanted once', (_what, listed, once) => {
  const kept: string[] = []
  const isRepeated = createRepeatCheck(tableOf(kept), Math.random)
  for (const key of listed) if (!isRepeated(key)) kept.push(key)
  expect(kept).toEqual(once)
  const isTold = createRepeatWatch(Math.random)
  expect(listed.filter((key) => !isTold(key))).toEqual(once)
})

it('a key that is left out is no other one', () => {
  const kept: string[] = []
  const isRepeated = createRepeatCheck(tableOf(kept), Math.random)
  for (const key of ['c', 'left out', 'b', 'a', 'left out', 'a']) {
    if (!isRepeated(key) && key !== 'left out') kept.push(key)
  }
  expect(kept).toEqual(['c', 'b', 'a'])
})

it('of keys in any order none is lost and none comes twice', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 }), (listed) => {
      const kept: string[] = []
      const isRepeated = createRepeatCheck(tableOf(kept), Math.random)
      for (const key of listed) if (!isRepeated(key)) kept.push(key)
      expect(kept).toEqual([...new Set(listed)])
    }),
  )
})
