import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HISTORY_SERIES_NAMES, type HistorySeries, historySchema } from '../../../shared/job-history.ts'
import { createSpeedHistory, type SpeedPoint, savedHistorySchema, toColumns } from './speed-history.ts'

const START = 1_767_225_600 // a full minute

const sample = (
  time: number,
  seconds: number,
  values: Partial<Record<HistorySeries, number>>,
  errors: SpeedPoint['errors'] = {},
): SpeedPoint => ({ time, seconds, values: HISTORY_SERIES_NAMES.map((name) => values[name] ?? null), errors })

const point = (time: number, seconds: number, bytesPerSecond: number): SpeedPoint =>
  sample(time, seconds, {
    bytesPerSecond,
    concurrency: 16,
    firstByteMsP50: 80,
    firstByteMsP95: 200,
    errorsPerSecond: 0,
  })

const bytesOf = (points: SpeedPoint[]) => points.reduce((sum, each) => sum + (each.values[0] ?? 0) * each.seconds, 0)

function runFor(seconds: number) {
  const history = createSpeedHistory()
  for (let second = 1; second <= seconds; second++) history.add(point(START + second, 1, second % 7))
  return history.read({ sinceSeconds: 0 })
}

describe('a run at one point per second keeps', () => {
  test.each([
    ['every second of the first ten minutes', 600, 600],
    ['ten-second points beyond: one more hour is 360 points', 600 + 3600, 600 + 360],
    [
      'minutes beyond three hours: a day is 600 + 1080 + the rest in minutes',
      86_400,
      600 + 1080 + (86_400 - 600 - 10_800) / 60,
    ],
  ])('%s', (_, seconds, expected) => {
    expect(Math.abs(runFor(seconds).length - expected)).toBeLessThanOrEqual(3)
  })
})

test('no byte is lost while points are folded, and time never runs backwards', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: fc.integer({ min: 1, max: 5000 }), speed: fc.integer({ min: 0, max: 1e9 }) }), {
        maxLength: 400,
      }),
      (steps) => {
        const history = createSpeedHistory()
        let time = START
        const given = steps.map(({ gap, speed }) => {
          time += gap
          return point(time, gap, speed)
        })
        for (const each of given) history.add(each)
        const kept = history.read({ sinceSeconds: 0 })
        expect(bytesOf(kept) / (bytesOf(given) || 1)).toBeCloseTo(bytesOf(given) > 0 ? 1 : 0, 9)
        for (const [index, each] of kept.entries()) {
          if (index > 0) expect(each.time).toBeGreaterThan((kept[index - 1] as SpeedPoint).time)
        }
      },
    ),
  )
})

test('a clock that was set back takes the past along: nothing goes unseen until it has caught up', () => {
  const history = createSpeedHistory()
  const hours = 8 * 3600
  for (let second = 1; second <= 2000; second++) history.add(point(START + hours + second, 1, 3))
  const before = history.read({ sinceSeconds: 0 })
  for (let second = 1; second <= 5; second++) history.add(point(START + 2000 + second, 1, 3))
  const times = history.read({ sinceSeconds: 0 }).map(({ time }) => time)
  expect(times.slice(-7)).toEqual([-1, 0, 1, 2, 3, 4, 5].map((second) => START + 2000 + second))
  expect(times[0]).toBe((before[0] as SpeedPoint).time - hours)
  expect(times.every((time, index) => index === 0 || time > (times[index - 1] as number))).toBe(true)
})

test('a snapshot every 50 ms does not outgrow its tier', () => {
  const history = createSpeedHistory()
  for (let tick = 1; tick <= 20_000; tick++) history.add(point(START + tick * 0.05, 0.05, 1))
  expect(history.read({ sinceSeconds: 0 }).length).toBeLessThan(6100)
})

