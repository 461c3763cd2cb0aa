/**
 * Everything the engine needs from the world, as plain values: time, chance, S3's control plane, DNS, the data
 * plane and the disk. Real ones are made in `electron/api/real-engine/create-engine-ports.ts`; fakes live in `testing/`.
 */
import type { Failure, Outcome } from '../../shared/failure.ts'
import type { FolderIdentity } from './disk/folder-identity.ts'
import type { SmallFile } from './disk/small-file.ts'
import type { RangeSum, SumOrder } from './verify/range-sums.ts'
import type { Verifier } from './verify/verifier.ts'

export type Clock = {
  /** Unix time in milliseconds: for records people read. */
  now(): number
  /** Milliseconds that never jump: for every duration. */
  monotonic(): number
  /** Runs once after `ms`; returns its cancellation. */
  after(ms: number, run: () => void): () => void
}

/** Uniform in [0, 1). */
export type Random = () => number

// -- S3's control plane -------------------------------------------------------------------------------------

export type ListedObject = {
  key: string
  size: number
  /** Without quotes. */
  etag: string
  /** Unix milliseconds. */
  lastModified: number
  storageClass: string
}

export type ListPage = {
  objects: ListedObject[]
  /** Sub-prefixes; only when a delimiter was given. */
  prefixes: string[]
  /** Absent on the last page. */
  continuation?: string
}

/**
 * What a HEAD answers about an object. `checksums` as S3 names them:
 * `CRC64NVME`, `CRC32C`, `CRC32`, `SHA256`, `SHA1`, base64.
 */
export type ObjectHead = {
  size: number
  etag: string
  lastModified: number
  checksums: Record<string, string>
  checksumType: 'FULL_OBJECT' | 'COMPOSITE' | ''
  /** Number of parts of a multipart upload, 1 otherwise. */
  partCount: number
  /** `x-amz-server-side-encryption`, or `customer` for keys of the customer. With `aws:kms` the ETag is no MD5. */
  encryption?: string
}

/** One bucket, read-only. All calls are safe to repeat; none throws for what the other side does. */
export type ObjectSource = {
  listPage(
    request: { prefix: string; delimiter?: string; continuation?: string; pageSize?: number; startAfter?: string },
    signal: AbortSignal,
  ): Promise<Outcome<ListPage>>
  headObject(
    key: string,
    /** `etag`: the one it had so far. */
    options: { checksums?: boolean; partNumber?: number; etag?: string },
    signal: AbortSignal,
  ): Promise<Outcome<ObjectHead>>
  /**
   * Asks for the first byte of an object that has one, beside the data plane:
   * whether objects can be had at all. `etag`: what it had; empty = none.
   */
  tryObject(object: { key: string; etag: string }, signal: AbortSignal): Promise<Outcome<void>>
  /**
   * Where and how the data plane requests objects of this bucket. Renewed before credentials expire; `areRefused`: the
   * present ones were refused, and are looked for anew. `region`: the bucket's, by an answer of the service.
   */
  endpoint(signal: AbortSignal, hint?: { areRefused?: boolean; region?: string }): Promise<Outcome<Endpoint>>
  close(): void
}

/** Everything a worker needs to request an object itself. Crosses a thread border: plain data only. */
export type Endpoint = {
  tls: boolean
  /** Value of the Host header, with a port where it is not the scheme's own. */
  hostHeader: string
  hostname: string
  port: number
  /** Path in front of the encoded key: `/` or `/bucket/`. */
  basePath: string
  region: string
  /** Added to this machine's clock for signatures, when the server said it is off. */
  clockOffsetMs?: number
  /** Absent: requests are not signed. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string; expiresAt?: number }
  /** Sent with every request, as a bucket whose readers pay requires it. */
  requestPayer?: 'requester'
  /** `socks`: it speaks SOCKS5 instead of HTTP; the user is empty where it wants no login. */
  proxy?: {
    hostname: string
    port: number
    tls: boolean
    authorization?: string
    socks?: { user: string; password: string }
  }
  /** Extra certificate authorities, PEM. */
  ca?: string[]
}

// -- DNS ----------------------------------------------------------------------------------------------------

export type Resolution = {
  addresses: string[]
  /** Of IPv6, for where no address of IPv4 can be reached. */
  alternatives?: string[]
  ttlSeconds: number
  /** How long the look-up took. */
  milliseconds: number
  from: 'fixed' | 'server' | 'system'
}

/** One look-up, no cache: `govern/` keeps the cache. */
export type Resolver = { resolve(host: string, signal: AbortSignal): Promise<Outcome<Resolution>> }

// -- the data plane -----------------------------------------------------------------------------------------

/** A half-open range of bytes, `start` inclusive, `end` exclusive. */
export type ByteRange = { start: number; end: number }

