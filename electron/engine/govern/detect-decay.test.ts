import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../testing/seeded-random.ts'
import { changePoint, confidenceOf, type DecayAlert, detectDecay, slopePerMinute, startDecay } from './detect-decay.ts'

/** A job of so many minutes, looked at every ten seconds. */
function watch(
  minutes: number,
  speed: (minute: number) => number,
  isWorking: (minute: number) => boolean = () => true,
) {
  let state = startDecay(0)
  const alerts: (DecayAlert & { minute: number })[] = []
  for (let step = 1; step <= minutes * 6; step++) {
    const minute = step / 6
    const look = { now: step * 10_000, newBytes: speed(minute) * 10, isWorking: isWorking(minute) }
    const found = detectDecay(state, { ...look, cause: () => 'ageing' })
    state = found.state
    if (found.alert) alerts.push({ ...found.alert, minute })
  }
  return alerts
}

describe('a decay alert', () => {
  const chance = createSeededRandom(1)
  const noisy = () => 32e6 * (0.8 + 0.4 * chance())
  const quiet: [sentence: string, speed: (minute: number) => number, isWorking?: (minute: number) => boolean][] = [
    ['does not come while the speed holds', () => 32e6],
    ['does not come for noise', noisy],
    ['does not come for a dip of four minutes', (minute) => (minute > 60 && minute < 64 ? 1e6 : 32e6)],
    ['does not come for a pause', (minute) => (minute > 60 ? 0 : 32e6), (minute) => minute <= 60],
    ['does not come when the speed grows', (minute) => 1e6 * minute],
  ]
  it.each(quiet)('%s', (_, speed, isWorking) => {
    expect(watch(180, speed, isWorking)).toEqual([])
  })

  it('comes when the speed sinks, with baseline, trend, confidence and cause', () => {
    const [alert] = watch(180, (minute) => 32e6 * Math.exp(-minute / 120))
    expect(alert?.cause).toBe('ageing')
    expect(alert?.minute).toBeLessThan(45)
    expect(alert?.baselineBytesPerSecond).toBeGreaterThan(29e6)
    expect(alert?.slopeMegabytesPerSecondPerHour).toBeLessThan(-10)
    expect(alert?.confidence).toBeGreaterThan(0.99)
  })

  it('says when the speed broke off', () => {
    const [alert] = watch(180, (minute) => (minute > 60 ? 20e6 : 32e6))
    expect(alert?.minute).toBeLessThan(70)
    expect(alert?.minutesSinceChange).toBeGreaterThanOrEqual((alert?.minute ?? 0) - 61)
    expect(alert?.minutesSinceChange).toBeLessThanOrEqual((alert?.minute ?? 0) - 59)
  })

  it('is not repeated more often than every half hour', () => {
    expect(watch(180, (minute) => (minute > 60 ? 20e6 : 32e6)).length).toBeLessThanOrEqual(4)
  })
})

describe('the statistics', () => {
  it.each([
    ['a straight line', [1, 2, 3, 4, 5], 1],
    ['a straight line with an outlier', [1, 2, 300, 4, 5], 1],
    ['no change', [7, 7, 7, 7], 0],
    ['nothing', [], 0],
  ])('slope of %s', (_, minutes, slope) => {
    expect(slopePerMinute(minutes)).toBeCloseTo(slope)
  })
  it('a clear trend is certain, chance is not, little is nothing', () => {
    expect(confidenceOf(Array.from({ length: 30 }, (_, at) => 100 - at))).toBeGreaterThan(0.999)
    const chance = createSeededRandom(4)
    expect(confidenceOf(Array.from({ length: 30 }, () => chance()))).toBeLessThan(0.95)
    expect(confidenceOf([3, 2, 1])).toBe(0)
  })
  it('the change-point is where the level breaks', () => {
    expect(changePoint([9, 9, 9, 9, 2, 2, 2])).toBe(4)
  })
})
