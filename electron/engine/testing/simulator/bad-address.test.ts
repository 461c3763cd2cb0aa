/** One address of several is bad, in every way an address can be: the others are used, and the log says so. */
import { describe, expect, it } from 'vitest'
import { badAddress } from '../weather/bad-address.ts'
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
