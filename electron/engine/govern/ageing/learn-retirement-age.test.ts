import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.ts'
import { type ConnectionSpeed, foldSpeed, speedLagSeconds } from '../connections/connection-speed.ts'
import { chooseRetireAge, fitTau, lookAtAges, startCurve } from './learn-retirement-age.ts'

/** Looks for `seconds` at a pool of 16 whose connections are replaced at `lifeSeconds`, one after the other. */
function watch(options: {
  seconds: number
  lifeSeconds: number
  speed(connection: { id: number; age: number }, now: number): number
}) {
  let curve = startCurve(0)
  let connections = Array.from({ length: 16 }, (_, id) => ({
    id: id + 1,
    openedAt: -(id * options.lifeSeconds * 1000) / 16,
  }))
  let nextId = 17
  for (let now = 0; now <= options.seconds * 1000; now += 100) {
    connections = connections.map((connection) =>
      now - connection.openedAt > options.lifeSeconds * 1000 ? { id: nextId++, openedAt: now } : connection,
    )
    const seen = connections
      .map((connection) => ({ ...connection, age: (now - connection.openedAt) / 1000 }))
      .filter(({ age }) => age >= 1)
      .map((connection) => {
        const ageOfSpeed = connection.age - speedLagSeconds(connection.age)
        return { ...connection, bytesPerSecond: options.speed({ id: connection.id, age: ageOfSpeed }, now / 1000) }
      })
    curve = lookAtAges(curve, now, seen)
  }
  return curve
}

describe('how fast connections age, from connections of different ages', () => {
  it.each([15, 60, 600])('finds tau = %d s', (tau) => {
    const speed = ({ age }: { age: number }) => 2e6 * Math.exp(-age / tau)
    expect(fitTau(watch({ seconds: 300, lifeSeconds: 10, speed }), 'learn')).toBeCloseTo(tau, 0)
  })

  it('... under a line that sinks and rises for all alike', () => {
    const speed = ({ age }: { age: number }, now: number) => 2e6 * (1 + 0.5 * Math.sin(now / 20)) * Math.exp(-age / 60)
    expect(fitTau(watch({ seconds: 300, lifeSeconds: 10, speed }), 'learn')).toBeCloseTo(60, 0)
  })

  it('... among connections of which one in ten crawls', () => {
    const speed = ({ id, age }: { id: number; age: number }) => (id % 10 === 0 ? 1024 : 2e6 * Math.exp(-age / 60))
    expect(fitTau(watch({ seconds: 300, lifeSeconds: 10, speed }), 'learn')).toBeCloseTo(60, 0)
  })

  it('says nothing when connections do not age', () => {
    expect(fitTau(watch({ seconds: 300, lifeSeconds: 10, speed: () => 2e6 }), 'learn')).toBeUndefined()
  })

  it('says nothing when all connections are of one age', () => {
    let curve = startCurve(0)
    for (let now = 1000; now < 300_000; now += 1000) {
      const connections = Array.from({ length: 16 }, (_, id) => ({
        id,
        openedAt: 0,
        bytesPerSecond: 2e6 * Math.exp(-now / 60_000),
      }))
      curve = lookAtAges(curve, now, connections)
    }
    expect(fitTau(curve, 'learn')).toBeUndefined()
  })

  it('seldom takes chance for ageing: connections that are fast or slow for all their life', () => {
    let mistaken = 0
    for (let seed = 0; seed < 40; seed++) {
      const speed = ({ id }: { id: number }) =>
        2e6 * Math.exp(0.6 * (createSeededRandom(id * 7919 + seed * 65_537)() - 0.5))
      if (fitTau(watch({ seconds: 200, lifeSeconds: 20, speed }), 'learn') !== undefined) mistaken++
    }
    expect(mistaken).toBeLessThanOrEqual(2)
  })
})

describe('the smoothed speed of a connection', () => {
  const looks = (rate: number, milliseconds: readonly number[]) =>
    milliseconds.reduce<ConnectionSpeed>(
      (speed, elapsedMs) => foldSpeed(speed, { elapsedMs, bytes: (rate * elapsedMs) / 1000 }),
      { workedMs: 0, workedBytes: 0, bytesPerSecond: 0 },
    )

  it('is exact for a steady connection, however unevenly it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (milliseconds) => {
        expect(looks(2e6, milliseconds).bytesPerSecond).toBeCloseTo(2e6, 0)
      }),
    )
  })

  it('does not depend on how often it is looked at after a change', () => {
    const start = looks(2e6, [2000])
    const once = foldSpeed(start, { elapsedMs: 1000, bytes: 0 })
    let often = start
    for (let at = 0; at < 100; at++) often = foldSpeed(often, { elapsedMs: 10, bytes: 0 })
    expect(often.bytesPerSecond).toBeCloseTo(once.bytesPerSecond, 3)
  })

  it('has fallen under a quarter 2.1 s after the last byte', () => {
    const silent = foldSpeed(looks(2e6, [5000]), { elapsedMs: 2100, bytes: 0 })
    expect(silent.bytesPerSecond).toBeLessThan(0.25 * 2e6)
  })

  it('ignores a look at no time at all', () => {
    const start = looks(2e6, [500])
    expect(foldSpeed(start, { elapsedMs: 0, bytes: 100 })).toEqual(start)
  })
})

describe('the best age to retire: sqrt(2 tau c)', () => {
  const rows: [sentence: string, tau: number, setUp: number, ceiling: number, age: number][] = [
    ['fast ageing, cheap connections', 15, 0.1, 3600, Math.sqrt(3)],
    ['dear connections are kept longer', 15, 0.4, 3600, Math.sqrt(12)],
    ['slow ageing stops at the ceiling', 1e9, 0.1, 3600, 3600],
    ['never younger than half a second', 1, 0.001, 3600, 0.5],
  ]
  it.each(rows)('%s', (_, tau, setUp, ceiling, age) => {
    expect(chooseRetireAge(tau, setUp, ceiling)).toBeCloseTo(age)
  })
})
