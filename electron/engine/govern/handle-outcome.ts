/**
 * What follows from the outcome of a request. attribute-outcome.ts decides what it is evidence about, judge-server.ts
 * whether the one server behind the connection is to blame. Each part concerned is notified, and the range goes back to
 * the book.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Failure } from '../../../shared/failure.ts'
import { LEAST_REQUESTS } from '../../../shared/metrics-snapshot.ts'
import type { FetchTask, TaskOutcome } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { RequestWindow } from '../metrics/request-window.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { attributeOutcome } from './attribute-outcome.ts'
import type { ConnectPace } from './connections/connect-pace.ts'
import type { ConnectionPool } from './connections/connection-pool.ts'
import { addAnswer, type ConnectionAnswers, isNeverGranted, judgeServer } from './connections/judge-server.ts'
import { isAnswered, type PooledConnection } from './connections/pooled-connection.ts'
import { type AccessWatch, isRefusal } from './network/access-watch.ts'
import type { AddressBook } from './network/address-book.ts'
import type { EndpointKeeper } from './network/endpoint-keeper.ts'
import type { NetworkWatch } from './network/network-watch.ts'
import type { ThrottleGates } from './requests/throttle-gates.ts'

export type OutcomeHandlerOptions = {
  /** Monotonic milliseconds. */
  now(): number
  book: Pick<TransferBook, 'failuresOf' | 'isRefusedForItself' | 'settle'>
  pool: Pick<ConnectionPool, 'connections'>
  window: Pick<RequestWindow, 'record' | 'recordError' | 'read'>
  gates: Pick<ThrottleGates, 'noteAnswer' | 'startOver'>
  addresses: Pick<AddressBook, 'noteGrant' | 'noteRefusal' | 'noteFailure'>
  bucket: Pick<EndpointKeeper, 'blame' | 'noteAccepted' | 'noteElsewhere' | 'noteSkewed' | 'noteRefused'>
  access: Pick<AccessWatch, 'noteAccepted' | 'noteRefused'>
  network: Pick<NetworkWatch, 'noteGrant' | 'noteFailure'>
  pace: Pick<ConnectPace, 'noteTurnedAway'>
  /** How many connections shall work. */
  level(): number
  /** The server behind the connection refuses what others grant: away from it. */
  replaceRefused(connection: PooledConnection): void
  /** A request for (a range of) an object of this size was granted, after so many failures of it. */
  onGranted(objectBytes: number, failuresBefore: number): void
  emit(code: EventCode, reason: Reason): void
}

/**
 * A server that only refuses turns connections away as one that closes them does, but two of three may be such servers.
 */
const BAD_SERVER_WEIGHT = 1 / 3

export function createOutcomeHandler(options: OutcomeHandlerOptions) {
  const { now, book, pool, window, gates, addresses, bucket, access, network, pace, emit } = options

  function handle(reported: TaskOutcome, connection: PooledConnection): void {
    const outcome = reported.failure ? { ...reported, failure: bucket.blame(reported.failure) } : reported
    const { failure } = outcome
    const task = connection.lastTask
    const failuresBefore = book.failuresOf(reported.taskId)
    const found = attributeOutcome(failure, {
      firstByteMs: outcome.firstByteMs,
      requests: connection.requests,
      closing: connection.closing,
      address: connection.address,
      failuresBefore,
      isRefusedForItself: book.isRefusedForItself(reported.taskId),
    })
    if (found.isTurnedAway) noteTurnedAway()
    if (found.isRequest) window.record(now(), found.trouble, outcome.firstByteMs, connection.address)
    const isAnswer = task !== undefined && found.isRequest && found.concernsBudget
    const isServers = isAnswer && blameServer(connection, failure)
    if (isAnswer && !isServers) noteAnswer(task, connection, failure)
    if (task && found.isRequest && failure) noteFailure(failure, found.concernsAddress ? connection.address : undefined)
    if (!failure) {
      network.noteGrant(connection.taskStartedAt)
      options.onGranted(task?.objectSize ?? 0, failuresBefore)
      bucket.noteAccepted(connection.taskStartedAt)
      access.noteAccepted(connection.taskStartedAt)
    }
    // It was another server's to grant: nothing is held against the object, or it would soon be given up.
    const counted: Failure | undefined = isServers ? { class: 'cancelled' } : found.failure
    book.settle(counted ? { ...outcome, failure: counted } : outcome)
  }

  /** Closed without an answer: it is one connection too many only where others are answered. */
  function noteTurnedAway(weight?: number): void {
    const isAnyAnswered = [...pool.connections()].some((connection) => isAnswered(connection) && !connection.closing)
    if (isAnyAnswered) pace.noteTurnedAway(weight)
  }

  /** True: the refusal is a matter of the one server behind the connection, which is left once that is certain. */
  function blameServer(connection: PooledConnection, failure: Failure | undefined): boolean {
    const isThrottled = failure?.class === 'throttled'
    if (isThrottled) addresses.noteRefusal(connection.address)
    else if (!failure) addresses.noteGrant(connection.address)
    else if (failure.class !== 'server-error') return false
    connection.answers = addAnswer(connection.answers, now(), !failure)
    if (!failure) return false
    const server = judgeServer(connection.answers, answersBeside(connection))
    if (server === 'bad') {
      if (isNeverGranted(connection.answers)) noteTurnedAway(BAD_SERVER_WEIGHT)
      options.replaceRefused(connection)
      // What it has refused was no budget's.
      if (isThrottled) gates.startOver()
    }
    return server !== 'good'
  }

  /** Of all other connections. What is being received is granted before it is there. */
  const answersBeside = (connection: PooledConnection): ConnectionAnswers[] =>
    [...pool.connections()]
      .filter((other) => other !== connection)
      .map(({ answers, task, firstByteAt, lastByteAt }) =>
        task && firstByteAt > 0 ? addAnswer(answers, lastByteAt, true) : answers,
      )

  /** An answer is evidence about the request budget of its prefix. */
  function noteAnswer(task: FetchTask, connection: PooledConnection, failure: Failure | undefined): void {
    const sentAt = connection.taskStartedAt
    const prefix = subPrefixOf(task.key)
    const throttled = failure?.class === 'throttled'
    const retryAfterMs = throttled ? failure.retryAfterMs : undefined
    const change = gates.noteAnswer(prefix, { throttled, sentAt, retryAfterMs })
    if (!change) return
    const { successRate, recentRequests } = window.read(now())
    const of = change.prefix === undefined ? {} : { prefix: change.prefix }
    if (!change.isLimited) {
      emit('throttle-ended', of)
      return
    }
    const status = failure?.httpStatus ?? 503
    const share = recentRequests < LEAST_REQUESTS ? {} : { successRate }
    emit('throttled', { ...of, status, ...share, ...(retryAfterMs ? { retryAfterMs } : {}) })
    const delayMs = Math.round(1000 / change.requestsPerSecond)
    emit('rate-changed', { ...of, requestsPerSecond: change.requestsPerSecond, ...share, delayMs })
  }

  /** `address`: that may be to blame. */
  function noteFailure(failure: Failure, address: string | undefined): void {
    window.recordError(failure.class)
    network.noteFailure(failure)
    if (address !== undefined && failure.class !== 'throttled') addresses.noteFailure(address)
    if (failure.class === 'wrong-region') bucket.noteElsewhere(failure)
    if (failure.class === 'clock-skew') bucket.noteSkewed()
    if (failure.class === 'credentials') bucket.noteRefused(failure, options.level())
    if (isRefusal(failure)) access.noteRefused(failure, options.level())
  }

  return handle
}
