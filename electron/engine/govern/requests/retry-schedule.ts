/**
 * The shell over retry-delay.ts: when a failed range, or a page of
 * the listing, is requested again, given how all other requests fare.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Failure } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { Random } from '../../engine-ports.ts'
import type { RequestWindow } from '../../metrics/request-window.ts'
import type { FailureRow } from '../../schedule/failure-row.ts'
import type { ConcurrencyKeeper } from '../concurrency/concurrency-keeper.ts'
import type { NetworkWatch } from '../network/network-watch.ts'
import { chooseListRetryDelayMs, chooseRetryDelayMs } from './retry-delay.ts'

export type RetryScheduleOptions = {
  /** Monotonic milliseconds. */
  now(): number
  random: Random
  policy: Policy
  window: Pick<RequestWindow, 'read' | 'recordError'>
  network: Pick<NetworkWatch, 'isAnswering' | 'lastByteAt' | 'noteFailure' | 'silentMs'>
  concurrency: Pick<ConcurrencyKeeper, 'yieldPlace'>
  /** An object that has landed is granted again when it is requested: the service does not refuse all. */
  isGranting(): boolean
  /** Only such objects are left as are refused, by a service that grants others. */
  isLeftToFail(): boolean
  emit(code: EventCode, reason: Reason): void
}

/** How it looks to the listing when a server, or a box on the way, lets in no further connection of this client. */
const NO_PLACE: ReadonlySet<Failure['class']> = new Set(['reset', 'connect', 'stalled'])
/** A handshake over an ocean and three lost packets. */
const LIST_CONNECT_MS = 1000
/** Longest time between two failures of a page, backoff included; more means that the machine has slept. */
const LONGEST_GAP_MS = 80_000
/** By then the next attempt should be answered. */
const LIST_ANSWER_MS = 3000

export function createRetrySchedule(options: RetryScheduleOptions) {
  const { now, random, policy, window, network, concurrency, emit } = options
  /** Believed until the next answer should be there. Monotonic milliseconds. */
  let listRefused = { since: 0, until: 0 }
  /** The page has failed in a row for so long, the last time `at`, and no byte of any object has come meanwhile. */
  let listFailing = { ms: 0, at: Number.NEGATIVE_INFINITY }
  let goneInARow = 0

  /** Where only failing objects are requested, the probe of another object decides. */
  const failingShare = () => (options.isGranting() ? 0 : 1 - window.read(now()).successRate)

  /** A page that has come begins with the first attempt of the next. */
  function noteListFailing(attempts: number): void {
    const isAnew = attempts === 1 || network.lastByteAt() > listFailing.at
    listFailing = { ms: isAnew ? 0 : listFailing.ms + Math.min(now() - listFailing.at, LONGEST_GAP_MS), at: now() }
  }

  /** A single refusal is not reported, unless it names a time to wait: then the user learns why nothing moves. */
  function noteListRefused({ httpStatus, retryAfterMs }: Failure, attempts: number, delayMs: number): void {
    const since = attempts === 1 ? now() : listRefused.since
    listRefused = { since, until: now() + delayMs + LIST_ANSWER_MS }
    if (attempts !== (retryAfterMs ? 1 : 2)) return
    emit('throttled', { status: httpStatus ?? 503, ...(retryAfterMs ? { retryAfterMs } : {}) })
  }

  return {
    /** Milliseconds until a range or a HEAD is retried; undefined = never. */
    retryAfterMs(failure: Failure, { length, alone }: FailureRow): number | undefined {
      const delayMs = chooseRetryDelayMs({
        failure,
        attempts: length,
        alone,
        failingShare: failingShare(),
        policy,
        random: random(),
        isLastWork: options.isLeftToFail(),
        goneInARow,
      })
      if (delayMs === undefined && failure.class === 'missing') goneInARow++
      return delayMs
    },

    /** A range that had failed was granted after all. */
    noteRecovered(): void {
      goneInARow = 0
    },

    /** The same for a page of the listing. `sawPage`: one has come before. */
    listRetryAfterMs(failure: Failure, attempts: number, sawPage: boolean): number | undefined {
      noteListFailing(attempts)
      const delayMs = chooseListRetryDelayMs({
        failure,
        attempts,
        policy,
        random: random(),
        sawPage,
        networkGoneMs: network.silentMs(),
        failingMs: listFailing.ms,
        isAnswering: network.isAnswering(),
      })
      if (delayMs !== undefined && NO_PLACE.has(failure.class)) concurrency.yieldPlace(delayMs + LIST_CONNECT_MS)
      window.recordError(failure.class)
      network.noteFailure(failure)
      if (delayMs !== undefined && failure.class === 'throttled') noteListRefused(failure, attempts, delayMs)
      return delayMs
    },

    /** For how long the listing has been throttled, milliseconds; undefined = it is not. */
    listRefusedMs: (): number | undefined => (now() < listRefused.until ? now() - listRefused.since : undefined),
  }
}
