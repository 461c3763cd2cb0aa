/**
 * Is the speed of a long download sinking? Compared with its own best quarter hour, by medians, so that neither a burst
 * nor a pause of a minute decides (DESIGN 6.6). Pure.
 */
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { median } from './choose-address.ts'

export type DecayState = {
  /** Mean speed of each full minute of work, the oldest first. */
  minutes: readonly number[]
  /** The minute that is being filled. */
  bytes: number
  workedMs: number
  lookedAt: number
  lowMinutes: number
  alertedAt: number
}

export type DecayAlert = {
  cause: Limit['code']
  bytesPerSecond: number
  baselineBytesPerSecond: number
  slopeMegabytesPerSecondPerHour: number
  /** That the trend is no chance, two-sided, 0 to 1 (Mann-Kendall). */
  confidence: number
  /** How long ago the speed broke off, if it did so at one moment rather than sank. */
  minutesSinceChange: number
}

export const startDecay = (now: number): DecayState => ({
  minutes: [],
  bytes: 0,
  workedMs: 0,
  lookedAt: now,
  lowMinutes: 0,
  alertedAt: Number.NEGATIVE_INFINITY,
})

const MINUTE_MS = 60_000
const BASELINE_MINUTES = 15
const REMEMBERED_MINUTES = 180
const TREND_MINUTES = 60
/** Now = the median of so many minutes. */
const RECENT_MINUTES = 5
/** Below this share of the baseline, for so many minutes in a row, is decay. */
const DECAYED = 0.85
const LOW_MINUTES = 5
const REPEAT_MS = 30 * MINUTE_MS

/**
 * Call often, with all bytes received since the job started and whether it may work: pauses, rests and limits the user
 * has set are no decay.
 */
export function detectDecay(
  state: DecayState,
  look: { now: number; newBytes: number; isWorking: boolean; cause: () => Limit['code'] },
): { state: DecayState; alert?: DecayAlert } {
  const { now } = look
  const elapsed = now - state.lookedAt
  if (!look.isWorking) return { state: { ...state, lookedAt: now } }
  const bytes = state.bytes + look.newBytes
  const workedMs = state.workedMs + elapsed
  if (workedMs < MINUTE_MS) return { state: { ...state, bytes, workedMs, lookedAt: now } }

  const minutes = [...state.minutes, (bytes * 1000) / workedMs].slice(-REMEMBERED_MINUTES)
  const baseline = bestQuarterHour(minutes)
  const recent = median(minutes.slice(-RECENT_MINUTES))
  const lowMinutes = baseline > 0 && recent < DECAYED * baseline ? state.lowMinutes + 1 : 0
  const next: DecayState = { ...state, minutes, bytes: 0, workedMs: 0, lookedAt: now, lowMinutes }
  if (lowMinutes < LOW_MINUTES || now - state.alertedAt < REPEAT_MS) return { state: next }
  const trend = minutes.slice(-TREND_MINUTES)
  return {
    state: { ...next, alertedAt: now },
    alert: {
      cause: look.cause(),
      bytesPerSecond: Math.round(recent),
      baselineBytesPerSecond: Math.round(baseline),
      slopeMegabytesPerSecondPerHour: (slopePerMinute(trend) * 60) / 1e6,
      confidence: confidenceOf(trend),
      minutesSinceChange: trend.length - changePoint(trend),
    },
  }
}

/** The highest median of any quarter hour; 0 before there is one. */
function bestQuarterHour(minutes: readonly number[]): number {
  let best = 0
  for (let from = 0; from + BASELINE_MINUTES <= minutes.length; from++) {
    best = Math.max(best, median(minutes.slice(from, from + BASELINE_MINUTES)))
  }
  return best
}

/** Median of the slopes between all pairs (Theil-Sen), per minute. */
export function slopePerMinute(minutes: readonly number[]): number {
  return median(pairs(minutes).map(({ rise, run }) => rise / run))
}

/** 1 - p of the Mann-Kendall test: how many pairs rise or fall, against chance. */
export function confidenceOf(minutes: readonly number[]): number {
  const count = minutes.length
  if (count < 4) return 0
  const score = pairs(minutes).reduce((sum, { rise }) => sum + Math.sign(rise), 0)
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)
  const z = Math.max(0, Math.abs(score) - 1) / deviation
  // Error function after Abramowitz and Stegun 7.1.26; good to 1.5e-7.
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 1 - series * Math.exp(-x * x)
}

/** The minute before which speeds lie furthest above those after it (largest cumulative sum, Page 1954). */
export function changePoint(minutes: readonly number[]): number {
  const mean = minutes.reduce((sum, speed) => sum + speed, 0) / Math.max(1, minutes.length)
  let [sum, best, at] = [0, 0, 0]
  minutes.forEach((speed, index) => {
    sum += speed - mean
    if (sum > best) [best, at] = [sum, index + 1]
  })
  return at
}

function pairs(minutes: readonly number[]): { rise: number; run: number }[] {
  return minutes.flatMap((from, index) =>
    minutes.slice(index + 1).map((to, further) => ({ rise: to - from, run: further + 1 })),
  )
}
