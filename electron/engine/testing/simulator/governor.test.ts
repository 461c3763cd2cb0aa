/** What the governor does for itself and when asked to: rebuilds without a dip, rests, limits, rules. */
import { describe, expect, it } from 'vitest'
import type { JobLimits } from '../../../../shared/job-spec.ts'
import type { Governor } from '../../govern/governor.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { ageingConnections } from '../weather/ageing-connections.ts'
import { blackHoles } from '../weather/black-holes.ts'
import {
  capacityChange,
  connectionSpeed,
  forgottenConnections,
  lineCapacity,
  lineCut,
  pushyStarts,
} from '../weather/line.ts'
import { throttling } from '../weather/throttling.ts'
import type { Fate, Weather } from '../weather/weather.ts'
import { type SimulationResult, simulate } from './simulate.ts'

const fresh = connectionSpeed(2e6)
const codes = (result: SimulationResult) => result.events.map(({ code }) => code)
const until = (seconds: number, weather: Weather): Weather => ({
  ...weather,
  fate: (request, context) => (context.seconds < seconds ? weather.fate?.(request, context) : undefined),
})
const of = (result: SimulationResult, code: string) => result.events.filter((event) => event.code === code)
const slowestSecond = (result: SimulationResult, from: number, to: number) =>
  Math.min(...result.perSecond.slice(from, to))

describe('a rebuild of the pool', () => {
  it('by button shows no dip, and leaves nothing of the old generation', async () => {
    const result = await simulate({
      seconds: 90,
      weather: [fresh],
      actions: [{ atSeconds: 30, run: (governor) => governor.rebuild('user') }],
    })
    expect(of(result, 'pool-rebuilding')).toHaveLength(1)
    const rebuilt = of(result, 'pool-rebuilt')[0]
    expect(rebuilt?.seconds).toBeLessThan(40)
    expect(slowestSecond(result, 30, 60)).toBeGreaterThan(0.95 * slowestSecond(result, 5, 30))
    expect(result.socketsOpened).toBe(32)
  })

  it('comes every poolRebuildSeconds', async () => {
    const result = await simulate({ seconds: 200, weather: [fresh], policy: { poolRebuildSeconds: 60 } })
    expect(of(result, 'pool-rebuilding').length).toBeGreaterThanOrEqual(2)
    expect(of(result, 'pool-rebuilding').every(({ reason }) => reason.cause === 'hourly')).toBe(true)
    expect(of(result, 'pool-rebuilt').length).toBeGreaterThanOrEqual(2)
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
    expect(codes(result)).not.toContain('retirement-age-learned')
    expect(result.socketsOpened).toBeLessThan(40)
  })

  it('and that narrows: what looks like ageing is taken back, for all together bring no more', async () => {
    const narrows = capacityChange({ atSeconds: 60, before: 8e6, after: 3e6 })
    const result = await simulate({ seconds: 600, weather: [narrows, pushy] })
    expect(of(result, 'ageing-refuted')).toHaveLength(of(result, 'retirement-age-learned').length)
    expect(result.socketsOpened).toBeLessThan(200)
    expect(result.speed(80, 600)).toBeGreaterThan(0.98 * 3e6)
  })
})

describe('no storm of connections', () => {
  it('while the line is cut for a minute', async () => {
    const result = await simulate({ seconds: 150, weather: [fresh, lineCut({ atSeconds: 30, forSeconds: 60 })] })
    expect(result.socketsOpened).toBeLessThan(16 + 120)
    expect(codes(result)).toContain('network-lost')
    expect(codes(result)).toContain('network-restored')
    expect(result.speed(95, 150)).toBeGreaterThan(0.95 * 32e6)
  })

  it('on a server that keeps eight connections and closes all others without a word: eight are kept at work', async () => {
    const world = { mostConnections: 8 }
    const result = await simulate({ seconds: 600, weather: [fresh], world })
    expect(result.speed(10, 600)).toBeGreaterThan(0.97 * 16e6)
    expect(result.socketsOpened).toBeLessThan(200)
    expect(of(result, 'concurrency-changed').some(({ reason }) => reason.cause === 'turned-away')).toBe(true)
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
    const silences = of(result, 'connection-replaced').map(({ reason }) => Number(reason.seconds))
    const stalled = of(result, 'connection-replaced').filter(({ reason }) => reason.cause === 'stalled')
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

it('connections that were forgotten on the way are all replaced within three seconds', async () => {
  const result = await simulate({ seconds: 60, weather: [fresh, forgottenConnections({ atSeconds: 30 })] })
  expect(slowestSecond(result, 33, 60)).toBeGreaterThan(0.95 * 32e6)
  expect(codes(result)).not.toContain('network-lost')
  expect(result.socketsOpened).toBe(32)
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
    const [cooling, cooled] = [of(result, 'cooling-down')[0], of(result, 'cooled-down')[0]]
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
    expect(of(result, 'cooling-down')).toEqual([])
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
    expect(codes(result).filter((each) => each === 'cooling-down' || each === 'network-lost')).toEqual([])
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
    expect(of(result, 'cooling-down').length).toBeGreaterThan(1)
    expect(result.fatal).toMatchObject({ class: 'connect', code: 'network-gone' })
  })

  it('errors of the service: that it cannot be reached would not be true', async () => {
    const result = await meets({ kind: 'refuse', status: 500, code: 'InternalError' })
    expect(result.fatal).toMatchObject({ class: 'server-error', code: 'InternalError' })
  })

  it('refusals are waited for', async () => {
    const result = await meets({ kind: 'refuse', status: 503, code: 'SlowDown' })
    expect(of(result, 'cooling-down').length).toBeGreaterThan(3)
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
  expect(of(result, 'throttled')).toHaveLength(0)
  expect(result.speed(2, 10)).toBeGreaterThan(0.9 * 32e6)
})

function refusesShare(share: number, seed = 3): Weather {
  const random = createSeededRandom(seed)
  return {
    name: 'a share of all requests is refused',
    fate: ({ kind }) =>
      kind === 'get' && random() < share ? { kind: 'refuse', status: 503, code: 'SlowDown' } : undefined,
  }
}

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
    expect(codes(result)).toContain('throttled')
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
    expect(codes(result)).toContain('throttled')
    expect(result.speed(60, 240)).toBeGreaterThan(0.85 * 32e6)
  },
)

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
    expect(of(result, 'limits-changed').map(({ reason }) => reason)).toEqual([
      { threadsBefore: 16, threads: 4 },
      { threadsBefore: 4, threads: 32 },
    ])
    expect(of(result, 'concurrency-changed').find(({ seconds }) => seconds > 29)?.reason).toEqual({
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
    expect(codes(result)).not.toContain('connection-replaced')
    expect(of(result, 'limits-changed').map(({ reason }) => reason)).toEqual([
      { limitBytesPerSecond: 2e6 },
      { limitBytesPerSecond: 'none' },
    ])
  })

  it('a speed that the user has set lower is no decay', async () => {
    const actions = [set(1800, { threads: 16, limitBytesPerSecond: 2e6 })]
    const result = await simulate({ seconds: 3600, weather: [fresh], actions })
    expect(codes(result)).not.toContain('decay-alert')
  })
})

