/** How a client is asked for a prefix. */
import type { Command } from '../measure.ts'

export type ClientJob = {
  /** Ends without a slash. */
  serverUrl: string
  /** Set when the server speaks TLS. */
  caFile: string | undefined
  bucket: string
  /** Ends with a slash. */
  prefix: string
  keys: string[]
  /** Where the server's files of this prefix are. */
  sourceFolder: string
  /** Does not exist yet; the client makes it. */
  destination: string
  /** For what a client must be told by a file. */
  scratchFolder: string
  /** Kept from run to run, like the folder a program has in the user's home. */
  stateFolder: string
}

export type BenchClient = {
  name: string
  /** Speaks no TLS. */
  isHttpOnly?: boolean
  command(job: ClientJob): Command
}

/** A client that is not measured, and why. */
export type AbsentClient = { name: string; reason: string }

/** The same for every client that can be told. */
export const CONNECTIONS = 16
export const PART_BYTES = 16 * 1024 ** 2
