/** What the benchmark and the process of a server tell each other. Plain data. */
import type { StoredObject } from '../../electron/engine/testing/objects/stored-objects.ts'

export type ServerOrder = {
  /** Name of a row of `weathers.ts`. */
  weather: string
  hourSeconds: number
  bucket: string
  objects: StoredObject[]
  seed: number
}

/** The first answer. */
export type ServerReady = { port: number; dnsServer: string }

/** `go` starts the weather's clock; `tell` asks for a `ServerTold`. */
export type ServerMessage = 'go' | 'tell'

/** Cumulated since `go`. */
export type Sample = {
  seconds: number
  /** Body bytes handed to the system. */
  bytes: number
  /** Requests for bytes that were answered with bytes, and those that were refused. */
  answered: number
  refused: number
}

export const SAMPLE_MS = 100

/** The answer to `tell`. Connections: opened in all; sockets: open now, and at most. */
export type ServerTold = { samples: Sample[]; openSockets: number; connections: number; mostSockets: number }