/** One GET. The body goes to `file` at the bytes' own offsets. */
export type FetchTask = {
  taskId: number
  /** Object key, unencoded. */
  key: string
  range: ByteRange
  objectSize: number
  /** Sent as If-Match; empty = not pinned. */
  etag: string
  /** Of an object without an ETag, Unix milliseconds: the answer must not name another time. */
  lastModified?: number
  /** The server refuses its own ETag as a condition: none is set, and the answer must name it. */
  unconditional?: true
  file: TaskFile
  /** The server ignores ranges: an answer with the whole object is fine, what comes before the range is dropped. */
  acceptWhole: boolean
  /** Absent: bytes are written and nothing else. */
  check?: TaskCheck
}

/** What a worker does with bytes beside writing them. */
export type TaskCheck =
  /** Computes checksums; the outcome has them. */
  | ({ kind: 'sum' } & SumOrder)
  /** A small object of kind `whole`: compares it with what the answer itself promises, before it gets its name. */
  | { kind: 'compare' }

/** Where the bytes go: into a file the control plane opened, or a small object landed by the worker in one go. */
export type TaskFile = { kind: 'open'; fd: number } | ({ kind: 'whole'; folder?: FolderIdentity } & SmallFile)

export type TaskOutcome = {
  taskId: number
  connectionId: number
  /** First byte not written. Equals the end of the task on success. */
  reached: number
  /** Body bytes received for this task, written or not. */
  received: number
  firstByteMs: number
  /** The connection ends with this answer: it takes no other task. */
  connectionEnds: boolean
  /** Of all bytes from the task's start to `reached`, when the task wanted them. */
  sums?: RangeSum[]
  /** Absent on success. */
  failure?: Failure
}

/** How much a task that is to be shortened keeps of what has not come yet: half, where that is worth it, or bytes. */
export type Keep = 'half' | number

/** What a worker reports about its connections, in batches. */
export type ConnectionEvent =
  | { kind: 'opened'; connectionId: number; handshakeMs: number }
  | { kind: 'finished'; outcome: TaskOutcome }
  /** Where a task ends that was to be shortened: where it ended before, when it keeps all. */
  | { kind: 'shortened'; connectionId: number; taskId: number; end: number }
  /** The socket is gone. `failure` only when it was not closed on command; a running task has been reported before. */
  | { kind: 'closed'; connectionId: number; failure?: Failure }
  /** A worker has died of a bug; its tasks and connections have been reported before. Nothing more can be opened. */
  | { kind: 'broken'; detail: string }

/** Live view of one connection, read from shared memory: costs no message. */
export type ConnectionCounters = {
  /** Body bytes received since it was opened. */
  bytes: number
  /** Clock.monotonic() of the last received byte, or of the last change of state. */
  lastByteAt: number
  /** Where task `taskId` has got to; of the connection's last task until it begins the next. */
  reached: number
  taskId: number
}

/**
 * Connections in worker threads. Each does one task at a time. The control plane decides everything;
 * workers only do and report.
 */
export type DataPlane = {
  open(connection: { connectionId: number; address: string; endpoint: Endpoint }): void
  /** The connection must be open and idle. */
  assign(connectionId: number, task: FetchTask, endpoint: Endpoint): void
  /**
   * Asks the worker to end a running task at an earlier byte: it alone knows what has come by now. It answers with
   * `shortened`, unless the task has been reported before; where the task became shorter the connection closes behind it.
   */
  shorten(connectionId: number, wish: { taskId: number; keep: Keep }): void
  /** Ends the socket now. A running task is reported as failed with class `cancelled`, bytes kept. */
  close(connectionId: number): void
  counters(connectionId: number): ConnectionCounters
  /** The worker thread the connection lives in, from 0. */
  thread(connectionId: number): number
  /** Bytes per second all connections together may receive; 0 = no limit. */
  setRateLimit(bytesPerSecond: number): void
  /** Sockets the operating system still has, by worker count, for the leak check. */
  socketCounts(): { opened: number; closed: number }
  /** How long the slowest worker has been unable to run: blocked in a write, or starved. */
  blockedMs(): number
  /** Write latency of the slowest recent disk write, milliseconds. */
  diskWriteMs(): number
  subscribe(listener: (events: ConnectionEvent[]) => void): void
  shutDown(): Promise<void>
}

// -- the whole --------------------------------------------------------------------------------------------

export type EnginePorts = {
  clock: Clock
  random: Random
  source: ObjectSource
  resolver: Resolver
  dataPlane: DataPlane
  verifier: Verifier
  /** Resident memory of this process in bytes. */
  memory(): number
  /** CLOSE_WAIT sockets of this process, as the operating system counts them; 0 where it does not. */
  closeWait(): number
}
