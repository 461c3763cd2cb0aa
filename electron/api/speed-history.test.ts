import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSpeedHistory, type SpeedPoint, savedHistorySchema } from './speed-history.ts'

const START = 1_767_225_600 // a full minute

const point = (time: number, seconds: number, bytesPerSecond: number): SpeedPoint => ({
  time,
  seconds,
  bytesPerSecond,
  concurrency: 16,
  firstByteMsP50: 80,
  firstByteMsP95: 200,
  errorsPerSecond: 0,
})

const bytesOf = (points: SpeedPoint[]) => points.reduce((sum, each) => sum + each.bytesPerSecond * each.seconds, 0)

function runFor(seconds: number) {
  const history = createSpeedHistory()
  for (let second = 1; second <= seconds; second++) history.add(point(START + second, 1, second % 7))
  return history.since(0)
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
        const kept = history.since(0)
        expect(bytesOf(kept) / (bytesOf(given) || 1)).toBeCloseTo(
          given.some((each) => each.bytesPerSecond > 0) ? 1 : 0,
          9,
        )
        for (const [index, each] of kept.entries()) {
          if (index > 0) expect(each.time).toBeGreaterThan((kept[index - 1] as SpeedPoint).time)
        }
      },
    ),
  )
})

test('a clock that was set back adds nothing', () => {
  const history = createSpeedHistory()
  history.add(point(START + 10, 1, 5))
  history.add(point(START + 5, 1, 5))
  expect(history.since(0).map(({ time }) => time)).toEqual([START + 10])
})

test('a snapshot every 50 ms does not outgrow its tier', () => {
  const history = createSpeedHistory()
  for (let tick = 1; tick <= 20_000; tick++) history.add(point(START + tick * 0.05, 0.05, 1))
  expect(history.since(0).length).toBeLessThan(6100)
})

test('what was saved goes on where it stopped', () => {
  const history = createSpeedHistory()
  for (let second = 1; second <= 2000; second++) history.add(point(START + second, 1, 3))
  const saved = savedHistorySchema.parse(JSON.parse(JSON.stringify(history.save())))
  const again = createSpeedHistory(saved)
  expect(again.since(0)).toEqual(history.since(0))
  again.add(point(START + 2001, 1, 3))
  expect(again.since(START + 2000)).toHaveLength(1)
})
