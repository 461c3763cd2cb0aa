/**
 * Is the speed of a long download sinking? Compared with its own best quarter hour, by medians, so that neither a burst
 * nor a pause of a minute decides, and with its own noise, so that a noisy line does not raise an alert every hour
 * (DESIGN 6.6). A steady line is judged by its last minutes, a noisy one by its last quarter hour. Pure.
 */
import type { Limit } from '../../../../shared/metrics-snapshot.ts'
import { median, slopePerStep, trendConfidence } from '../../../../shared/robust-trend.ts'

export type DecayState = {
  /** Mean speed of each full minute of work, the oldest first. */
  minutes: readonly number[]
  /** The median of each quarter hour that lies within them. */
  quarters: readonly number[]
  /** Mean size of the objects that each minute's answers were for. */
  objectBytes: readonly number[]
  /** The minute that is being filled. */
  bytes: number
  answers: number
  answeredBytes: number
  workedMs: number
  lookedAt: number
  /** How often each cause limited the speed since it is low. */
  causes: Causes
  sampledAt: number
  /** Consecutive minutes left out because their objects were far smaller than before. */
  smallMinutes: number
  /** Minutes for which the last quarter hour has been far below the baseline, significant or not. */
  suspectMinutes: number
  lowMinutes: number
  alertedAt: number
}

/** `evidence`: the latest. */
type Causes = Readonly<Partial<Record<Limit['code'], { count: number; evidence: Limit['evidence'] }>>>

export type DecayAlert = {
  cause: Limit['code']
  bytesPerSecond: number
  baselineBytesPerSecond: number
  slopeMegabytesPerSecondPerHour: number
  /** Confidence that the trend is not chance, two-sided, 0 to 1 (Mann-Kendall). */
  confidence: number
  /** How long ago the speed dropped, if it did so at one moment rather than gradually. */
  minutesSinceChange: number
  /** The numbers behind the cause. */
  evidence: Limit['evidence']
}

export const startDecay = (now: number): DecayState => ({
  minutes: [],
  quarters: [],
  objectBytes: [],
  bytes: 0,
  answers: 0,
  answeredBytes: 0,
  workedMs: 0,
  lookedAt: now,
  causes: {},
  sampledAt: Number.NEGATIVE_INFINITY,
  smallMinutes: 0,
  suspectMinutes: 0,
  lowMinutes: 0,
  alertedAt: Number.NEGATIVE_INFINITY,
})

const MINUTE_MS = 60_000
const BASELINE_MINUTES = 15
const REMEMBERED_MINUTES = 180
const TREND_MINUTES = 60
/** The present speed is the median of this many minutes: the short span reacts soon, the long one is less noisy. */
const SPANS = [5, 15]
/**
 * The drop must be this many standard deviations of a span's median. Far more than the usual three: the best of 180
 * minutes is compared with all that follow, every minute for days, and autocorrelated minutes make the spread look
 * smaller than it is. Measured with the table of noises in the test.
 */
const BEYOND_NOISE = 6
/** From so few differences a spread cannot be estimated. */
const LEAST_DIFFERENCES = 3
/** Below this share of the baseline, for this many consecutive minutes, is decay. */
const DECAYED = 0.85
const LOW_MINUTES = 5
/** Below this share minutes are left out of the noise estimate. With a larger share a drifting line raises alerts. */
const SUSPECT = 0.75
const REPEAT_MS = 30 * MINUTE_MS
/** Not a whole second: a cause that alternates every second or two must not always be sampled in the same state. */
const CAUSE_SAMPLE_MS = 900
/** `line` is the fallback: a cause seen for this share of the time is named before it. */
const SEEN_SHARE = 0.2
/** With objects smaller than before by this factor, the request rate is the limit, not the line. */
const SMALL_OBJECTS = 0.25
/** Larger objects are requested in parts, so that their size does not matter. */
export const MAX_OBJECT_BYTES = 8 * 1024 ** 2

export type DecayLook = {
  now: number
  /** Bytes received since the last call. */
  newBytes: number
  /** Sizes of the objects for which requests were answered well, `MAX_OBJECT_BYTES` each at most. */
  newAnswers: readonly number[]
  /** False during pauses, rests and under limits set by the user: they are no decay. */
  isWorking: boolean
  /** What limits the speed at present. */
  limit(): Limit
}

/** Call often. */
export function detectDecay(state: DecayState, look: DecayLook): { state: DecayState; alert?: DecayAlert } {
  const { now } = look
  if (!look.isWorking) return { state: { ...state, lookedAt: now } }
  const filled = fillMinute(state, look)
  if (filled.workedMs < MINUTE_MS) return { state: filled }

  const objectBytes = filled.answers > 0 ? filled.answeredBytes / filled.answers : undefined
  const emptied = { ...filled, bytes: 0, answers: 0, answeredBytes: 0, workedMs: 0 }
  if (objectBytes !== undefined && objectBytes < SMALL_OBJECTS * median(state.objectBytes)) {
    const smallMinutes = state.smallMinutes + 1
    // The rest of the job consists of these: it gets its own baseline.
    if (smallMinutes >= BASELINE_MINUTES) return { state: { ...startDecay(now), alertedAt: state.alertedAt } }
    return { state: { ...emptied, causes: state.lowMinutes > 0 ? filled.causes : {}, smallMinutes } }
  }
  const minutes = [...state.minutes, (filled.bytes * 1000) / filled.workedMs].slice(-REMEMBERED_MINUTES)
  const quarter = minutes.slice(-BASELINE_MINUTES)
  const quarters = [...state.quarters, ...(quarter.length === BASELINE_MINUTES ? [median(quarter)] : [])].slice(
    BASELINE_MINUTES - 1 - REMEMBERED_MINUTES,
  )
  const baseline = Math.max(0, ...quarters)
  const isSuspect = median(quarter) < SUSPECT * baseline
  const suspectMinutes = isSuspect ? state.suspectMinutes + 1 : 0
  const recent = lowSpan(minutes, baseline, minutes.slice(0, -(BASELINE_MINUTES + suspectMinutes)))
  const next: DecayState = {
    ...emptied,
    minutes,
    quarters,
    suspectMinutes,
    smallMinutes: 0,
    objectBytes: [...state.objectBytes, ...(objectBytes === undefined ? [] : [objectBytes])].slice(-REMEMBERED_MINUTES),
    lowMinutes: recent === undefined ? 0 : state.lowMinutes + 1,
    causes: recent === undefined ? {} : filled.causes,
  }
  if (recent === undefined || next.lowMinutes < LOW_MINUTES || now - state.alertedAt < REPEAT_MS) return { state: next }
  const trend = minutes.slice(-TREND_MINUTES)
  return {
    state: { ...next, alertedAt: now },
    alert: {
      ...chooseCause(next.causes),
      bytesPerSecond: Math.round(recent),
      baselineBytesPerSecond: Math.round(baseline),
      slopeMegabytesPerSecondPerHour: (slopePerStep(trend) * 60) / 1e6,
      confidence: trendConfidence(trend),
      minutesSinceChange: trend.length - changePoint(trend),
    },
  }
}

