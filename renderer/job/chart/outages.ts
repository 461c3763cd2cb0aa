/**
 * When a job could not reach its service: from its events, and,
 * where an outage ended a run, from the speed of the next one. Pure.
 */
import type { EngineEvent, EventCode } from '../../../shared/engine-event.ts'
import type { SpeedHistory } from './speed-history.ts'

/** Unix seconds. `to` is infinite while it lasts. */
export type Outage = { from: number; to: number }

const TELLING: readonly EventCode[] = [
  'network-lost',
  'network-restored',
  'job-started',
  'job-finished',
  'paused',
  'resumed',
]

/** Of events in any order, some perhaps twice; oldest first. */
export function findOutages(events: readonly EngineEvent[], history: SpeedHistory): Outage[] {
  const outages: Outage[] = []
  let from: number | undefined
  /** Of the last run. */
  let endedAt: number | undefined
  /** A run that began during the outage, which ends with its first byte. */
  let begunAt: number | undefined
  const close = (to: number | undefined): void => {
    if (from === undefined || to === undefined) return
    outages.push({ from, to })
    from = undefined
    begunAt = undefined
  }
  const firstFlow = (until: number) => (begunAt === undefined ? undefined : firstFlowBetween(history, begunAt, until))

  const timed = events
    .filter(({ code }) => TELLING.includes(code))
    .map((event) => ({ ...event, at: Date.parse(event.time) / 1000 }))
  for (const { at, code, reason } of timed.sort((a, b) => a.at - b.at)) {
    close(firstFlow(at))
    if (code === 'network-lost') from ??= at - Number(reason.seconds ?? 0)
    else if (code === 'network-restored' || code === 'paused') close(at)
    else if (code === 'job-finished') endedAt = at
    else if (code === 'resumed' && reason.cause === 'outage') from ??= endedAt ?? at
    // Resumed by the user, or after a restart of the machine: the time between is no outage.
    else if (code === 'resumed') close(endedAt ?? at)
    else if (code === 'job-started' && from !== undefined) begunAt = at
  }
  close(firstFlow(Number.POSITIVE_INFINITY) ?? Number.POSITIVE_INFINITY)
  return outages
}

function firstFlowBetween({ time, bytesPerSecond }: SpeedHistory, from: number, to: number): number | undefined {
  const index = time.findIndex((at, point) => at > from && (bytesPerSecond[point] ?? 0) > 0)
  const at = time[index]
  return at !== undefined && at <= to ? at : undefined
}
