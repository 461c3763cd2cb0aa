/** Requests that are refused or fail: of one object, of a share of all, of all. What is waited for, and what it may cost. */
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../seeded-random.ts'
import { ageingConnections } from '../weather/ageing-connections.ts'
import { connectionSpeed, lineCapacity, lineCut } from '../weather/line.ts'
import { refusesShare, throttling } from '../weather/throttling.ts'
import type { Fate, Weather } from '../weather/weather.ts'
import { codesOf, eventsOf, simulate } from './simulate.ts'

const fresh = connectionSpeed(2e6)

it('an object that one of three servers behind one address has not yet is asked for until it is given, among many', async () => {
  const random = createSeededRandom(5)
  const behind: Weather = {
    name: 'one answer of three is that of a server that is behind',
    fate: ({ kind }) =>
      kind === 'get' && random() < 1 / 3 ? { kind: 'refuse', status: 404, code: 'NoSuchKey' } : undefined,
  }
  const result = await simulate({ seconds: 120, objects: 1000, objectBytes: 1e6, weather: [fresh, behind] })
  // One in 3 ** 5.
  expect(result.failedObjects).toBeLessThan(10)
})

describe('rest', () => {
  /** Everything is refused, until it is over. */
  const refusesAll = (untilSeconds: number): Weather => ({
    name: 'refuses everything',
    fate: ({ kind }, { seconds }) =>
      kind === 'get' && seconds < untilSeconds ? { kind: 'refuse', status: 503, code: 'SlowDown' } : undefined,
  })

  it('comes when most requests fail for two minutes; afterwards half the connections go on', async () => {
    const result = await simulate({ seconds: 600, weather: [fresh, refusesAll(300)] })
    const [cooling, cooled] = [eventsOf(result, 'cooling-down')[0], eventsOf(result, 'cooled-down')[0]]
    expect(cooling?.seconds).toBeGreaterThan(120)
    expect(cooling?.seconds).toBeLessThan(140)
    expect(cooled?.seconds).toBeCloseTo((cooling?.seconds ?? 0) + 300, 0)
    const resting = result.active.slice(Math.ceil(cooling?.seconds ?? 0) + 1, Math.floor(cooled?.seconds ?? 0) - 1)
    expect(Math.max(...resting)).toBe(0)
    expect(Math.max(...result.levels.slice(Math.ceil(cooled?.seconds ?? 0) + 1))).toBe(8)
    expect(result.speed(590, 600)).toBeGreaterThan(0.9 * 16e6)
  })
})

