/** The world of a simulation, and what it is like at this moment of virtual time. */
import type { Failure } from '../../../../shared/failure.ts'
import { type Meeting, meetWeather, weightOf } from '../weather/meet-weather.ts'
import type { ConnectionFacts, Fate, RequestFacts, Weather } from '../weather/weather.ts'

export type World = {
  weather: Weather[]
  /** TCP and TLS. */
  handshakeMs: number
  /** From the request to the first byte. */
  firstByteMs: number
  /** What becomes of a new connection to this address; default: accepted. */
  connectFate?(address: string, seconds: number): 'accepted' | 'refused' | 'swallowed'
  /**
   * The server is not running during these: connections break, new
   * ones are refused; by `failure`, where another stands there.
   */
  downTimes?: { atSeconds: number; forSeconds: number; failure?: Failure }[]
  /** The server keeps so many connections; it closes any other when it asks, without a word. */
  mostConnections?: number
  /** No write returns during these: the worker stands still, the sockets' buffers are full. */
  diskStalls?: { atSeconds: number; forSeconds: number }[]
}

/** A connection alone is not faster than this (DESIGN 5: one in-region request gives 85-90 MB/s at best). */
const FASTEST_CONNECTION = 90e6

export type WorldNow = ReturnType<typeof createWorldNow>

/** `seconds`: since the start. */
export function createWorldNow(world: World, { seconds, random }: { seconds(): number; random(): number }) {
  const { weather } = world
  const context = () => ({ seconds: seconds(), random })
  const smallest = (rates: (number | undefined)[]) => Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY))
  const isIn = ({ atSeconds, forSeconds }: { atSeconds: number; forSeconds: number }) => {
    const since = seconds() - atSeconds
    return since >= 0 && since < forSeconds
  }
  const lineRate = () => smallest(weather.map((part) => part.lineRate?.(context())))
  const downTime = () => world.downTimes?.find(isIn)

  return {
    /** Bytes per second of all together; 0: the line is cut. */
    lineRate,
    isLineCut: () => lineRate() === 0,
    isDown: () => downTime() !== undefined,
    /** What who connects meanwhile meets. */
    downFailure: (): Failure => downTime()?.failure ?? { class: 'connect', code: 'ECONNREFUSED' },
    /** For how long no write has returned; undefined: they do. */
    stalledMs() {
      const stall = world.diskStalls?.find(isIn)
      return stall && (seconds() - stall.atSeconds) * 1000
    },
    connectFate: (address: string) => world.connectFate?.(address, seconds()) ?? 'accepted',
    /** Bytes per second that the server would give a connection if the line were wide. */
    connectionRate: (connection: ConnectionFacts, fate: Fate | undefined): number =>
      smallest([
        ...weather.map((part) => part.connectionRate?.(connection, context())),
        fate?.kind === 'trickle' ? fate.bytesPerSecond : undefined,
        FASTEST_CONNECTION,
      ]),
    weightOf: (connection: ConnectionFacts): number => weightOf(weather, connection, context()),
    /** Requests after which the server closes a connection. */
    closesAfterRequests: () => smallest(weather.map((part) => part.closesAfterRequests)),
    meet: (request: RequestFacts): Meeting => meetWeather(weather, request, context()),
  }
}