function fillMinute(state: DecayState, { now, newBytes, newAnswers, limit }: DecayLook): DecayState {
  const isSampled = now - state.sampledAt >= CAUSE_SAMPLE_MS
  const seen = isSampled ? limit() : undefined
  return {
    ...state,
    bytes: state.bytes + newBytes,
    answers: state.answers + newAnswers.length,
    answeredBytes: newAnswers.reduce((sum, bytes) => sum + bytes, state.answeredBytes),
    workedMs: state.workedMs + now - state.lookedAt,
    lookedAt: now,
    ...(seen ? { sampledAt: now, causes: addCause(state.causes, seen) } : {}),
  }
}

const addCause = (causes: Causes, { code, evidence }: Limit): Causes => ({
  ...causes,
  [code]: { count: (causes[code]?.count ?? 0) + 1, evidence },
})

/** The most frequent cause; `line`, the fallback, only when no other was seen often enough. */
function chooseCause(causes: Causes): Pick<DecayAlert, 'cause' | 'evidence'> {
  const seen = (Object.keys(causes) as Limit['code'][]).map((cause) => ({
    cause,
    count: 0,
    evidence: {},
    ...causes[cause],
  }))
  const all = seen.reduce((sum, { count }) => sum + count, 0)
  const [most] = seen
    .filter(({ cause, count }) => cause !== 'line' && cause !== 'none' && count >= SEEN_SHARE * all)
    .sort((one, other) => other.count - one.count)
  const { cause, evidence } = most ?? { cause: 'line' as const, evidence: causes.line?.evidence ?? {} }
  return { cause, evidence }
}

/**
 * The present speed, if below the baseline by more than noise explains; `before`: the minutes before any suspicion.
 */
function lowSpan(minutes: readonly number[], baseline: number, before: readonly number[]): number | undefined {
  if (baseline <= 0) return undefined
  return SPANS.map((span) => ({ span, recent: median(minutes.slice(-span)) })).find(
    ({ span, recent }) =>
      recent < DECAYED * baseline &&
      recent < baseline * Math.exp(-BEYOND_NOISE * noiseOf(minutes, span, baseline, before)),
  )?.recent
}

/**
 * Standard deviation of the logarithm of a span's median, by the larger of two robust measures. The differences between
 * neighbours, about their own median: neither a steady trend nor one step counts as noise. And the residuals of the
 * spans before the suspicion from their own straight line (Theil-Sen): autocorrelated minutes differ little from their
 * neighbours, and yet drift. What is suspected of decay is no noise, however long it lasts.
 */
function noiseOf(minutes: readonly number[], span: number, baseline: number, before: readonly number[]): number {
  // White noise shrinks with the root of the span; what the shortest spans show is the least the longer ones have.
  const estimates = SPANS.filter((shorter) => shorter <= span).map((shorter) => {
    const logs = logsOf(minutes, shorter, baseline)
    const differences = logs.slice(1).map((log, index) => log - (logs[index] ?? log))
    if (differences.length < LEAST_DIFFERENCES) return shorter === SPANS[0] ? Number.POSITIVE_INFINITY : 0
    return (deviationOf(differences) / Math.SQRT2) * Math.sqrt(shorter / span)
  })
  const spread = Math.max(...estimates)
  // For most minutes this already shows a noisy line: the costly measure is computed for the others only.
  if (median(minutes.slice(-span)) > baseline * Math.exp(-BEYOND_NOISE * spread)) return spread
  const logs = logsOf(before, SPANS[0] ?? 1, baseline)
  const slope = slopePerStep(logs)
  return Math.max(spread, deviationOf(logs.map((log, index) => log - slope * index)))
}

/**
 * By the larger of two robust measures, each of which is the standard deviation where noise is normal: the median
 * absolute deviation (1.4826 times), and the mean one without its largest tenth (1.2533 times), because noise of two
 * levels has a median of next to nothing. Neither is affected by one step among many differences.
 */
function deviationOf(values: readonly number[]): number {
  const middle = median(values)
  const distances = values.map((value) => Math.abs(value - middle)).sort((one, other) => one - other)
  const most = distances.slice(0, Math.floor(0.9 * distances.length))
  const mean = most.reduce((sum, distance) => sum + distance, 0) / Math.max(1, most.length)
  return Math.max(1.4826 * median(distances), 1.2533 * mean)
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