describe('one object that cannot be had fails by name, and costs the others nothing', () => {
  const cursed = (fate: Fate): Weather => ({
    name: 'one object is cursed',
    fate: ({ kind, key }) => (kind === 'get' && key === 'prefix-1/object-1.nc' ? fate : undefined),
  })
  const refused = (status: number, code: string): Fate => ({ kind: 'refuse', status, code })
  it.each<[string, Fate]>([
    ['its connections are reset', { kind: 'reset', afterBytes: 0 }],
    ['its connections never say a word', { kind: 'silence', afterBytes: -1 }],
    ['it is refused, and refused again', refused(503, 'SlowDown')],
    ['it is always the server that fails', refused(500, 'InternalError')],
    ['it may not be read', refused(403, 'AccessDenied')],
    ['it has been deleted', refused(404, 'NoSuchKey')],
    ['it is in the archive', refused(403, 'InvalidObjectState')],
    ['its signature is never right', refused(403, 'SignatureDoesNotMatch')],
    ['it is said to lie elsewhere, and nobody says where', refused(301, 'PermanentRedirect')],
    ['its answer is no answer', refused(418, 'Teapot')],
  ])('%s', async (_title, fate) => {
    const policy = { maxAttempts: 2, retryCapSeconds: 5 }
    const weather = [fresh, cursed(fate)]
    const result = await simulate({ seconds: 200, threads: 4, weather, objectBytes: 40e6, policy })
    expect(result.failedObjects).toBe(1)
    expect(result.fatal).toBeUndefined()
    expect(result.speed(150, 200)).toBeGreaterThan(0.95 * 8e6)
  })

  /** Every so-and-so-manieth object is never given. */
  const cursedEvery = (each: number, fate: Fate): Weather => ({
    name: 'some objects are cursed',
    fate: ({ kind, key }) => (kind === 'get' && Number(/object-(\d+)/.exec(key)?.[1]) % each === 0 ? fate : undefined),
  })
  it.each([
    ['one of sixty, in parts', 60, 100e6, 60, 50e6],
    ['three of sixty, in parts', 60, 100e6, 20, 40e6],
    ['ten of six hundred', 600, 5e6, 60, 30e6],
  ])('refused for ever: %s', async (_title, objects, objectBytes, each, bytesPerSecond) => {
    const line: Weather = { name: 'a line', lineRate: () => 50e6, connectionRate: () => 5e6 }
    const weather = [line, cursedEvery(each, refused(503, 'SlowDown'))]
    const result = await simulate({ seconds: 400, prefixes: 1, objects, objectBytes, weather })
    expect(result.failedObjects).toBe(objects / each)
    // Nobody waits for them: not the others, not even their request budget for long.
    const others = (objects - result.failedObjects) * objectBytes
    const seconds = Math.ceil(others / bytesPerSecond) + 10
    expect(Math.round(result.speed(0, seconds) * seconds)).toBe(others)
    // Nor does the job rest for them, and it ends.
    expect(eventsOf(result, 'cooling-down')).toEqual([])
    expect(result.doneAtSeconds).toBeLessThan(350)
    expect(result.fatal).toBeUndefined()
  })

  it.each([500, 503])('but an outage of a minute, %i to all, fails none', async (status) => {
    const outage: Weather = {
      name: 'outage',
      fate: ({ kind }, { seconds }) =>
        kind === 'get' && seconds > 10 && seconds < 70 ? refused(status, 'InternalError') : undefined,
    }
    const result = await simulate({ seconds: 100, weather: [fresh, outage], objectBytes: 1e6 })
    expect(result.failedObjects).toBe(0)
    expect(result.speed(90, 100)).toBeGreaterThan(0.9 * 32e6)
  })

  it('but an outage of ten minutes is waited out, and no object fails for it', async () => {
    const cut = lineCut({ atSeconds: 60, forSeconds: 600 })
    const policy = { networkGoneSeconds: 3600 }
    const result = await simulate({ seconds: 750, threads: 4, weather: [fresh, cut], policy })
    expect(result.failedObjects).toBe(0)
    expect(result.fatal).toBeUndefined()
    expect(result.speed(690, 750)).toBeGreaterThan(0.9 * 8e6)
  })
})

it.each([
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
])(
  'a folder of objects that are all answered %i %s is gone through: no rest, and no network that is gone',
  async (status, code) => {
    const result = await simulate({
      ...{ seconds: 100, objects: 3000, objectBytes: 1e6 },
      weather: [
        fresh,
        {
          name: 'one object is given',
          fate: ({ kind, key }) =>
            kind === 'get' && key !== 'prefix-0/object-0.nc' ? { kind: 'refuse', status, code } : undefined,
        },
      ],
      policy: { coolDownAfterSeconds: 5, coolDownSeconds: 20, networkGoneSeconds: 5 },
    })
    expect(result.fatal).toBeUndefined()
    expect(result.failedObjects).toBe(2999)
    expect(result.requests).toBeLessThan(2.5 * 3000)
    expect(codesOf(result).filter((each) => each === 'cooling-down' || each === 'network-lost')).toEqual([])
  },
)

describe('a rest does not keep a lost cause alive', () => {
  /** One answer to every request, for longer than the network may be gone. */
  const meets = (fate: Fate) =>
    simulate({
      seconds: 450,
      weather: [{ name: 'always the same', fate: ({ kind }) => (kind === 'get' ? fate : undefined) }],
      policy: { coolDownAfterSeconds: 15, coolDownSeconds: 20, networkGoneSeconds: 50 },
    })

  it('connections that are cut without a byte: the network is gone after some rests', async () => {
    const result = await meets({ kind: 'reset', afterBytes: 0 })
    expect(eventsOf(result, 'cooling-down').length).toBeGreaterThan(1)
    expect(result.fatal).toMatchObject({ class: 'connect', code: 'network-gone' })
  })

  it('errors of the service: that it cannot be reached would not be true', async () => {
    const result = await meets({ kind: 'refuse', status: 500, code: 'InternalError' })
    expect(result.fatal).toMatchObject({ class: 'server-error', code: 'InternalError' })
  })

  it('refusals are waited for', async () => {
    const result = await meets({ kind: 'refuse', status: 503, code: 'SlowDown' })
    expect(eventsOf(result, 'cooling-down').length).toBeGreaterThan(3)
    expect(result.fatal).toBeUndefined()
  })
})

