/**
 * Whether any byte arrives at all, and whether the service answers at all: tells a lost network from slow or failing
 * connections, and from objects that cannot be had.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Failure, FailureClass } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'

/** Answers, not breaks of the way. */
const FROM_SERVICE: readonly FailureClass[] = ['throttled', 'server-error', 'protocol']

/**
 * Somebody is there, and turns each connection away: a server of
 * another certificate, a network that wants a login, a proxy.
 */
const REFUSALS: readonly FailureClass[] = ['tls', 'proxy']

/** No byte from anywhere for so long = the network is away. */
const NETWORK_LOST_MS = 3000
/**
 * A service that answers when it is asked something small is waited for this much longer: long enough for the objects
 * under way to fail by name, and for others to show whether they can be had.
 */
const ANSWERED_FACTOR = 3

export type NetworkWatch = ReturnType<typeof createNetworkWatch>

export function createNetworkWatch(options: {
  now(): number
  policy: Policy
  emit(code: EventCode, reason: Reason): void
}) {
  const { now, policy, emit } = options
  let receivedAt = now()
  /** Of the last small question; what `startOver` does to the silence does not concern it. */
  let answeredAt = Number.NEGATIVE_INFINITY
  let heardAt = Number.NEGATIVE_INFINITY
  let grantedAt = Number.NEGATIVE_INFINITY
  /** When a small question was answered in a way that says that objects are given. */
  let givingAt = Number.NEGATIVE_INFINITY
  let isLost = false
  /** When the last byte had come before the network was lost. */
  let lostSince = 0
  let lostAt = Number.NEGATIVE_INFINITY
  let silentBeforeRestMs = 0
  let hasEverReceived = false
  /** Of the last connection, where it was turned away. */
  let refusal: Failure | undefined
  /** Since the last byte: what the service has answered last, where nothing else has gone wrong after it. */
  let lastWord: Failure | undefined
  /** Small questions are asked every `stallSeconds`: one may be lost. */
  const isFresh = (at: number) => now() - at <= 2 * policy.stallSeconds * 1000
  const isAnswering = () => isFresh(answeredAt)

  return {
    noteBytes(): void {
      refusal = undefined
      lastWord = undefined
      receivedAt = now()
      heardAt = receivedAt
      hasEverReceived = true
    },
    /** A connection could be opened, or why it could not. */
    noteConnect(failure?: Failure): void {
      refusal = failure && REFUSALS.includes(failure.class) ? failure : undefined
    },
    /** Why fresh connections do not come about, where somebody is there and refuses them. */
    refusal: () => refusal,
    /** A request has failed. */
    noteFailure(failure: Failure): void {
      lastWord = FROM_SERVICE.includes(failure.class) ? failure : undefined
    },
    /** What the service says to everything, where it can be reached: then it is not the network that is gone. */
    lastWord: () => lastWord,
    /** The service has answered a small question; `givesObjects`: and may give objects, if not these. */
    noteAnswer(givesObjects: boolean): void {
      answeredAt = now()
      if (givesObjects) givingAt = answeredAt
    },
    /** A request of this time brings bytes. */
    noteGrant(sentAt: number): void {
      grantedAt = Math.max(grantedAt, sentAt)
    },
    /**
     * When somebody else was last answered, as far as it speaks against this failure: bytes of any object say that the
     * way is there, but not that the service, which has begun them long ago, still grants what it is asked for.
     */
    heardAt(failure: FailureClass): number {
      if (isFresh(givingAt)) return now()
      return FROM_SERVICE.includes(failure) ? grantedAt : heardAt
    },
    /** Something else has held everything up until now: the silence so far does not count. */
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
    /** Whether a small question was lately answered in a way that says that objects are given. */
    isGiving: () => isFresh(givingAt),
    /** Whether a small question has been answered lately: then a silence is not the network's. */
    isAnswering,
    hasEverReceived: () => hasEverReceived,
    silentMs: () => now() - receivedAt,
    /**
     * `hasWork`: bytes are wanted. `isHeldBack`: they are not asked for just now, by a limit, a `Retry-After` or a
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
