/** Whether any byte arrives at all: tells a lost network from slow or failing connections. */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Policy } from '../../../shared/policy.ts'

/** No byte from anywhere for so long = the network is away. */
const NETWORK_LOST_MS = 3000

export function createNetworkWatch(options: {
  now(): number
  policy: Policy
  emit(code: EventCode, reason: Reason): void
}) {
  const { now, policy, emit } = options
  let receivedAt = now()
  let isLost = false
  let hasEverReceived = false

  return {
    noteBytes(): void {
      receivedAt = now()
      hasEverReceived = true
    },
    /** Something else has held everything up until now: of the silence, only what went before it counts. */
    startOver(silentBeforeMs = 0): void {
      receivedAt = now() - silentBeforeMs
    },
    isLost: () => isLost,
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
      if (!isLost && hasEverReceived && hasRequests && silentMs > NETWORK_LOST_MS) {
        isLost = true
        emit('network-lost', { seconds: silentMs / 1000 })
      } else if (isLost && silentMs < NETWORK_LOST_MS) {
        isLost = false
        emit('network-restored', {})
      }
      return silentMs > policy.networkGoneSeconds * 1000
    },
  }
}
