import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTextColumn } from './text-column.ts'

it('gives back every text, whatever was added and replaced', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('', 'é'.repeat(700), '\u{1f600}/中文'),
  )
  const change = fc.record({ at: fc.nat(), text })
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 200 }),
      fc.array(change, { maxLength: 20 }),
      (texts, changes) => {
        const column = createTextColumn()
        const expected = [...texts]
        for (const one of texts) column.add(one)
        for (const { at, text: other } of changes) {
          column.replace(at % texts.length, other)
          expected[at % texts.length] = other
        }
        expect(Array.from({ length: column.length }, (_, index) => column.at(index))).toEqual(expected)
      },
    ),
  )
})

it('goes on in further chunks, and takes a text that is longer than one', () => {
  const column = createTextColumn()
  const key = (index: number) => `a/key/of/some/length/${index}`
  for (let index = 0; index < 100_000; index++) column.add(key(index))
  column.add('x'.repeat(3_000_000))
  column.add('last')
  expect(column.at(0)).toBe(key(0))
  expect(column.at(99_999)).toBe(key(99_999))
  expect(column.at(100_000)).toHaveLength(3_000_000)
  expect(column.at(100_001)).toBe('last')
})
