/** What the governor does for itself and when asked to: rebuilds without a dip, limits, rules. */
import { describe, expect, it } from 'vitest'
import type { JobLimits } from '../../../../shared/job-spec.ts'
import type { Governor } from '../../govern/governor.ts'
import { blackHoles } from '../weather/black-holes.ts'
import {
  capacityChange,
  connectionSpeed,
  forgottenConnections,
  lineCapacity,
  lineCut,
  pushyStarts,
} from '../weather/line.ts'
import type { Weather } from '../weather/weather.ts'
import { codesOf, eventsOf, type SimulationResult, simulate } from './simulate.ts'

const fresh = connectionSpeed(2e6)
const slowestSecond = (result: SimulationResult, from: number, to: number) =>
  Math.min(...result.perSecond.slice(from, to))

describe('a rebuild of the pool', () => {
  it('by button shows no dip, and leaves nothing of the old generation', async () => {
    const result = await simulate({
      seconds: 90,
      weather: [fresh],
      actions: [{ atSeconds: 30, run: (governor) => governor.rebuild('user') }],
    })
    expect(eventsOf(result, 'pool-rebuilding')).toHaveLength(1)
    const rebuilt = eventsOf(result, 'pool-rebuilt')[0]
    expect(rebuilt?.seconds).toBeLessThan(40)
    expect(slowestSecond(result, 30, 60)).toBeGreaterThan(0.95 * slowestSecond(result, 5, 30))
    expect(result.socketsOpened).toBe(32)
  })

  it('comes every poolRebuildSeconds', async () => {
    const result = await simulate({ seconds: 200, weather: [fresh], policy: { poolRebuildSeconds: 60 } })
    expect(eventsOf(result, 'pool-rebuilding').length).toBeGreaterThanOrEqual(2)
    expect(eventsOf(result, 'pool-rebuilding').every(({ reason }) => reason.cause === 'hourly')).toBe(true)
    expect(eventsOf(result, 'pool-rebuilt').length).toBeGreaterThanOrEqual(2)
  })
})

describe('caution costs next to nothing', () => {
  it('in calm weather no connection is replaced in ten minutes', async () => {
    const result = await simulate({ seconds: 600, weather: [fresh] })
    expect(result.socketsOpened).toBe(16)
    expect(result.speed(2, 600)).toBeGreaterThan(0.99 * 32e6)
  })

  it('a full home line costs one experiment at most now and then', async () => {
    const result = await simulate({ seconds: 600, weather: [lineCapacity(10e6)] })
    expect(result.speed(2, 600)).toBeGreaterThan(0.99 * 10e6)
    expect(result.socketsOpened).toBeLessThan(16 + 30)
  })
})

describe('a full line on which fresh connections press harder than the others, and take from them', () => {
  const pushy = pushyStarts({ weight: 3, tauSeconds: 8, spread: 0.4 })

  it('is no ageing: all together bring what they ever brought', async () => {
    const result = await simulate({ seconds: 600, weather: [lineCapacity(2e6), pushy] })
    expect(codesOf(result)).not.toContain('retirement-age-learned')
    expect(result.socketsOpened).toBeLessThan(40)
  })

  it('and that narrows: what looks like ageing is taken back, for all together bring no more', async () => {
    const narrows = capacityChange({ atSeconds: 60, before: 8e6, after: 3e6 })
    const result = await simulate({ seconds: 600, weather: [narrows, pushy] })
    expect(eventsOf(result, 'ageing-refuted')).toHaveLength(eventsOf(result, 'retirement-age-learned').length)
    expect(result.socketsOpened).toBeLessThan(200)
    expect(result.speed(80, 600)).toBeGreaterThan(0.98 * 3e6)
  })
})

describe('no storm of connections', () => {
  it('while the line is cut for a minute', async () => {
    const result = await simulate({ seconds: 150, weather: [fresh, lineCut({ atSeconds: 30, forSeconds: 60 })] })
    expect(result.socketsOpened).toBeLessThan(16 + 120)
    expect(codesOf(result)).toContain('network-lost')
    expect(codesOf(result)).toContain('network-restored')
    expect(result.speed(95, 150)).toBeGreaterThan(0.95 * 32e6)
  })

  it('on a server that keeps eight connections and closes all others without a word: eight are kept at work', async () => {
    const world = { mostConnections: 8 }
    const result = await simulate({ seconds: 600, weather: [fresh], world })
    expect(result.speed(10, 600)).toBeGreaterThan(0.97 * 16e6)
    expect(result.socketsOpened).toBeLessThan(200)
    expect(eventsOf(result, 'concurrency-changed').some(({ reason }) => reason.cause === 'turned-away')).toBe(true)
    expect(result.failedObjects).toBe(0)
  })

  it('when the user limits the speed', async () => {
    const result = await simulate({ seconds: 120, weather: [fresh], limitBytesPerSecond: 1e6 })
    expect(result.speed(5, 120)).toBeGreaterThan(0.95e6)
    expect(result.socketsOpened).toBeLessThan(20)
  })

  it('when the disk stalls for longer than a connection may be silent', async () => {
    const world = { diskStalls: [{ atSeconds: 30, forSeconds: 20 }] }
    const result = await simulate({ seconds: 90, weather: [fresh], world })
    expect(result.socketsOpened).toBe(16)
    expect(result.speed(52, 90)).toBeGreaterThan(0.97 * 32e6)
  })

  it('when the line loses nine tenths of its capacity', async () => {
    const result = await simulate({
      seconds: 300,
      weather: [fresh, capacityChange({ atSeconds: 60, before: 32e6, after: 3.2e6 })],
    })
    expect(result.socketsOpened).toBeLessThan(40)
    expect(result.speed(70, 300)).toBeGreaterThan(0.98 * 3.2e6)
  })
})

