/** What a weather may do to requests, connections and the line. */
export type ConnectionFacts = {
  id: number
  /** Local address the client connected to. */
  address: string
  ageSeconds: number
  /** Requests begun on it, this one included. */
  requests: number
}

export type RequestFacts = {
  kind: 'list' | 'head' | 'get' | 'other'
  key: string
  /** Number of this request since the server started, from 1. */
  number: number
  connection: ConnectionFacts
  /** Byte of the object at which a normal answer would begin, and how many it would carry. */
  bodyStart: number
  bodyBytes: number
}

export type Fate =
  /** An error with S3's XML. */
  | { kind: 'refuse'; status: number; code: string; retryAfterSeconds?: number }
  /** Sends this many body bytes, then nothing, for ever. -1: not even a head. */
  | { kind: 'silence'; afterBytes: number }
  | { kind: 'trickle'; bytesPerSecond: number }
  /** Resets the connection after this many body bytes. */
  | { kind: 'reset'; afterBytes: number }
  /** Announces the whole body, closes politely before its end. */
  | { kind: 'truncate'; afterBytes: number }
  /** Answers 200 with the whole object. */
  | { kind: 'ignore-range' }
  /** Claims and sends a range moved by this many bytes. */
  | { kind: 'wrong-range'; by: number }
  | { kind: 'flip'; atByte: number }
  | { kind: 'delay'; milliseconds: number }

export type WeatherContext = {
  /** Seconds since the server started, or since this weather was set. */
  seconds: number
  random(): number
}

export type Weather = {
  name: string
  fate?(request: RequestFacts, context: WeatherContext): Fate | undefined
  /** Bytes per second this connection may have; undefined = as many as it can. */
  connectionRate?(connection: ConnectionFacts, context: WeatherContext): number | undefined
  /** How much of a full line it takes beside others; undefined = as much as any (1). */
  connectionWeight?(connection: ConnectionFacts, context: WeatherContext): number | undefined
  /** Bytes per second of the whole line; 0 = cut; undefined = no limit. */
  lineRate?(context: WeatherContext): number | undefined
  /** Version of an object now; another version has other bytes and another ETag. undefined = the stored one. */
  version?(key: string, context: WeatherContext): number | undefined
  /** The server closes a connection after this many answers. */
  closesAfterRequests?: number
  /** It closes without having said so in the last answer: the next request may already be on its way. */
  closesUnannounced?: boolean
  /** Connections without a request for this long are closed. */
  closesIdleAfterSeconds?: number
}
