/**
 * Is the speed of a long download sinking? Compared with its own best quarter hour, by medians, so that neither a burst
 * nor a pause of a minute decides, and with its own noise, so that a restless line does not cry every hour (DESIGN
 * 6.6). A calm line is judged by its last minutes, a restless one by its last quarter hour. Pure.
 */
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { median, slopePerStep, trendConfidence } from '../../../shared/robust-trend.ts'

export type DecayState = {
  /** Mean speed of each full minute of work, the oldest first. */
  minutes: readonly number[]
  /** The median of each quarter hour that lies within them. */
  quarters: readonly number[]
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
  quarters: [],
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
/** Now = the median of so many minutes: the short one tells soon, the long one is less shaken by noise. */
const SPANS = [5, 15]
/**
 * The drop must be so many standard deviations of a span's median. Far more than the usual three: the best of 180
 * minutes is compared with any that follow, every minute for days, and minutes that resemble their neighbours make the
 * spread look smaller than it is. Measured by the table of noises in the test.
 */
const BEYOND_NOISE = 6
/** From so few differences a spread cannot be told. */
const LEAST_DIFFERENCES = 3
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
  const quarter = minutes.slice(-BASELINE_MINUTES)
  const quarters = [...state.quarters, ...(quarter.length === BASELINE_MINUTES ? [median(quarter)] : [])].slice(
    BASELINE_MINUTES - 1 - REMEMBERED_MINUTES,
  )
  const baseline = Math.max(0, ...quarters)
  const recent = lowSpan(minutes, baseline)
  const lowMinutes = recent === undefined ? 0 : state.lowMinutes + 1
  const next: DecayState = { ...state, minutes, quarters, bytes: 0, workedMs: 0, lookedAt: now, lowMinutes }
  if (recent === undefined || lowMinutes < LOW_MINUTES || now - state.alertedAt < REPEAT_MS) return { state: next }
  const trend = minutes.slice(-TREND_MINUTES)
  return {
    state: { ...next, alertedAt: now },
    alert: {
      cause: look.cause(),
      bytesPerSecond: Math.round(recent),
      baselineBytesPerSecond: Math.round(baseline),
      slopeMegabytesPerSecondPerHour: (slopePerStep(trend) * 60) / 1e6,
      confidence: trendConfidence(trend),
      minutesSinceChange: trend.length - changePoint(trend),
    },
  }
}

/** The speed now, if it lies below the baseline by more than the noise explains. */
function lowSpan(minutes: readonly number[], baseline: number): number | undefined {
  if (baseline <= 0) return undefined
  return SPANS.map((span) => ({ span, recent: median(minutes.slice(-span)) })).find(
    ({ span, recent }) =>
      recent < DECAYED * baseline && recent < baseline * Math.exp(-BEYOND_NOISE * noiseOf(minutes, span, baseline)),
  )?.recent
}

/**
 * Standard deviation of the logarithm of a span's median, by the larger of two robust measures. The differences between
 * neighbours, about their own median: neither a steady trend nor one step counts as noise. And how far the spans before
 * the last quarter hour lie off their own straight line (Theil-Sen): minutes that resemble their neighbours differ
 * little from them, and yet wander.
 */
function noiseOf(minutes: readonly number[], span: number, baseline: number): number {
  // White noise shrinks with the root of the span; what the shortest spans show is the least the longer ones have.
  const estimates = SPANS.filter((shorter) => shorter <= span).map((shorter) => {
    const logs = logsOf(minutes, shorter, baseline)
    const differences = logs.slice(1).map((log, index) => log - (logs[index] ?? log))
    if (differences.length < LEAST_DIFFERENCES) return shorter === SPANS[0] ? Number.POSITIVE_INFINITY : 0
    return (deviationOf(differences) / Math.SQRT2) * Math.sqrt(shorter / span)
  })
  const spread = Math.max(...estimates)
  // A restless line is known by now, most minutes of it: the costly measure is for the others.
  if (median(minutes.slice(-span)) > baseline * Math.exp(-BEYOND_NOISE * spread)) return spread
  const before = logsOf(minutes.slice(0, -BASELINE_MINUTES), SPANS[0] ?? 1, baseline)
  const slope = slopePerStep(before)
  return Math.max(spread, deviationOf(before.map((log, index) => log - slope * index)))
}

/** 1.4826 makes the median absolute deviation of normal noise its standard deviation. */
function deviationOf(values: readonly number[]): number {
  const middle = median(values)
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)))
}

function logsOf(minutes: readonly number[], span: number, baseline: number): number[] {
  const logs: number[] = []
  // A minute without a byte has no logarithm: a hundredth of the baseline stands for it.
  for (let end = minutes.length; end >= span; end -= span) {
    logs.unshift(Math.log(Math.max(baseline / 100, median(minutes.slice(end - span, end)))))
  }
  return logs
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