describe('a silent connection', () => {
  it('is noticed within six seconds', async () => {
    const result = await simulate({ seconds: 600, weather: [fresh, blackHoles({ share: 0.05 })] })
    const silences = eventsOf(result, 'connection-replaced').map(({ reason }) => Number(reason.seconds))
    const stalled = eventsOf(result, 'connection-replaced').filter(({ reason }) => reason.cause === 'stalled')
    expect(silences.length).toBeGreaterThan(10)
    expect(Math.max(...stalled.map(({ reason }) => Number(reason.seconds)))).toBeLessThan(6)
  })
})

it.each([
  { objects: 1, objectBytes: 1e6, rate: 5, within: 10 },
  { objects: 1, objectBytes: 50e6, rate: 1024, within: 10 },
  { objects: 3, objectBytes: 300e3, rate: 1024, within: 10 },
  { objects: 20, objectBytes: 20e3, rate: 5, within: 4 },
  { objects: 200, objectBytes: 1e6, rate: 5, within: 4 },
])(
  'one answer that trickles at $rate B/s keeps no short job from its end: $objects objects of $objectBytes',
  async ({ objects, objectBytes, rate, within }) => {
    let isFirst = true
    const trickle: Weather = {
      name: 'the first answer for one object trickles',
      fate({ kind, key }) {
        if (kind !== 'get' || !key.endsWith('/object-0.nc') || !isFirst) return undefined
        isFirst = false
        return { kind: 'trickle', bytesPerSecond: rate }
      },
    }
    const weather = [connectionSpeed(20e6), trickle]
    const result = await simulate({ seconds: 20, objects, objectBytes, prefixes: 1, weather })
    expect(result.perSecond.slice(within).every((bytes) => bytes === 0)).toBe(true)
    expect(result.bytesDone).toBe(objects * objectBytes)
  },
)

it('connections that were forgotten on the way are all replaced within three seconds', async () => {
  const result = await simulate({ seconds: 60, weather: [fresh, forgottenConnections({ atSeconds: 30 })] })
  expect(slowestSecond(result, 33, 60)).toBeGreaterThan(0.95 * 32e6)
  expect(codesOf(result)).not.toContain('network-lost')
  expect(result.socketsOpened).toBe(32)
})

describe("the seed report's rule S4, as a switch", () => {
  it('halves the connections after longRunSeconds', async () => {
    const result = await simulate({ seconds: 60, weather: [fresh], policy: { longRunSeconds: 30 } })
    expect(result.levels[28]).toBe(16)
    expect(result.levels.at(-1)).toBe(8)
  })
})

describe('threads and speed limit that the user changes while the job runs', () => {
  const set = (atSeconds: number, limits: JobLimits) => ({
    atSeconds,
    run: (governor: Governor) => governor.setLimits(limits),
  })

  it('fewer threads hold at once, more are at work within two seconds, and no byte is fetched twice', async () => {
    const actions = [set(30, { threads: 4 }), set(60, { threads: 32 })]
    const result = await simulate({ seconds: 90, weather: [fresh], actions })
    expect(result.active.slice(31, 59).every((active) => active === 4)).toBe(true)
    expect(result.levels[62]).toBe(32)
    expect(result.speed(63, 90)).toBeGreaterThan(0.98 * 64e6)
    expect(result.bytesFetched - result.bytesDone).toBeLessThan(0.001 * result.bytesDone)
    expect(result.leaks).toBe(0)
    expect(eventsOf(result, 'limits-changed').map(({ reason }) => reason)).toEqual([
      { threadsBefore: 16, threads: 4 },
      { threadsBefore: 4, threads: 32 },
    ])
    expect(eventsOf(result, 'concurrency-changed').find(({ seconds }) => seconds > 29)?.reason).toEqual({
      from: 16,
      to: 4,
      cause: 'user',
    })
  })

  it('a speed limit holds within a second, and goes as fast as it came; no connection is blamed for it', async () => {
    const limited = { threads: 16, limitBytesPerSecond: 2e6 }
    const actions = [set(30, limited), set(31, limited), set(120, { threads: 16 })]
    const result = await simulate({ seconds: 180, weather: [fresh], actions })
    expect(result.speed(31, 119)).toBeLessThan(2.1e6)
    expect(result.speed(122, 180)).toBeGreaterThan(0.98 * 32e6)
    expect(codesOf(result)).not.toContain('connection-replaced')
    expect(eventsOf(result, 'limits-changed').map(({ reason }) => reason)).toEqual([
      { limitBytesPerSecond: 2e6 },
      { limitBytesPerSecond: 'none' },
    ])
  })

  it('a speed that the user has set lower is no decay', async () => {
    const actions = [set(1800, { threads: 16, limitBytesPerSecond: 2e6 })]
    const result = await simulate({ seconds: 3600, weather: [fresh], actions })
    expect(codesOf(result)).not.toContain('decay-alert')
  })
})
