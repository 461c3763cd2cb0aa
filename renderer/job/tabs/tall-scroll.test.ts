import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Extent, elementPixels, followScroll, MAX_PIXELS, type Place, placeOf } from './tall-scroll.ts'

const ROW = 26
const ROOM = 520
const START: Place = { scrollTop: 0, shift: 0 }
const rows = (count: number): Extent => ({ height: count * ROW, room: ROOM })
const topOf = ({ scrollTop, shift }: Place) => scrollTop + shift
/** What a browser does: no further than the element reaches. */
const scrolled = (place: Place, to: number, extent: Extent): Place =>
  followScroll(place, Math.max(0, Math.min(to, elementPixels(extent) - ROOM)), extent)

describe.each([
  ['ten thousand rows', 10_000],
  ['as many as an element holds', Math.floor(MAX_PIXELS / ROW)],
  ['a few more', Math.floor(MAX_PIXELS / ROW) + 40],
  ['nine million', 9_123_456],
])('%s', (_, count) => {
  const extent = rows(count)
  const last = extent.height - ROOM

  test.each([
    ['the first', 0, 0],
    ['the middle', 0.5, last / 2],
    ['the last', 1, last],
  ])('the bar reaches %s', (_name, share, top) => {
    const place = scrolled(START, share * (elementPixels(extent) - ROOM), extent)
    expect(Math.abs(topOf(place) - top)).toBeLessThanOrEqual(ROW / 2)
    if (share !== 0.5) expect(topOf(place)).toBe(top)
  })

  it('goes to any row, within the element', () => {
    for (const share of [0, 0.001, 0.3, 0.5, 0.999, 1]) {
      const place = placeOf(share * last, extent)
      expect(topOf(place)).toBeCloseTo(share * last, 6)
      expect(place.scrollTop).toBeGreaterThanOrEqual(0)
      expect(place.scrollTop).toBeLessThanOrEqual(elementPixels(extent) - ROOM)
      expect(Number.isInteger(place.shift)).toBe(true)
    }
  })

  it('a wheel moves the list by as much as it turns, from wherever the bar was dragged to, and stops at the ends', () => {
    const action = fc.oneof(
      fc.record({ drag: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ wheel: fc.integer({ min: -3000, max: 3000 }) }),
      fc.record({ wheel: fc.constantFrom(-2500, 2500), times: fc.integer({ min: 1, max: 100 }) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        let place = START
        for (const each of actions) {
          if ('drag' in each) place = scrolled(place, each.drag * (elementPixels(extent) - ROOM), extent)
          const times = 'times' in each ? each.times : 1
          for (let turn = 0; 'wheel' in each && turn < times; turn++) {
            const wanted = Math.max(0, Math.min(last, topOf(place) + each.wheel))
            place = scrolled(place, place.scrollTop + each.wheel, extent)
            expect(topOf(place)).toBeCloseTo(wanted, 4)
          }
          const rested = placeOf(topOf(place), extent)
          expect(topOf(rested)).toBeCloseTo(topOf(place), 4)
          place = rested
        }
      }),
      { numRuns: 50 },
    )
  })
})

it('stays at its row while rows come in below, also past what an element holds', () => {
  const before = rows(600_000)
  const place = placeOf(before.height - ROOM, before)
  const after = rows(700_000)
  const next = placeOf(topOf(place), after)
  expect(topOf(next)).toBe(topOf(place))
  expect(next.scrollTop).toBeLessThan(elementPixels(after) - ROOM)
})

it('comes back to the end of a list that has become shorter', () => {
  const place = placeOf(rows(2_000_000).height, rows(2_000_000))
  expect(placeOf(topOf(place), rows(100))).toEqual({ scrollTop: 100 * ROW - ROOM, shift: 0 })
})
