import { describe, expect, it } from 'vitest'
import {
  at,
  endSeconds,
  figuresOf,
  meanSpeed,
  noticedWithinSeconds,
  ownCountFigures,
  type Stalls,
  withoutStandstill,
} from './figures.ts'
import type { Sample } from './server-protocol.ts'
import { CAPACITY, WEATHERS, type WeatherRow } from './weathers.ts'

const times = { hourSeconds: 12, hours: 3 }
const row: WeatherRow = {
  name: 'calm',
  title: '',
  weather: () => [],
  partBytes: 1,
  addresses: 1,
  capacity: [[0, CAPACITY]],
}

/** Ten samples a second of a speed that depends on the time. */
function trace(bytesPerSecond: (seconds: number) => number, perSecond = { answered: 0, refused: 0 }): Sample[] {
  const samples: Sample[] = [{ seconds: 0, bytes: 0, answered: 0, refused: 0 }]
  for (let step = 1; step <= 10 * endSeconds(times) + 1; step++) {
    const last = samples.at(-1) as Sample
    samples.push({
      seconds: step / 10,
      bytes: last.bytes + bytesPerSecond((step - 1) / 10) / 10,
      answered: last.answered + perSecond.answered / 10,
      refused: last.refused + perSecond.refused / 10,
    })
  }
  return samples
}

describe('the speed at an hour', () => {
  it('is the mean around it, and at hour 0 after the start', () => {
    const { speeds, ratio } = figuresOf(
      row,
      trace((seconds) => (seconds < 3 ? 0 : seconds < 33 ? 20e6 : 10e6)),
      times,
    )
    expect(speeds.map((speed) => Math.round(speed / 1e5))).toEqual([200, 200, 200, 100])
    expect(ratio).toBeCloseTo(0.5, 2)
  })

  it('lies straight between two samples', () => {
    const samples: Sample[] = [
      { seconds: 1, bytes: 100, answered: 0, refused: 0 },
      { seconds: 3, bytes: 300, answered: 2, refused: 4 },
    ]
    expect(at(samples, 2)).toEqual({ seconds: 2, bytes: 200, answered: 1, refused: 2 })
    expect(meanSpeed(samples, 1, 3)).toBe(100)
    expect(at(samples, 9).bytes).toBe(300)
    expect(at([], 9).bytes).toBe(0)
  })
})

describe('the share of what the weather could bring', () => {
  it('counts no bytes that could not come', () => {
    const cut: WeatherRow = {
      ...row,
      capacity: [
        [0, CAPACITY],
        [1, 0],
        [2, CAPACITY],
      ],
    }
    const samples = trace((seconds) => (seconds >= 12 && seconds < 24 ? 0 : CAPACITY))
    expect(figuresOf(cut, samples, times).capacityShare).toBeCloseTo(1, 3)
    expect(figuresOf(row, samples, times).capacityShare).toBeCloseTo(1 - 12 / 36, 2)
  })

  it('knows when a capacity changes in the middle of an hour', () => {
    const cut = WEATHERS.find(({ name }) => name === 'cut') as WeatherRow
    const [, [fromHour], [untilHour]] = cut.capacity as [[number, number], [number, number], [number, number]]
    const isCut = (hour: number) => hour >= fromHour && hour < untilHour
    const samples = trace((seconds) => (isCut((seconds + 0.05) / 12) ? 0 : CAPACITY))
    expect(figuresOf(cut, samples, times).capacityShare).toBeCloseTo(1, 2)
  })
})

describe('convergence', () => {
  const narrow: WeatherRow = {
    ...row,
    capacity: [
      [0, CAPACITY],
      [1, 12e6],
      [2, CAPACITY],
    ],
  }
  const late: WeatherRow = {
    ...row,
    capacity: [
      [0, CAPACITY],
      [8, 12e6],
      [9, CAPACITY],
    ],
  }
  it.each<[string, (seconds: number) => number, WeatherRow, number | undefined]>([
    ['at once', (seconds) => (seconds >= 12 && seconds < 24 ? 12e6 : CAPACITY), narrow, 0],
    ['after four seconds', (seconds) => (seconds >= 12 && seconds < 28 ? 12e6 : CAPACITY), narrow, 4],
    ['never', (seconds) => (seconds >= 12 ? 12e6 : CAPACITY), narrow, Number.POSITIVE_INFINITY],
    ['nothing to come back to', () => CAPACITY, row, undefined],
    ['capacity that comes back after the end of the run', () => CAPACITY, late, undefined],
  ])('%s', (_title, speed, weather, expected) => {
    const found = figuresOf(weather, trace(speed), times).convergenceSeconds
    if (expected === undefined || expected === Number.POSITIVE_INFINITY) expect(found).toBe(expected)
    else expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThan(0.3)
  })
})

it("a client's own count gives its speeds and what it received twice", () => {
  const counts = Array.from({ length: 40 }, (_, second) => ({
    seconds: second + 0.3,
    bytesDone: second * 30e6,
    bytesFetched: second * 31e6,
  }))
  const { speeds, duplicateShare } = ownCountFigures(counts, times)
  expect(speeds.map((speed) => Math.round(speed / 1e6))).toEqual([30, 30, 30, 30])
  expect(duplicateShare).toBeCloseTo(1 / 31, 5)
  expect(ownCountFigures([], times)).toEqual({ speeds: [0, 0, 0, 0], duplicateShare: 0 })
})

const stall = (count: number, longestSeconds: number, fromSeconds = 20, untilSeconds = fromSeconds): Stalls => ({
  count,
  longestSeconds,
  fromSeconds,
  untilSeconds,
})

it.each<[string, Stalls[], number | undefined]>([
  ['none', [], undefined],
  ['one', [stall(1, 5)], 5],
  ['the slowest of a hundred and one is left out', [stall(1, 9), stall(100, 5)], 5],
  ['the slowest of ten is not', [stall(1, 9), stall(9, 5)], 9],
])('stalls noticed by 99 of 100: %s', (_title, stalls, expected) => {
  expect(noticedWithinSeconds(stalls)).toBe(expected)
})

it.each<[string, Stalls, number]>([
  ['before the cut', stall(1, 5, 11), 5],
  ['noticed right after a cut of six seconds', stall(1, 8, 18), 2],
  ['noticed a second after the cut, silent since its middle', stall(1, 4, 19), 1],
  ['a group that may have lasted through the cut', stall(3, 7, 14, 24), 1],
])('a cut is no part of a stall: %s', (_title, told, expected) => {
  const cut: WeatherRow = {
    ...row,
    capacity: [
      [0, CAPACITY],
      [1, 0],
      [1.5, CAPACITY],
    ],
  }
  expect(withoutStandstill(cut, [told], 12)[0]?.longestSeconds).toBeCloseTo(expected, 5)
})

it('nothing is possible while the disk stands still', () => {
  const stalled: WeatherRow = { ...row, diskStall: [1, 1.5] }
  const samples = trace((seconds) => (seconds >= 12 && seconds < 18 ? 0 : CAPACITY))
  expect(figuresOf(stalled, samples, times)).toMatchObject({
    capacityShare: expect.closeTo(1, 3),
    convergenceSeconds: expect.closeTo(0, 3),
  })
})

it('a budget of requests is judged once an hour has passed', () => {
  const samples = trace(() => 1e6, { answered: 19, refused: 1 })
  expect(figuresOf({ ...row, granted: 20 }, samples, times).throttled).toEqual({
    refusedShare: expect.closeTo(0.05, 5),
    grantedShare: expect.closeTo(0.95, 5),
  })
  expect(figuresOf(row, samples, times).throttled).toBeUndefined()
})
