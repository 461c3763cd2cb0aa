import { describe, expect, it } from 'vitest'
import type { Limit } from '../../../../shared/metrics-snapshot.ts'
import { createSeededRandom } from '../../testing/seeded-random.ts'
import { changePoint, type DecayAlert, detectDecay, startDecay } from './detect-decay.ts'

/** A job of so many minutes, looked at every ten seconds. */
function watch(
  minutes: number,
  speed: (minute: number) => number,
  isWorking: (minute: number) => boolean = () => true,
  { objectBytes, cause }: { objectBytes(minute: number): number; cause(step: number): Limit['code'] } = {
    objectBytes: () => 1e9,
    cause: () => 'ageing',
  },
) {
  let state = startDecay(0)
  const alerts: (DecayAlert & { minute: number })[] = []
  for (let step = 1; step <= minutes * 6; step++) {
    const minute = step / 6
    const look = {
      now: step * 10_000,
      newBytes: speed(minute) * 10,
      newAnswers: [objectBytes(minute)],
      isWorking: isWorking(minute),
    }
    const found = detectDecay(state, { ...look, limit: () => ({ code: cause(step), evidence: { step } }) })
    state = found.state
    if (found.alert) alerts.push({ ...found.alert, minute })
  }
  return alerts
}

const ageing = () => 'ageing' as const
const large = () => 1e9

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

describe('folders of small objects between large ones', () => {
  const small = (minute: number) => minute % 180 >= 120 && minute % 180 < 150
  const speed = (minute: number) => (small(minute) ? 3e6 : 32e6)
  it('are slow by their number, which is no decay', () => {
    const objectBytes = (minute: number) => (small(minute) ? 64_000 : 8e6)
    expect(watch(720, speed, undefined, { objectBytes, cause: ageing })).toEqual([])
  })
  it('the same speeds with the same objects are', () => {
    expect(watch(720, speed, undefined, { objectBytes: large, cause: ageing }).length).toBeGreaterThan(0)
  })
  it('after a quarter hour they have a baseline of their own', () => {
    const objectBytes = (minute: number) => (minute < 60 ? 8e6 : 64_000)
    const decays = (minute: number) => (minute < 60 ? 32e6 : minute < 120 ? 3e6 : 1e6)
    const [alert, ...more] = watch(180, decays, undefined, { objectBytes, cause: ageing })
    expect(alert).toMatchObject({ baselineBytesPerSecond: 3e6, bytesPerSecond: 1e6 })
    expect(alert?.minute).toBeLessThan(130)
    expect(more.length).toBeLessThanOrEqual(2)
  })
})

describe('the cause', () => {
  const halves = (minute: number) => (minute > 60 ? 16e6 : 32e6)
  /** By the ten seconds that a look stands for. */
  const rows: [sentence: string, cause: (step: number) => Limit['code'], Limit['code']][] = [
    ['what holds the speed all the time', () => 'disk', 'disk'],
    [
      'what is seen every third time, before what is left',
      (step) => (step % 3 === 0 ? 'throttling' : 'line'),
      'throttling',
    ],
    ['what is seen more often', (step) => (step % 3 === 0 ? 'disk' : 'throttling'), 'throttling'],
    ['a trifle is not the cause', (step) => (step % 12 === 0 ? 'disk' : 'line'), 'line'],
    ['what held it while it was fast does not count', (step) => (step < 360 ? 'throttling' : 'line'), 'line'],
    ['nothing was seen at all', () => 'none', 'line'],
  ]
  it.each(rows)('%s', (_, cause, expected) => {
    expect(watch(90, halves, undefined, { objectBytes: large, cause })[0]?.cause).toBe(expected)
  })
})

/** Normal noise of deviation 1 (Box and Muller 1958). */
const normal = (chance: () => number) => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())

/** Each minute resembles the one before (autoregressive, coefficient 0.9): a line that is shared wanders like this. */
function wandering(chance: () => number, deviation: number) {
  let now = 0
  return () => {
    now = 0.9 * now + Math.sqrt(1 - 0.9 ** 2) * normal(chance)
    return Math.exp(deviation * now)
  }
}

type Noise = (chance: () => number) => (minute: number) => number

