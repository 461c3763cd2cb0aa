/**
 * How fast everything arrives together, over about a second and over as long as
 * it takes to distinguish that from the user's limit; and whether something other than
 * the connections holds it down just now, so that nothing may be learned from it.
 */
export type SpeedGaugeOptions = {
  /** Monotonic milliseconds. */
  now(): number
  /** A connection without a byte for so long is given up: so long the speeds of before linger. */
  stallSeconds: number
  /** Bytes per second that the user allows; undefined = any. */
  limit: number | undefined
}

/** After the disk or the machine has held everything up, silence proves nothing for a while. */
const AFTER_HOLD_MS = 1500
const BLOCKED_MS = 1000
/** While a limit of the user's is nearly reached, quiet connections are only waiting for their turn. */
const NEAR_LIMIT = 0.7
/**
 * Connections take their bytes in lumps. Whether a limit is
 * reached shows once some have passed, at a low one after seconds.
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
      // Until the smoothed speeds are of the new limit, all of them.
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
