/** The lines of `--json` (DESIGN 3). Fields may be added, never renamed. Pure. */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { Failure } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { escapeUnseen } from '../../../shared/unseen-signs.ts'
import { emptySummary } from '../../api/jobs/empty-summary.ts'

/** Escapes what some readers take for a line end, and control characters that a terminal would obey. */
export const jsonLine = (value: object): string => escapeUnseen(JSON.stringify(value))

/** Everything of a tick but the two tables, which would make the line too long to read. */
export function snapshotLine(snapshot: MetricsSnapshot): object {
  const { connectionTable: _connections, addressTable: _addresses, time, ...numbers } = snapshot
  return { type: 'snapshot', time, ...numbers }
}

export const eventLine = ({ time, code, reason }: EngineEvent): object => ({ type: 'event', time, code, reason })

export const summaryLine = (summary: Summary): object => ({ type: 'summary', ...summary })

/** The summary line of a run that ended before it began. `message` is for people. */
export const earlyFailureLine = (failure: Failure, message: string): object => ({
  ...summaryLine(emptySummary(failure)),
  message,
})
