/** Hours of speed with weather in them, the same every time. */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { HISTORY_SERIES_NAMES, type History, type HistorySeries } from '../../../shared/job-history.ts'

export type SampleWeather = {
  /** Unix seconds of the last point. */
  end: number
  hours: number
  marks?: EngineEvent[]
  /** Share of the full speed at a time, 0-1; undefined = the program was not there. */
  shareAt?(unixSeconds: number): number | undefined
  /** Every second, as watched by a page that stayed open; otherwise as the program keeps it. */
  everySecond?: boolean
  /** Bytes per second at a share of 1. */
  full?: number
}

const FULL_SPEED = 32e6

/** Of a job of which nothing was measured yet. */
export const emptyHistory = (): History => ({
  time: [],
  seconds: [],
  ...(Object.fromEntries(HISTORY_SERIES_NAMES.map((name) => [name, []])) as unknown as Record<HistorySeries, number[]>),
  errorsPerSecondByClass: {},
  marks: [],
})

export function sampleHistory({
  end,
  hours,
  marks = [],
  shareAt = () => 1,
  everySecond = false,
  full = FULL_SPEED,
}: SampleWeather): History {
  const history: History = { ...emptyHistory(), marks }
  const throttled: number[] = []
  const reset: number[] = []
  history.errorsPerSecondByClass = { throttled, reset }
  const chance = lehmer(7)
  const start = end - hours * 3600
  const stepAt = (time: number): number => (everySecond || end - time <= 600 ? 1 : end - time > 7200 ? 60 : 10)
  for (let time = start; time <= end; time += stepAt(time)) {
    const share = shareAt(time)
    if (share === undefined) continue
    const rising = Math.min(1, (time - start + 1) / 8)
    history.time.push(time)
    history.bytesPerSecond.push(full * share * rising * (0.97 + 0.05 * chance()))
    history.concurrency.push(Math.max(1, Math.round(16 * rising * share)))
    history.firstByteMsP50.push(80 + 10 * chance())
    history.firstByteMsP95.push(190 + 40 * chance())
    const errors = share < 0.8 ? 2 * chance() : 0
    history.errorsPerSecond.push(errors)
    history.seconds.push(stepAt(time))
    const active = Math.round(16 * rising * share)
    history.connectionsActive.push(active)
    history.connectionsConnecting.push(share < 0.8 ? 2 : 0)
    history.connectionsIdle.push(16 - active)
    history.connectionsCloseWait.push(0)
    history.dnsMs.push(8 + 4 * chance())
    history.diskWriteMs.push(1.5 + chance())
    history.rssBytes.push(132e6 + 8e6 * chance())
    history.loopLagMs.push(2 + 3 * chance())
    throttled.push(errors * 0.8)
    reset.push(errors * 0.2)
  }
  return history
}

/** Park and Miller's generator: chance that is the same in every picture. */
function lehmer(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
