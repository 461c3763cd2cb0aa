/** The trend of a job's speed over its last hour of clock time and over all of it, with its confidence. Pure. */
import { slopePerStep, trendConfidence } from '../../../shared/robust-trend.ts'
import { meanBetween, type SpeedHistory } from './speed-history.ts'

export type SpeedTrend = {
  slopeMegabytesPerSecondPerHour: number
  /** 0 to 1. */
  confidence: number
}

/** As many as the decay alert looks at: the cost grows with their square. */
const STEPS = 60
const SHORTEST_STEP_SECONDS = 60
/** By then the ramp at the start is over and noise has averaged out. */
const LEAST_STEPS = 10
/** The usual level of significance: below it a trend may as well be chance. */
const CONVINCING = 0.95

export const isConvincing = ({ confidence }: SpeedTrend): boolean => confidence >= CONVINCING

/** Over the last `seconds`, or from the start on; undefined where too little was measured. */
export function speedTrend(history: SpeedHistory, seconds = Number.POSITIVE_INFINITY): SpeedTrend | undefined {
  const end = history.time.at(-1) ?? 0
  const span = Math.min(seconds, end - (history.time[0] ?? 0))
  const stepSeconds = Math.max(SHORTEST_STEP_SECONDS, span / STEPS)
  const count = Math.floor(span / stepSeconds)
  const steps = Array.from({ length: count }, (_, index) => {
    const from = end - (count - index) * stepSeconds
    return meanBetween(history, history.bytesPerSecond, from, from + stepSeconds)
  })
  if (steps.filter((step) => step !== null).length < LEAST_STEPS) return undefined
  return {
    slopeMegabytesPerSecondPerHour: (slopePerStep(steps) * 3600) / stepSeconds / 1e6,
    confidence: trendConfidence(steps),
  }
}
