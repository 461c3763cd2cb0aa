/**
 * Whether any byte arrives at all, and whether the service answers at all: distinguishes a lost network from slow or
 * failing connections, and from objects that cannot be had.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import { type Failure, type FailureClass, isOfTheObject } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'

/** The service itself has answered. */
const FROM_SERVICE: readonly FailureClass[] = ['throttled', 'server-error', 'protocol']

/**
 * A peer is there and refuses each connection: a server with
 * another certificate, a network that wants a login, a proxy.
 */
const REFUSALS: readonly FailureClass[] = ['tls', 'proxy']

/** No byte from anywhere for so long = the network is away. */
const NETWORK_LOST_MS = 3000
/**
 * A service that answers the probe is waited for this much longer: long enough for the objects under way to fail by
 * name, and for others to show whether they can be had.
 */
export const ANSWERED_FACTOR = 3

export type NetworkWatch = ReturnType<typeof createNetworkWatch>

export function createNetworkWatch(options: {
  now(): number
  policy: Policy
  emit(code: EventCode, reason: Reason): void
}) {
  const { now, policy, emit } = options
  let receivedAt = now()
  /** When the last probe was answered; `startOver` leaves it as it is. */
  let answeredAt = Number.NEGATIVE_INFINITY
  /** When the last byte came; `startOver` leaves it as it is. */
  let lastByteAt = Number.NEGATIVE_INFINITY
  /** When the newest request that was granted was sent. */
  let grantedAt = Number.NEGATIVE_INFINITY
  /** When the answer to a probe last showed that objects are granted. */
  let givingAt = Number.NEGATIVE_INFINITY
  let isLost = false
  /** When the last byte had come before the network was lost. */
  let lostSince = 0
  let lostAt = Number.NEGATIVE_INFINITY
  let silentBeforeRestMs = 0
  let hasEverReceived = false
  /** Of the last connection, where it was turned away. */
  let refusal: Failure | undefined
  /** Since the last byte: the failure that the service has answered with, unless another kind came after it. */
  let serviceFailure: Failure | undefined
  /** A probe is sent every `stallSeconds`: one may be lost. */
  const isFresh = (at: number) => now() - at <= 2 * policy.stallSeconds * 1000
  const isAnswering = () => isFresh(answeredAt)

  return {
    noteBytes(): void {
      refusal = undefined
      serviceFailure = undefined
      receivedAt = now()
      lastByteAt = receivedAt
      hasEverReceived = true
    },
    /** A connection could be opened, or why it could not. */
    noteConnect(failure?: Failure): void {
      refusal = failure && REFUSALS.includes(failure.class) ? failure : undefined
    },
    /** Why fresh connections fail, where a peer refuses them. */
    refusal: () => refusal,
    /** A request has failed. */
    noteFailure(failure: Failure): void {
      // Each of these ends an object: a folder of a million that may not be read is no silence.
      if (isOfTheObject(failure.class)) receivedAt = now()
      serviceFailure = FROM_SERVICE.includes(failure.class) ? failure : undefined
    },
    /** The failure that the service answers every request with: then it is not the network that is gone. */
    serviceFailure: () => serviceFailure,
    /** The service has answered a probe; `givesObjects`: and may grant objects, if not these. */
    noteAnswer(givesObjects: boolean): void {
      answeredAt = now()
      if (givesObjects) givingAt = answeredAt
    },
    /** A request sent at this time was granted. */
    noteGrant(sentAt: number): void {
      grantedAt = Math.max(grantedAt, sentAt)
    },
    /**
     * When the request of another object was last answered in a way that makes this failure the object's own: any byte
     * shows that the way is there, but only a request granted lately shows that the service does not refuse them all.
     */
    othersAnsweredAt(failure: FailureClass): number {
      if (isFresh(givingAt)) return now()
      return FROM_SERVICE.includes(failure) ? grantedAt : lastByteAt
    },
    /** Monotonic milliseconds; -Infinity = none has come. */
    lastByteAt: () => lastByteAt,
    /** Something other than the network has held everything up: the silence so far does not count. */
    startOver(): void {
      receivedAt = now()
    },
    /** Nothing is requested until `endRest`. The silence before it counts with that after it, unless it is excused. */
    beginRest({ isExcused }: { isExcused: boolean }): void {
      silentBeforeRestMs = isExcused ? 0 : now() - receivedAt
    },
    endRest(): void {
      receivedAt = now() - silentBeforeRestMs
    },
    isLost: () => isLost,
    /** When it was last lost: now, while it is. Monotonic milliseconds; -Infinity = never. */
    lostAt: () => lostAt,
    /** Whether the answer to a probe has lately shown that objects are granted. */
    isGiving: () => isFresh(givingAt),
    /** Whether a probe has been answered lately: then a silence is not the network's. */
    isAnswering,
    hasEverReceived: () => hasEverReceived,
    silentMs: () => now() - receivedAt,
    /**
     * `hasWork`: bytes are wanted. `isHeldBack`: they are not requested just now, for a limit, a `Retry-After` or a
     * disk that does not keep up. `hasRequests`: some are under way. Returns true when the network is gone for good.
     */
    tick({
      hasWork,
      isHeldBack,
      hasRequests,
    }: {
      hasWork: boolean
      isHeldBack: boolean
      hasRequests: boolean
    }): boolean {
      // A silence that has another cause is not the network's.
      if (!hasWork || isHeldBack) receivedAt = Math.max(receivedAt, now() - NETWORK_LOST_MS)
      const silentMs = hasWork ? now() - receivedAt : 0
      const isSilent = silentMs > NETWORK_LOST_MS && !isAnswering()
      if (!isLost && hasEverReceived && hasRequests && isSilent) {
        isLost = true
        lostSince = receivedAt
        emit('network-lost', { seconds: silentMs / 1000, ...(refusal ? { failure: refusal.class } : {}) })
      } else if (isLost && !isSilent) {
        isLost = false
        emit('network-restored', { seconds: (now() - lostSince) / 1000 })
      }
      if (isLost) lostAt = now()
      const goneMs = policy.networkGoneSeconds * 1000
      const hasAnswered = now() - answeredAt <= goneMs
      return silentMs > (hasAnswered ? ANSWERED_FACTOR * goneMs : goneMs)
    },
  }
}