describe('what holds the speed is named', () => {
  /** What is said at these seconds. */
  async function saidAt(at: readonly number[], options: Parameters<typeof simulate>[0]) {
    const said: string[] = []
    const actions = at.map((atSeconds) => ({
      atSeconds,
      run: (governor: Governor) => void said.push(governor.limit(1e6).code),
    }))
    const result = await simulate({ ...options, actions })
    return { said, result }
  }

  it('a cut as lost while it lasts, and as nothing more when it is over: its silence was not the connections', async () => {
    const weather = [fresh, lineCut({ atSeconds: 30, forSeconds: 25 })]
    const { said } = await saidAt([29, 50, 65, 75, 100], { seconds: 110, weather })
    expect(said).toEqual(['line', 'network-lost', 'line', 'line', 'line'])
  })

  it.each([5, 15, 40])(
    'speeds that jump every %i s as the line: nothing is silent, and nothing ages',
    async (period) => {
      const jumping: Weather = {
        name: 'each connection jumps between a tenth and all of its speed',
        connectionRate: ({ id }, { seconds }) =>
          createSeededRandom(id * 100_003 + Math.floor(seconds / period))() < 0.5 ? 0.1e6 : 1e6,
      }
      const at = [60, 90, 120, 150, 180]
      const { said } = await saidAt(at, { seconds: 181, weather: [jumping], objectBytes: 3e7 })
      expect(said).toEqual(at.map(() => 'line'))
    },
  )

  it('a service that refuses every connection as lost, not as nothing at all', async () => {
    const world = { downTimes: [{ atSeconds: 30, forSeconds: 15 }] }
    const { said, result } = await saidAt([29, 36, 40, 44, 60], { seconds: 70, weather: [fresh], world })
    expect(said).toEqual(['line', 'network-lost', 'network-lost', 'network-lost', 'line'])
    expect(codes(result).filter((code) => code.startsWith('network-'))).toEqual(['network-lost', 'network-restored'])
  })

  it('a server that shows another certificate as connections that are refused, and in the end as that', async () => {
    const failure = { class: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } as const
    const world = { downTimes: [{ atSeconds: 30, forSeconds: 60, failure }] }
    const { said, result } = await saidAt([29, 36, 60], {
      seconds: 90,
      weather: [fresh],
      world,
      policy: { networkGoneSeconds: 40 },
    })
    expect(said).toEqual(['line', 'turned-away', 'turned-away'])
    expect(of(result, 'network-lost')).toMatchObject([{ reason: { failure: 'tls' } }])
    expect(result.fatal).toMatchObject(failure)
  })

  it('throttling while somebody waits for the budget, not for as long as one is kept', async () => {
    const budget = throttling({ requestsPerSecond: 1, burst: 4 })
    const weather: Weather[] = [lineCapacity(10e6), until(60, budget)]
    const { said, result } = await saidAt([30, 50, 75, 82], { seconds: 90, weather, prefixes: 1, partSize: 2 ** 20 })
    expect(said).toEqual(['throttling', 'throttling', 'line', 'line'])
    expect(of(result, 'throttle-ended').every(({ seconds }) => seconds > 82)).toBe(true)
  })

  it('not throttling where one folder may be asked seldom, and the others keep all connections at work', async () => {
    const weather = [lineCapacity(10e6), refusesShare(0.01)]
    const { said, result } = await saidAt([40, 60, 80], { seconds: 90, weather, prefixes: 12, objectBytes: 2e6 })
    expect(of(result, 'throttled').length).toBeGreaterThan(2)
    expect(said).toEqual(['line', 'line', 'line'])
  })
})
