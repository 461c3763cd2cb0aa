/** Eighteen good minutes, then a trouble of the fault server that cannot be healed: the alert comes, and names it. */
import { describe, expect, it } from 'vitest'
import { ageingConnections } from '../weather/ageing-connections.ts'
import { badAddress } from '../weather/bad-address.ts'
import { blackHoles } from '../weather/black-holes.ts'
import { connectionSpeed, lineCapacity } from '../weather/line.ts'
import { throttling } from '../weather/throttling.ts'
import type { Weather } from '../weather/weather.ts'
import { type SimulationOptions, simulate } from './simulate.ts'

const TROUBLE_AT = 18 * 60
const SECONDS = TROUBLE_AT + 8 * 60
const THREADS = 4
const fresh = connectionSpeed(2e6)

/** As if the weather began at `TROUBLE_AT`, for connections too. */
function later({ name, fate, connectionRate, lineRate }: Weather): Weather {
  const since = (seconds: number) => seconds - TROUBLE_AT
  return {
    name: `${name}, later`,
    fate: (request, context) =>
      context.seconds < TROUBLE_AT ? undefined : fate?.(request, { ...context, seconds: since(context.seconds) }),
    connectionRate: (connection, context) =>
      context.seconds < TROUBLE_AT
        ? undefined
        : connectionRate?.(
            { ...connection, ageSeconds: Math.min(connection.ageSeconds, since(context.seconds)) },
            { ...context, seconds: since(context.seconds) },
          ),
    lineRate: (context) =>
      context.seconds < TROUBLE_AT ? undefined : lineRate?.({ ...context, seconds: since(context.seconds) }),
  }
}

const alertsOf = async (options: Partial<SimulationOptions>) => {
  const { events } = await simulate({ seconds: SECONDS, threads: THREADS, ...options })
  return events.filter(({ code }) => code === 'decay-alert')
}

describe('the alert names what has slowed the job, within eight minutes', () => {
  const stalls = Array.from({ length: (SECONDS - TROUBLE_AT) / 2 }, (_, index) => ({
    atSeconds: TROUBLE_AT + 2 * index,
    forSeconds: 1.2,
  }))
  const rows: [string, Partial<SimulationOptions>][] = [
    ['line', { weather: [fresh, later(lineCapacity(4e6))] }],
    [
      'throttling',
      {
        weather: [fresh, later(throttling({ requestsPerSecond: 2.5, burst: 10 }))],
        partSize: 2 * 1024 ** 2,
        prefixes: 1,
      },
    ],
    [
      'ageing',
      {
        weather: [fresh, later(ageingConnections({ tauSeconds: 6, bytesPerSecond: 2e6 }))],
        // A fresh connection costs so much that renewing them cannot make up for it.
        world: { handshakeMs: 4000 },
      },
    ],
    ['disk', { weather: [fresh], world: { diskStalls: stalls } }],
  ]
  it.concurrent.each(rows)('%s', async (cause, options) => {
    const [alert] = await alertsOf(options)
    expect(alert?.reason).toMatchObject({ cause, baselineBytesPerSecond: expect.any(Number) })
    expect(Number(alert?.reason.bytesPerSecond)).toBeLessThan(0.85 * Number(alert?.reason.baselineBytesPerSecond))
    expect(Number(alert?.reason.slopeMegabytesPerSecondPerHour)).toBeLessThanOrEqual(0)
  })
})

describe('what is healed, or wanted, is no decay', () => {
  const rows: [string, Partial<SimulationOptions>][] = [
    ['nothing at all', { weather: [fresh] }],
    ['every tenth answer falls silent', { weather: [fresh, later(blackHoles({ share: 0.1 }))] }],
    [
      'one bad address of four',
      {
        weather: [fresh, later(badAddress({ address: '192.0.2.3' }))],
        addresses: [1, 2, 3, 4].map((end) => `192.0.2.${end}`),
      },
    ],
    ["the user's limit", { weather: [fresh, later(lineCapacity(6e6))], limitBytesPerSecond: 1e6 }],
  ]
  it.concurrent.each(rows)('%s', async (_, options) => expect(await alertsOf(options)).toEqual([]))
})
