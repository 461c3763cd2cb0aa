/** What the window says limits the speed, at given seconds of a job. */
import { describe, expect, it } from 'vitest'
import type { Governor } from '../../govern/governor.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { connectionSpeed, lineCapacity, lineCut } from '../weather/line.ts'
import { refusesShare, throttling } from '../weather/throttling.ts'
import type { Weather } from '../weather/weather.ts'
import { codesOf, eventsOf, simulate } from './simulate.ts'

const fresh = connectionSpeed(2e6)

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
    expect(codesOf(result).filter((code) => code.startsWith('network-'))).toEqual(['network-lost', 'network-restored'])
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
    expect(eventsOf(result, 'network-lost')).toMatchObject([{ reason: { failure: 'tls' } }])
    expect(result.fatal).toMatchObject(failure)
  })

  it('throttling while somebody waits for the budget, not for as long as one is kept', async () => {
    const budget = throttling({ requestsPerSecond: 1, burst: 4, untilSeconds: 60 })
    const weather: Weather[] = [lineCapacity(10e6), budget]
    const { said, result } = await saidAt([30, 50, 75, 82], { seconds: 90, weather, prefixes: 1, partSize: 2 ** 20 })
    expect(said).toEqual(['throttling', 'throttling', 'line', 'line'])
    expect(eventsOf(result, 'throttle-ended').every(({ seconds }) => seconds > 82)).toBe(true)
  })

  it('not throttling where one folder may be asked seldom, and the others keep all connections at work', async () => {
    const weather = [lineCapacity(10e6), refusesShare(0.01)]
    const { said, result } = await saidAt([40, 60, 80], { seconds: 90, weather, prefixes: 12, objectBytes: 2e6 })
    expect(eventsOf(result, 'throttled').length).toBeGreaterThan(2)
    expect(said).toEqual(['line', 'line', 'line'])
  })
})