test('what was saved goes on where it stopped', () => {
  const history = createSpeedHistory()
  for (let second = 1; second <= 2000; second++) history.add(point(START + second, 1, 3))
  const saved = savedHistorySchema.parse(JSON.parse(JSON.stringify(history.save())))
  const again = createSpeedHistory(saved)
  expect(again.read({ sinceSeconds: 0 })).toEqual(history.read({ sinceSeconds: 0 }))
  again.add(point(START + 2001, 1, 3))
  expect(again.read({ sinceSeconds: START + 2000 })).toHaveLength(1)
})

describe('two points folded into one', () => {
  const fold = (one: SpeedPoint, other: SpeedPoint) => {
    const history = createSpeedHistory()
    history.add(one)
    history.add(other)
    // Hours later both have left the tier of single seconds for the one of ten.
    history.add(sample(START + 30_000, 1, {}))
    return toColumns(history.read({ sinceSeconds: 0, untilSeconds: START + 60 }))
  }
  test.each<[string, HistorySeries, number | undefined, number | undefined, number | null]>([
    ['the speed: mean, weighted by seconds', 'bytesPerSecond', 10, 40, 20],
    ['a mean of what was measured only', 'dnsMs', undefined, 8, 8],
    ['nothing measured twice stays nothing', 'diskWriteMs', undefined, undefined, null],
    ['one leaked connection is not averaged away', 'connectionsCloseWait', 1, 0, 1],
    ['the highest memory', 'rssBytes', 150e6, 120e6, 150e6],
    ['the longest lag', 'loopLagMs', 3, 900, 900],
  ])('%s', (_, name, first, second, expected) => {
    const value = (given: number | undefined) => (given === undefined ? {} : { [name]: given })
    const folded = fold(sample(START + 3, 20, value(first)), sample(START + 8, 10, value(second)))
    expect(folded).toMatchObject({ seconds: [30], [name]: [expected] })
  })
  test('errors of each class keep their number', () => {
    const folded = fold(sample(START + 3, 20, {}, { throttled: 3 }), sample(START + 8, 10, {}, { reset: 6 }))
    expect(folded.errorsPerSecondByClass).toEqual({ throttled: [2], reset: [2] })
  })
})

test('a history of an older version is read: what it did not measure is null, not zero', () => {
  const saved = savedHistorySchema.parse([
    [[START + 1, 1, 5e6, 16, 80, 200, 0.5]],
    [],
    [[START, 60, 4e6, 8, 90, 210, 0]],
  ])
  const columns = toColumns(createSpeedHistory(saved).read({ sinceSeconds: 0 }))
  expect(historySchema.parse({ ...columns, marks: [] })).toMatchObject({
    time: [START, START + 1],
    bytesPerSecond: [4e6, 5e6],
    errorsPerSecond: [0, 0.5],
    dnsMs: [null, null],
    rssBytes: [null, null],
    connectionsCloseWait: [null, null],
    errorsPerSecondByClass: {},
  })
})

test('three weeks asked for in 500 points come in 500 at most, with every byte; a zoom gets the finer points', () => {
  const history = createSpeedHistory()
  for (let minute = 1; minute <= 21 * 1440; minute++) history.add(point(START + minute * 60, 60, minute % 11))
  const all = history.read({ sinceSeconds: 0 })
  const thin = history.read({ sinceSeconds: 0, maxPoints: 500 })
  expect(thin.length).toBeGreaterThan(200)
  expect(thin.length).toBeLessThanOrEqual(500)
  expect(bytesOf(thin)).toBeCloseTo(bytesOf(all), 3)
  const end = START + 21 * 86_400
  const zoomed = history.read({ sinceSeconds: end - 7200, untilSeconds: end - 3600, maxPoints: 500 })
  expect(zoomed).toHaveLength(60)
  expect(zoomed.at(-1)?.time).toBe(end - 3600)
})

test.each([
  ['text where a number belongs', [1, 1, 'x', 1, 1, 1, 1]],
  ['too few series', [1, 1, 1]],
  ['a class nobody knows', [1, 1, 1, 1, 1, 1, 1, { bored: 1 }]],
  ['no list', { time: 1 }],
])('a saved point with %s is refused', (_, saved) => {
  expect(savedHistorySchema.safeParse([[saved], [], []]).success).toBe(false)
})
