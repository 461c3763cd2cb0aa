import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeSpans, type Span } from '../disk/byte-spans.ts'
import type { ByteRange } from '../engine-ports.ts'
import { missingRanges, spanBytes } from './missing-ranges.ts'

describe('what is missing of ten bytes', () => {
  it.each<[string, Span[], ByteRange[]]>([
    ['nothing is there', [], [{ start: 0, end: 10 }]],
    ['all is there', [[0, 10]], []],
    ['the front is there', [[0, 4]], [{ start: 4, end: 10 }]],
    ['the back is there', [[4, 10]], [{ start: 0, end: 4 }]],
    [
      'a hole',
      [
        [0, 2],
        [5, 10],
      ],
      [{ start: 2, end: 5 }],
    ],
    [
      'spans that touch',
      [
        [0, 5],
        [5, 10],
      ],
      [],
    ],
    ['a span over the end', [[5, 99]], [{ start: 0, end: 5 }]],
    ['a span behind the end', [[20, 30]], [{ start: 0, end: 10 }]],
    [
      'one over the end and one behind it',
      [
        [5, 12],
        [20, 30],
      ],
      [{ start: 0, end: 5 }],
    ],
  ])('%s', (_name, spans, missing) => expect(missingRanges(spans, 10)).toEqual(missing))
})

it('what is missing and what is there make up the object, each byte once and in order', () => {
  const spans = fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { maxLength: 20 })
  fc.assert(
    fc.property(spans, fc.nat(200), (anyOrder, size) => {
      const there = mergeSpans(anyOrder)
      const missing = missingRanges(there, size)
      const covered = new Uint8Array(size)
      for (const [start, end] of there) covered.fill(1, start, end)
      let last = -1
      for (const { start, end } of missing) {
        expect(start).toBeGreaterThan(last)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(size)
        expect(covered.subarray(start, end).some((byte) => byte === 1)).toBe(false)
        covered.fill(1, start, end)
        last = end
      }
      expect(covered.every((byte) => byte === 1)).toBe(true)
    }),
  )
})

it('counts the bytes of spans', () =>
  expect(
    spanBytes([
      [0, 4],
      [6, 7],
    ]),
  ).toBe(5))