it('one refusal in the first moments, on a connection that was granted nothing yet, is no budget: the speed stays', async () => {
  let isOver = false
  const once: Weather = {
    name: 'one refusal',
    fate(_request, { seconds }) {
      if (isOver || seconds < 0.2) return undefined
      isOver = true
      return { kind: 'refuse', status: 503, code: 'SlowDown' }
    },
  }
  const result = await simulate({ seconds: 10, weather: [fresh, once], objectBytes: 1e6 })
  expect(isOver).toBe(true)
  expect(eventsOf(result, 'throttled')).toHaveLength(0)
  expect(result.speed(2, 10)).toBeGreaterThan(0.9 * 32e6)
})

it.each([0.03, 0.1, 0.2, 0.3])(
  'a service that refuses %d of all requests is soon asked as often as ever',
  async (share) => {
    const result = await simulate({ seconds: 180, weather: [fresh, refusesShare(share)], objectBytes: 1e6 })
    expect(result.speed(120, 180)).toBeGreaterThan(0.6 * 32e6)
  },
)

it.each([16, 64])('one refusal in twenty costs a job of seconds nothing, with %d connections', async (threads) => {
  const job = { seconds: 30, objects: 2000, objectBytes: 65_536, prefixes: 1, threads, world: { firstByteMs: 50 } }
  const line = lineCapacity(50e6)
  const calm = await simulate({ ...job, weather: [line] })
  const refused = await simulate({ ...job, weather: [line, refusesShare(0.05)] })
  expect(refused.doneAtSeconds).toBeLessThan(1.25 * (calm.doneAtSeconds ?? 0))
})

it.each([1, 2, 3, 4])(
  'one refusal in five costs a job little more than its second requests (seed %d)',
  async (seed) => {
    // A refusal is there long before the megabyte that others are granted.
    const job = { seconds: 60, objects: 500, objectBytes: 1e6, prefixes: 1, seed }
    const result = await simulate({ ...job, weather: [fresh, refusesShare(0.2, seed)] })
    expect(result.doneAtSeconds).toBeLessThan(1.4 * 17.2)
  },
)

describe('ageing connections under a request budget', () => {
  it('a wide budget keeps nobody from opening more connections, and from seeing them age', async () => {
    const weather = [
      ageingConnections({ tauSeconds: 60, bytesPerSecond: 2e6 }),
      throttling({ requestsPerSecond: 12, burst: 5 }),
    ]
    const result = await simulate({ seconds: 180, weather })
    expect(codesOf(result)).toContain('throttled')
    expect(result.levels.at(-1)).toBe(16)
    expect(result.speed(60, 180)).toBeGreaterThan(0.95 * 32e6)
  })

  it('a tight one is spent on bytes: connections live longer when each fresh one must wait for leave to ask', async () => {
    const weather = [
      ageingConnections({ tauSeconds: 60, bytesPerSecond: 2e6 }),
      throttling({ requestsPerSecond: 5, burst: 100 }),
    ]
    const result = await simulate({ seconds: 240, weather })
    expect(result.speed(60, 240)).toBeGreaterThan(0.85 * 32e6)
  })
})

it.each([0.02, 0.1])(
  'ageing is found though a share of %d of the requests is refused now here, now there: the other folders keep all at work',
  async (share) => {
    const weather = [ageingConnections({ tauSeconds: 60, bytesPerSecond: 2e6 }), refusesShare(share)]
    const result = await simulate({ seconds: 240, weather, prefixes: 12, objectBytes: 1e6 })
    expect(codesOf(result)).toContain('throttled')
    expect(result.speed(60, 240)).toBeGreaterThan(0.85 * 32e6)
  },
)
