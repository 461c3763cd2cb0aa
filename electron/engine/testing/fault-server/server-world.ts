/** What every answer of the fault server needs to know; made once per server by `fault-server.ts`. */

import type { ObjectSums, ReadObject } from '../objects/object-sums.ts'
import type { ObjectSeries } from '../objects/stored-objects.ts'
import type { ConnectionFacts, Weather, WeatherContext } from '../weather/weather.ts'
import type { createBodySender } from './body-sender.ts'
import type { KeyPair } from './check-signature.ts'

export type Counters = {
  requests: number
  /** GETs of objects that were answered. */
  gets: number
  heads: number
  lists: number
  /** Refused by the weather. */
  refused: number
  /** Body bytes of objects handed to the system. */
  bytesSent: number
  connections: number
  maxOpen: number
  /** Answers with an error, by S3's code, the weather's refusals included. */
  errors: Record<string, number>
  /** Times each fate struck. */
  fates: Record<string, number>
}

/** One connection, for as long as the server lives. */
export type Connection = ConnectionFacts & {
  bytesSent: number
  isOpen: boolean
  /** Ends it with RST. */
  reset(): void
}

export type ServerWorld = {
  buckets: Map<string, ObjectSeries>
  region: string
  /** Regions of buckets that live elsewhere. */
  bucketRegions: Record<string, string>
  denied: readonly string[]
  keys: KeyPair | undefined
  /** Buckets that answer signed requests only; undefined = all, once there are keys. */
  privateBuckets: readonly string[] | undefined
  baseHost: string
  /** The server's own idea of the time, Unix milliseconds. */
  now(): number
  counters: Counters
  weather(): readonly Weather[]
  context(): WeatherContext
  /** Resolves when the line is not cut (any more), or the server ends. */
  untilLineIsUp(): Promise<void>
  lineRate(): number
  sender: ReturnType<typeof createBodySender>
  sums: ObjectSums
  read: ReadObject
}

/** The smallest of the speeds that are limited. */
export const smallestOf = (rates: readonly (number | undefined)[]): number =>
  Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY))