describe('false alarms', () => {
  const DAYS = 5
  const wave = (minute: number, height: number) => 1 + height * Math.sin((2 * Math.PI * minute) / 1440)
  // A detector that asks for a drop of 15 % alone sounds up to 38 times a day with these.
  const noises: [name: string, noise: Noise, alarmsPerDay: number][] = [
    ['white, 10 %', (chance) => () => 1 + 0.1 * normal(chance), 0],
    ['white, 20 %', (chance) => () => Math.max(0, 1 + 0.2 * normal(chance)), 0],
    ['minutes that resemble each other, 10 %', (chance) => wandering(chance, 0.1), 1],
    ['minutes that resemble each other, 15 %', (chance) => wandering(chance, 0.15), 1],
    ['a daily wave of 10 %', (chance) => (minute) => wave(minute, 0.1) * (1 + 0.1 * normal(chance)), 0.25],
    ['a daily wave of 20 %', (chance) => (minute) => wave(minute, 0.2) * (1 + 0.1 * normal(chance)), 0.25],
    ['lognormal', (chance) => () => Math.exp(0.3 * normal(chance)), 0],
    [
      'one minute in ten three times as fast',
      (chance) => () => (chance() < 0.1 ? 3 : 1) * (1 + 0.05 * normal(chance)),
      0.25,
    ],
    ['every minute half as fast or half as fast again', (chance) => () => (chance() < 0.5 ? 0.5 : 1.5), 0.5],
    ['few minutes far above the rest (Pareto)', (chance) => () => Math.min(5, (1 - chance()) ** -0.4), 0.25],
    [
      'a start that takes half an hour',
      (chance) => (minute) => Math.min(1, minute / 30) * (1 + 0.05 * normal(chance)),
      0,
    ],
    ['one minute in ten at a third', (chance) => () => (chance() < 0.1 ? 0.3 : 1) * (1 + 0.05 * normal(chance)), 0.25],
  ]
  it.each(noises)('%s', (_, noise, alarmsPerDay) => {
    let alarms = 0
    for (let day = 1; day <= DAYS; day++) {
      const speed = noise(createSeededRandom(day))
      let state = startDecay(0)
      for (let minute = 1; minute <= 1440; minute++) {
        const look = { now: minute * 60_000, newBytes: 32e6 * 60 * speed(minute), newAnswers: [1e9], isWorking: true }
        const found = detectDecay(state, { ...look, limit: () => ({ code: 'line', evidence: {} }) })
        state = found.state
        if (found.alert) alarms++
      }
    }
    expect(alarms / DAYS).toBeLessThanOrEqual(alarmsPerDay)
  })
})

describe('in spite of noise', () => {
  const decays: [sentence: string, noise: number, shape: (minute: number) => number, within: number][] = [
    ['a speed that halves is noticed within ten minutes, noise of 5 %', 0.05, (minute) => (minute > 60 ? 0.5 : 1), 70],
    ['and within a quarter hour, noise of 10 %', 0.1, (minute) => (minute > 60 ? 0.5 : 1), 75],
    [
      'a decay with a time constant of 2 h within one hour, noise of 5 %',
      0.05,
      (minute) => Math.exp(-minute / 120),
      60,
    ],
    ['and within two, noise of 10 %', 0.1, (minute) => Math.exp(-minute / 120), 120],
    ['a third is lost: within ten minutes, noise of 5 %', 0.05, (minute) => (minute > 120 ? 0.67 : 1), 130],
    ['and within half an hour, noise of 10 %', 0.1, (minute) => (minute > 120 ? 0.67 : 1), 150],
    ['nine tenths are lost: within ten minutes, noise of 20 %', 0.2, (minute) => (minute > 120 ? 0.1 : 1), 130],
  ]
  it.each(decays)('%s', (_, noise, shape, within) => {
    for (let seed = 1; seed <= 10; seed++) {
      const chance = createSeededRandom(seed * 77)
      const [alert] = watch(
        within,
        (minute) => 32e6 * Math.max(0, shape(minute) * (1 + noise * normal(chance) * Math.sqrt(6))),
      )
      expect(alert?.minute).toBeLessThanOrEqual(within)
    }
  })
})

it('the change-point is where the level breaks', () => {
  expect(changePoint([9, 9, 9, 9, 2, 2, 2])).toBe(4)
})
