import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSpan, followClock, panSpan, zoomSpan } from './view-range.ts'

const BOUNDS = { from: 1000, to: 37_000 }

test.each([
  ['into the middle', { from: 1000, to: 37_000 }, 0.5, 19_000, { from: 10_000, to: 28_000 }],
  ['what is under the pointer stays there', { from: 1000, to: 37_000 }, 0.5, 37_000, { from: 19_000, to: 37_000 }],
  ['never closer than ten seconds', { from: 2000, to: 2012 }, 0.1, 2006, { from: 2001, to: 2011 }],
  ['out to the whole: nothing is chosen any more', { from: 2000, to: 30_000 }, 2, 5000, undefined],
])('zoom %s', (_, span, factor, at, expected) => {
  expect(zoomSpan(span, BOUNDS, factor, at)).toEqual(expected)
})

test('a window stays where it is while time goes on, and goes back with the past when the clock is set back', () => {
  const span = { from: 30_000, to: 33_000 }
  expect(followClock(span, BOUNDS, 36_999, 37_000)).toBe(span)
  const back = { from: BOUNDS.from - 7200, to: BOUNDS.to - 7200 }
  expect(followClock(span, back, 37_000, 37_000 - 7200)).toEqual({ from: 22_800, to: 25_800 })
})

test('a window never leaves the job, and panning keeps its width', () => {
  const inside = fc.integer({ min: BOUNDS.from, max: BOUNDS.to - 20 })
  fc.assert(
    fc.property(
      inside,
      fc.integer({ min: 20, max: 9000 }),
      fc.integer({ min: -50_000, max: 50_000 }),
      (from, width, by) => {
        const span = chooseSpan(from, from + width, BOUNDS)
        const moved = panSpan(span, BOUNDS, by)
        expect(moved.from).toBeGreaterThanOrEqual(BOUNDS.from)
        expect(moved.to).toBeLessThanOrEqual(BOUNDS.to)
        expect(moved.to - moved.from).toBeCloseTo(span.to - span.from, 6)
      },
    ),
  )
})
