/**
 * Whether any byte arrives at all, and whether the service answers at all: tells a lost network from slow or failing
 * connections, and from objects that cannot be had.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Policy } from '../../../shared/policy.ts'

/** No byte from anywhere for so long = the network is away. */
const NETWORK_LOST_MS = 3000
/**
 * A service that answers when it is asked something small is waited for this much longer: long enough for the objects
 * under way to fail by name, and for others to show whether they can be had.
 */
const ANSWERED_FACTOR = 3

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
  let isLost = false
  let hasEverReceived = false
  /** Small questions are asked every `stallSeconds`: one may be lost. */
  const isAnswering = () => now() - answeredAt <= 2 * policy.stallSeconds * 1000

  return {
    noteBytes(): void {
      receivedAt = now()
      heardAt = receivedAt
      hasEverReceived = true
    },
    /** The service has answered a small question. */
    noteAnswer(): void {
      answeredAt = now()
      heardAt = answeredAt
    },
    /** When anything came last: bytes of any object, or an answer. */
    heardAt: () => heardAt,
    /** Something else has held everything up until now: of the silence, only what went before it counts. */
    startOver(silentBeforeMs = 0): void {
      receivedAt = now() - silentBeforeMs
    },
    isLost: () => isLost,
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
        emit('network-lost', { seconds: silentMs / 1000 })
      } else if (isLost && !isSilent) {
        isLost = false
        emit('network-restored', {})
      }
      const goneMs = policy.networkGoneSeconds * 1000
      const hasAnswered = now() - answeredAt <= goneMs
      return silentMs > (hasAnswered ? ANSWERED_FACTOR * goneMs : goneMs)
    },
  }
}
