/** From two snapshots to the point of the history between them. Pure. */
import { FAILURE_CLASSES, type FailureClass } from '../../../shared/failure.ts'
import { type ErrorRates, HISTORY_SERIES_NAMES, type HistorySeries, ifMeasured } from '../../../shared/job-history.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { SpeedPoint } from './speed-history.ts'

/** Two snapshots further apart are no evidence about the time between them: the machine slept. */
export const LONGEST_STEP_SECONDS = 60

/** Undefined for the first snapshot of a run, the first after a sleep, and for a clock that stood still. */
export function pointBetween(previous: MetricsSnapshot | undefined, snapshot: MetricsSnapshot): SpeedPoint | undefined {
  if (!previous) return undefined
  const time = Date.parse(snapshot.time) / 1000
  const seconds = time - Date.parse(previous.time) / 1000
  if (!(seconds > 0) || seconds > LONGEST_STEP_SECONDS) return undefined
  const errors = errorRates(previous, snapshot, seconds)
  const measured: Record<HistorySeries, number | null> = {
    bytesPerSecond: snapshot.bytesPerSecond,
    concurrency: snapshot.concurrency,
    firstByteMsP50: ifMeasured(snapshot.firstByteMsP50),
    firstByteMsP95: ifMeasured(snapshot.firstByteMsP95),
    errorsPerSecond: Object.values(errors).reduce((sum, rate) => sum + rate, 0),
    connectionsActive: snapshot.connections.active,
    connectionsConnecting: snapshot.connections.connecting,
    connectionsIdle: snapshot.connections.idle,
    connectionsCloseWait: snapshot.connections.closeWait,
    dnsMs: ifMeasured(snapshot.dnsMs),
    diskWriteMs: ifMeasured(snapshot.diskWriteMs),
    rssBytes: ifMeasured(snapshot.rssBytes),
    loopLagMs: snapshot.loopLagMs,
  }
  return { time, seconds, values: HISTORY_SERIES_NAMES.map((name) => measured[name]), errors }
}

function errorRates(previous: MetricsSnapshot, snapshot: MetricsSnapshot, seconds: number): ErrorRates {
  const rates: [FailureClass, number][] = FAILURE_CLASSES.map((name) => [
    name,
    Math.max(0, (snapshot.errors[name] ?? 0) - (previous.errors[name] ?? 0)) / seconds,
  ])
  return Object.fromEntries(rates.filter(([, rate]) => rate > 0))
}
