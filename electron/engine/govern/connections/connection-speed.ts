/** How fast a connection is, from counters that are read at uneven times. Pure. */

/** `bytesPerSecond` is smoothed; the other two are the ground it stands on. */
export type ConnectionSpeed = { workedMs: number; workedBytes: number; bytesPerSecond: number }

/** Long enough to pass over single chunks, short enough to see a stall. */
export const SMOOTHING_MS = 1500

/**
 * One more look at a connection that is receiving. A young connection's speed is its plain average, for smoothing would
 * begin at zero and lag; later it is an exponential average whose weight follows from the time that has passed, so that
 * late and early looks come to the same.
 */
export function foldSpeed(speed: ConnectionSpeed, sample: { elapsedMs: number; bytes: number }): ConnectionSpeed {
  const { elapsedMs, bytes } = sample
  if (elapsedMs <= 0) return speed
  const workedMs = speed.workedMs + elapsedMs
  const workedBytes = speed.workedBytes + bytes
  if (workedMs < SMOOTHING_MS || speed.workedMs === 0)
    return { workedMs, workedBytes, bytesPerSecond: (workedBytes * 1000) / workedMs }
  const weight = 1 - Math.exp(-elapsedMs / SMOOTHING_MS)
  const now = (bytes * 1000) / elapsedMs
  return { workedMs, workedBytes, bytesPerSecond: speed.bytesPerSecond + (now - speed.bytesPerSecond) * weight }
}

/**
 * How old the smoothed speed of a connection of this age is: half its age while it is a plain average, then growing
 * towards the time constant. To learn how speed falls with age, subtract it from the age.
 */
export function speedLagSeconds(ageSeconds: number): number {
  const smoothing = SMOOTHING_MS / 1000
  if (ageSeconds <= smoothing) return ageSeconds / 2
  return smoothing * (1 - 0.5 * Math.exp(-(ageSeconds - smoothing) / smoothing))
}
