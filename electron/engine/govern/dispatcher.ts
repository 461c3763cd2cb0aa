/**
 * Puts connections to work: opens as many as are allowed, gives each its next range, and has a connection that is to be
 * retired hand over to a fresh one. How many, how soon and to which address others decide.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, isShortOfFiles } from '../../../shared/failure.ts'
import type { Policy } from '../../../shared/policy.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { RequestWindow } from '../metrics/request-window.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { MAX_CONNECTION_SLOTS } from '../transport/shared-counters.ts'
import type { AgeingWatch } from './ageing/ageing-watch.ts'
import type { ConcurrencyKeeper } from './concurrency/concurrency-keeper.ts'
import type { ConnectPace } from './connections/connect-pace.ts'
import type { ConnectionPool } from './connections/connection-pool.ts'
import type { FileShortage } from './connections/file-shortage.ts'
import { isStaying, type PooledConnection } from './connections/pooled-connection.ts'
import type { RollingRebuild } from './connections/rolling-rebuild.ts'
import type { AddressBook } from './network/address-book.ts'
import type { EndpointKeeper } from './network/endpoint-keeper.ts'
import type { NetworkWatch } from './network/network-watch.ts'
import type { ThrottleGates } from './requests/throttle-gates.ts'

export type DispatcherOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  book: Pick<TransferBook, 'next' | 'handOver' | 'hasWaitingWork' | 'isDoubtful'>
  pool: ConnectionPool
  window: Pick<RequestWindow, 'recordError' | 'read'>
  gates: Pick<ThrottleGates, 'mayRequest' | 'noteSent' | 'noteHeldBack' | 'isHoldingBack' | 'limitedSeconds'>
  addresses: Pick<
    AddressBook,
    'choose' | 'noteOpening' | 'noteReached' | 'noteUnreachable' | 'haveAllFailed' | 'noteClosed'
  >
  bucket: Pick<EndpointKeeper, 'current'>
  network: Pick<NetworkWatch, 'noteConnect' | 'hasEverReceived'>
  pace: Pick<ConnectPace, 'allowed' | 'noteOpened' | 'noteFailed' | 'noteTurnedAway'>
  rolling: Pick<RollingRebuild, 'generation'>
  concurrency: Pick<ConcurrencyKeeper, 'level' | 'isYielding'>
  ageing: Pick<AgeingWatch, 'noteWait'>
  shortage: FileShortage
  isListingComplete(): boolean
  /** Neither paused nor resting. */
  mayWork(): boolean
  /** Only such objects are left as are refused, by a service that grants others. */
  isLeftToFail(): boolean
  emit(code: EventCode, reason: Reason): void
  onFatal(failure: Failure): void
}

export type Dispatcher = ReturnType<typeof createDispatcher>

/** What still arrives while a hand-over is on its way. */
const GRACE_SECONDS = 0.1
/** By then a second request would have brought its first bytes, and some more. */
const SHARE_FIRST_BYTES = 4
/** An address that swallows connections shows it only once per `connectTimeoutSeconds`: that alone condemns it. */
const CONNECT_TIMEOUT_WEIGHT = 4
/** What no server closes for being idle: one connection too many. */
const TURNED_AWAY_MS = 1000

