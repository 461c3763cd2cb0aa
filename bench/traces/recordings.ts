/**
 * What is recorded: a line of a few slow connections that is well for a good quarter hour, so that the decay alert has
 * a baseline, and then one trouble. Hours are compressed: the alert's minute is four seconds. Every cause of the user's
 * report that a download itself can meet, and what is no decay: a restless line, and troubles that are healed.
 */
import { COMPRESSION, TROUBLE_AT_MINUTES } from '../../electron/engine/testing/traces/trace.ts'
import { ageingConnections } from '../../electron/engine/testing/weather/ageing-connections.ts'
import { badAddress } from '../../electron/engine/testing/weather/bad-address.ts'
import { blackHoles } from '../../electron/engine/testing/weather/black-holes.ts'
import { serverErrors } from '../../electron/engine/testing/weather/broken-answers.ts'
import { closesAfter } from '../../electron/engine/testing/weather/closes-after.ts'
import { connectionSpeed, lineCapacity, lineCut } from '../../electron/engine/testing/weather/line.ts'
import { throttling } from '../../electron/engine/testing/weather/throttling.ts'
import type { Weather } from '../../electron/engine/testing/weather/weather.ts'
import type { PolicyOverrides } from '../../shared/policy.ts'

export const TROUBLE_AT_SECONDS = (TROUBLE_AT_MINUTES * 60) / COMPRESSION
export const RECORDED_SECONDS = (32 * 60) / COMPRESSION
export const THREADS = 4

export type Recording = {
  name: string
  /** All the time. */
  weather: Weather[]
  /** From `TROUBLE_AT_SECONDS` on, by a clock of its own. */
  trouble?: Weather[]
  /** What goes wrong on the client's own machine, from then on. */
  ownTrouble?: 'busy-loop' | 'slow-disk'
  /** DNS gives no answer from then on. */
  dnsDies?: boolean
  addresses?: string[]
  partBytes?: number
  limitBytesPerSecond?: number
  policy?: PolicyOverrides
}

const CONNECTION_BYTES_PER_SECOND = 250_000
const CAPACITY = THREADS * CONNECTION_BYTES_PER_SECOND
const KIB = 1024
const fresh = connectionSpeed(CONNECTION_BYTES_PER_SECOND)
const FOUR = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']

/**
 * A connection of these loses two thirds of its speed every three
 * seconds, and a fresh one takes most of a second to begin.
 */
const ageingFast: Weather[] = [
  ageing(3),
  {
    name: 'a fresh connection is slow to begin',
    fate: ({ connection }) => (connection.requests === 1 ? { kind: 'delay', milliseconds: 800 } : undefined),
  },
]

const ageingSlowly = [ageing(15)]

/** Connections that are old already begin to age with the trouble. */
function ageing(tauSeconds: number): Weather {
  const weather = ageingConnections({ tauSeconds, bytesPerSecond: CONNECTION_BYTES_PER_SECOND })
  return {
    name: weather.name,
    connectionRate: (connection, context) =>
      weather.connectionRate?.(
        { ...connection, ageSeconds: Math.min(connection.ageSeconds, context.seconds) },
        context,
      ),
  }
}

const cuts: Weather = {
  name: 'cut for 11 s of twelve',
  lineRate: ({ seconds }) => (seconds % 12 < 11 ? 0 : undefined),
}

/** Waves of a few minutes, and gusts of some seconds, of up to a quarter. */
const restless: Weather = {
  name: 'a restless line',
  lineRate: ({ seconds }) => {
    const wave = Math.sin(seconds / 2.3) + Math.sin(seconds / 0.9 + 1)
    const gust = Math.sin(Math.floor(seconds * 4) * 12.9898) * 2
    return CAPACITY * (0.75 + 0.0625 * (wave + gust))
  },
}

export const RECORDINGS: readonly Recording[] = [
  { name: 'line-halves', weather: [fresh], trouble: [lineCapacity(CAPACITY / 2)] },
  {
    name: 'line-sinks',
    weather: [{ name: 'sinks', lineRate: ({ seconds }) => CAPACITY * Math.exp(-seconds / 160) }],
  },
  { name: 'throttled-503', weather: [fresh], trouble: [throttling({ requestsPerSecond: 0.4, burst: 4 })] },
  {
    name: 'throttled-429',
    weather: [fresh],
    trouble: [throttling({ requestsPerSecond: 0.4, burst: 4, status: 429, retryAfterSeconds: 1 })],
  },
  { name: 'connections-age', weather: [fresh], trouble: ageingFast },
  { name: 'connections-fall-silent', weather: [fresh], trouble: [blackHoles({ share: 0.85 })] },
  { name: 'disk-slow', weather: [connectionSpeed(4 * CONNECTION_BYTES_PER_SECOND)], ownTrouble: 'slow-disk' },
  { name: 'processor-busy', weather: [fresh], ownTrouble: 'busy-loop', partBytes: 64 * KIB },
  { name: 'network-comes-and-goes', weather: [fresh], trouble: [cuts] },

  { name: 'calm', weather: [fresh] },
  { name: 'line-restless', weather: [restless] },
  { name: 'pool-rebuilt', weather: [fresh], policy: { poolRebuildSeconds: 16 } },
  { name: 'closed-after-100', weather: [fresh, closesAfter(100)], partBytes: 256 * KIB },
  { name: 'server-fails', weather: [fresh], trouble: [serverErrors({ share: 0.85 })] },
  { name: 'holes-healed', weather: [fresh], trouble: [blackHoles({ share: 0.05 })] },
  { name: 'ageing-healed', weather: [fresh], trouble: ageingSlowly },
  { name: 'address-healed', weather: [fresh], trouble: [badAddress({ address: '127.0.0.3' })], addresses: FOUR },
  { name: 'dns-dead', weather: [fresh, closesAfter(20)], dnsDies: true },
  { name: 'cut-healed', weather: [fresh], trouble: [lineCut({ atSeconds: 2, forSeconds: 4 })] },
  {
    name: 'throttling-ends',
    weather: [fresh],
    trouble: [throttling({ requestsPerSecond: 0.4, burst: 4, untilSeconds: 8 })],
  },
  {
    name: 'own-limit',
    weather: [fresh],
    trouble: [lineCapacity(0.75 * CAPACITY)],
    limitBytesPerSecond: CAPACITY / 2,
  },
]
