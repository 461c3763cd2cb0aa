/** One address of several is bad, in every way an address can be: the others are used, and the log says so. */
import { describe, expect, it } from 'vitest'
import { badAddress } from '../weather/bad-address.ts'
import { badServer } from '../weather/bad-server.ts'
import { blackHoles } from '../weather/black-holes.ts'
import { drops, serverErrors } from '../weather/broken-answers.ts'
import { connectionSpeed } from '../weather/line.ts'
import { throttling } from '../weather/throttling.ts'
import { type SimulationOptions, type SimulationResult, simulate } from './simulate.ts'

const fresh = connectionSpeed(2e6)
const BAD = '192.0.2.2'
const CAPACITY = 32e6

const addresses = (count: number) => Array.from({ length: count }, (_, at) => `192.0.2.${at + 1}`)
const setAside = ({ events }: SimulationResult) => events.filter(({ code }) => code === 'address-quarantined')

describe('a bad address costs nothing after its first seconds', () => {
  const connects = (fate: 'refused' | 'swallowed') => ({
    weather: [fresh],
    world: { connectFate: (address: string) => (address === BAD ? fate : ('accepted' as const)) },
  })
  const bad = (options: Omit<Parameters<typeof badAddress>[0], 'address'>) => ({
    weather: [fresh, badAddress({ address: BAD, ...options })],
  })
  const ways: [way: string, cause: string, options: Omit<SimulationOptions, 'seconds'>][] = [
    ['crawls', 'slow', bad({})],
    ['resets every GET', 'failures', bad({ resets: true })],
    ['never answers', 'failures', bad({ isSilent: true })],
    ['answers 500 to every GET', 'failures', bad({ refuses: { status: 500 } })],
    ['answers 404 to every GET', 'failures', bad({ refuses: { status: 404 } })],
    ['answers 503 to every GET', 'refusals', bad({ refuses: { status: 503 } })],
    ['answers 503 to half of them', 'refusals', bad({ refuses: { status: 503, share: 0.5 } })],
    ['refuses connections', 'failures', connects('refused')],
    ['swallows connections', 'failures', connects('swallowed')],
  ]
  const rows = [2, 3, 8].flatMap((count) => ways.map(([way, cause, options]) => ({ count, way, cause, options })))

  it.each(rows)('one of $count that $way', async ({ count, cause, options }) => {
    const result = await simulate({ seconds: 60, objectBytes: 2e6, addresses: addresses(count), ...options })
    expect(result.speed(20, 60)).toBeGreaterThan(0.9 * CAPACITY)
    expect(setAside(result)[0]?.reason).toMatchObject({ address: BAD })
    if (cause !== 'slow') expect(setAside(result)[0]?.reason.cause).toBe(cause)
    expect(result.failedObjects).toBe(0)
    expect(result.fatal).toBeUndefined()
  })

  it.each([1e6, 1e9])('two of three that answer 503 to every GET, objects of %d bytes', async (objectBytes) => {
    const weather = [fresh, ...['192.0.2.1', BAD].map((address) => badAddress({ address, refuses: { status: 503 } }))]
    const result = await simulate({ seconds: 60, objectBytes, addresses: addresses(3), weather })
    expect(result.speed(20, 60)).toBeGreaterThan(0.6 * CAPACITY)
    expect(result.failedObjects).toBe(0)
  })

  it('two of three that refuse connections', async () => {
    const result = await simulate({
      seconds: 60,
      objectBytes: 1e7,
      addresses: addresses(3),
      weather: [fresh],
      world: { connectFate: (address) => (address === '192.0.2.1' ? 'accepted' : 'refused') },
    })
    expect(result.speed(5, 60)).toBeGreaterThan(0.9 * CAPACITY)
  })
})

describe('one of several servers behind one address refuses: its connections are replaced, no budget is seen in it', () => {
  it.each([
    { share: 1 / 3, status: 503, objectBytes: 1e6 },
    { share: 1 / 3, status: 503, objectBytes: 1e9 },
    { share: 1 / 2, status: 503, objectBytes: 16e6 },
    { share: 1 / 3, status: 500, objectBytes: 1e9 },
  ])('$share of the connections are answered $status, objects of $objectBytes', async ({ objectBytes, ...bad }) => {
    const result = await simulate({ seconds: 60, objectBytes, weather: [fresh, badServer(bad)] })
    expect(result.speed(10, 60)).toBeGreaterThan(0.85 * CAPACITY)
    const replaced = result.events.filter(({ code }) => code === 'connection-replaced')
    expect(replaced.some(({ reason }) => reason.cause === 'refused')).toBe(true)
    expect(result.failedObjects).toBe(0)
    expect(result.fatal).toBeUndefined()
  })
})

describe('weather that meets all addresses alike condemns none', () => {
  const weathers: [string, Omit<SimulationOptions, 'seconds'>][] = [
    ['a tenth of the requests is swallowed', { weather: [fresh, blackHoles({ share: 0.1 })] }],
    ['a fifth of the bodies is cut', { weather: [fresh, drops({ share: 0.2 })] }],
    ['3 % of the answers are 500', { weather: [fresh, serverErrors({ share: 0.03 })] }],
    ['a budget of 3 requests/s', { weather: [fresh, throttling({ requestsPerSecond: 3, burst: 20 })], prefixes: 1 }],
    ['a budget of 20 requests/s', { weather: [fresh, throttling({ requestsPerSecond: 20, burst: 100 })] }],
  ]
  const rows = [2, 8].flatMap((count) => weathers.map(([weather, options]) => ({ count, weather, options })))

  it.each(rows)('$weather, $count addresses', async ({ count, options }) => {
    const result = await simulate({ seconds: 200, objectBytes: 1e6, addresses: addresses(count), ...options })
    expect(setAside(result)).toEqual([])
  })
})
