/**
 * The total speed, over about a second and over as long as it takes to tell it
 * from the user's limit; and whether something other than the connections limits
 * it at present, so that nothing may be learned from it.
 */
export type SpeedGaugeOptions = {
  /** Monotonic milliseconds. */
  now(): number
  /** A connection without a byte for this long is given up: until then earlier speeds still count. */
  stallSeconds: number
  /** Bytes per second that the user allows; undefined = any. */
  limit: number | undefined
}

/** For this long after the disk or the machine has blocked everything, silence proves nothing. */
const AFTER_HOLD_MS = 1500
const BLOCKED_MS = 1000
/** Above this share of the user's limit, quiet connections only wait for their turn. */
const NEAR_LIMIT = 0.7
/**
 * Connections receive in bursts. Whether a limit is reached
 * shows after several of them, at a low limit after seconds.
 */
const LUMPS_BYTES = 2 * 1024 ** 2
const LONGEST_LOOK_SECONDS = 20

export type SpeedGauge = ReturnType<typeof createSpeedGauge>

export function createSpeedGauge({ now, stallSeconds, limit: firstLimit }: SpeedGaugeOptions) {
  let limit = firstLimit
  let bytes = 0
  let recentRate = 0
  let pacedRate = 0
  let tickedAt = now()
  let heldUntil = 0

  const hold = (untilMs: number): void => {
    heldUntil = Math.max(heldUntil, untilMs)
  }

  return {
    /**
     * Ten times a second. `received`: bytes so far. `blockedMs`: for
     * so long a worker has not been able to run. Returns what is new.
     */
    tick({ received, blockedMs }: { received: number; blockedMs: number }): number {
      const at = now()
      const elapsedMs = at - tickedAt
      // The machine slept, or was busy with something else.
      if (elapsedMs > stallSeconds * 1000) hold(at + stallSeconds * 1000)
      if (blockedMs > BLOCKED_MS) hold(at + AFTER_HOLD_MS)
      const fresh = received - bytes
      const seconds = Math.max(0.001, elapsedMs / 1000)
      const rate = fresh / seconds
      recentRate += (rate - recentRate) * Math.min(1, seconds)
      const lookSeconds = Math.min(LONGEST_LOOK_SECONDS, LUMPS_BYTES / (limit ?? LUMPS_BYTES))
      pacedRate += (rate - pacedRate) * Math.min(1, seconds / Math.max(1, lookSeconds))
      bytes = received
      tickedAt = at
      return fresh
    },
    /** Bytes per second that the user allows; undefined = any. */
    limit: () => limit,
    setLimit(wanted: number | undefined): void {
      if (wanted === limit) return
      limit = wanted
      // Until all smoothed speeds reflect the new limit.
      hold(now() + stallSeconds * 1000)
      pacedRate = Math.min(pacedRate, limit ?? pacedRate)
    },
    /** By the disk, by the machine, or by a limit of the user's. */
    isHeldBack: (): boolean => now() < heldUntil || (limit !== undefined && pacedRate > NEAR_LIMIT * limit),
    bytes: () => bytes,
    /** Bytes per second over about a second. */
    recentRate: () => recentRate,
    /** Bytes per second over as long as it takes to distinguish them from the user's limit. */
    pacedRate: () => pacedRate,
  }
}