export function createDispatcher(options: DispatcherOptions) {
  const { now, policy, book, pool, window, gates, addresses, bucket, network, pace, rolling, concurrency } = options
  const { mayWork } = options
  let isWarm = false
  let warmingSince = now()

  /** Opens connections until as many are at work, or on their way to it, as are allowed. */
  function fill(): void {
    const endpoint = bucket.current()
    if (!mayWork() || !endpoint) return
    // Connections without work would only be closed as idle and opened again.
    if ((options.isListingComplete() || concurrency.isYielding()) && !book.hasWaitingWork()) return
    let missing = concurrency.level()
    for (const connection of pool.connections()) if (isStaying(connection)) missing--
    // A closing connection stays in the pool until its worker reports it closed, which it cannot while it hangs in a write.
    const room = MAX_CONNECTION_SLOTS - pool.size
    for (let left = Math.min(room, pace.allowed(missing)); left > 0; left--) {
      const address = addresses.choose()
      if (address === undefined) return
      pool.open(address, rolling.generation(), endpoint)
      addresses.noteOpening(address)
    }
  }

  /** Gives a connection that is free its next range. */
  function feed(connection: PooledConnection): void {
    const endpoint = bucket.current()
    if (!mayWork() || !endpoint || connection.state !== 'warm' || connection.closing || connection.task) return
    if (connection.requests >= policy.maxRequestsPerConnection) connection.leaving ??= 'requests'
    let isRefused = false
    const task = book.next(connection.id, {
      connections: concurrency.level(),
      listingComplete: options.isListingComplete(),
      areRequestsCounted: gates.limitedSeconds() > 0,
      leastShareSeconds: () => (SHARE_FIRST_BYTES * window.read(now()).firstByteMsP50) / 1000,
      mayRequest(group) {
        // These few are requested too seldom for any budget to matter.
        const isAllowed = options.isLeftToFail() || gates.mayRequest(group)
        isRefused ||= !isAllowed
        return isAllowed
      },
    })
    if (!task) {
      if (isRefused) gates.noteHeldBack()
      return
    }
    if (!book.isDoubtful(task.taskId)) gates.noteSent(subPrefixOf(task.key))
    options.ageing.noteWait((now() - connection.idleSince) / 1000)
    pool.assign(connection, task, endpoint)
  }

  /** Opens what is missing, and gives work to all that are free. */
  function pump(): void {
    fill()
    // Under a budget the connection refused last would send the next request too, and its address would look bad.
    const connections = gates.isHoldingBack()
      ? [...pool.connections()].sort((a, b) => a.idleSince - b.idleSince)
      : pool.connections()
    for (const connection of connections) feed(connection)
  }

  /** A fresh connection is warm: the one that has waited longest for relief hands over what it has left. */
  function relieve(): void {
    for (const connection of pool.connections()) {
      if (!connection.leaving || connection.closing || connection.state === 'draining') continue
      drain(connection, connection.leaving)
      return
    }
  }

  /** Ends a connection without a gap: another one goes on from where it is, unless each request is counted. */
  function drain(connection: PooledConnection, why: string): void {
    const isWorthARequest = !gates.isHoldingBack()
    const { task, bytesPerSecond } = connection
    if (task && isWorthARequest) book.handOver(task.taskId, Math.ceil(bytesPerSecond * GRACE_SECONDS))
    pool.drain(connection, why)
  }

  /** A connection was not established, or not in time. */
  function noteConnectFailed(connection: PooledConnection, failure: Failure): void {
    if (isShortOfFiles(failure)) {
      options.shortage.note(failure)
      return
    }
    window.recordError(failure.class)
    addresses.noteUnreachable(connection.address, failure.code === 'timeout' ? CONNECT_TIMEOUT_WEIGHT : 1)
    pace.noteFailed()
    network.noteConnect(failure)
    const isTurnedAway = failure.class === 'tls' || failure.class === 'proxy'
    // One of several servers may have an expired certificate: the others are tried first.
    if (isTurnedAway && !network.hasEverReceived() && addresses.haveAllFailed())
      options.onFatal({ ...failure, subject: bucket.current()?.hostHeader ?? '' })
  }

  return {
    /** All connections are opened anew: when they are up, an event says how long that took. */
    startWarming(): void {
      isWarm = false
      warmingSince = now()
    },
    fill,
    feed,
    pump,
    drain,
    noteConnectFailed,

    noteOpened(connection: PooledConnection): void {
      addresses.noteReached()
      pace.noteOpened()
      network.noteConnect()
      if (!isWarm && [...pool.connections()].every((other) => other.state !== 'connecting')) {
        isWarm = true
        options.emit('pool-warmed', { size: pool.size, seconds: (now() - warmingSince) / 1000 })
      }
      // A connection that is to be retired itself takes nothing over.
      if (isStaying(connection)) relieve()
      feed(connection)
    },

    noteClosed(connection: PooledConnection, failure: Failure | undefined): void {
      addresses.noteClosed(connection.address, connection.bytes)
      if (failure && connection.state === 'connecting') noteConnectFailed(connection, failure)
      const isUnused = connection.requests === 0 && connection.state !== 'connecting' && !connection.closing
      if (isUnused && now() - connection.idleSince < TURNED_AWAY_MS) pace.noteTurnedAway()
      fill()
    },
  }
}
