/** What the row of a job in the list takes from its run. Pure. */
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { JobPhase, Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { LONGEST_STEP_SECONDS } from '../records/history-point.ts'

/** Why the program ends. After `machine-down` running jobs are found as after a crash. */
export type ShutDown = 'left' | 'machine-down'

/** A command given while the engine was still starting, or the reason why the run was stopped. */
export type RunWish = 'pause' | 'cancel' | ShutDown | undefined

export const progressOf = (snapshot: MetricsSnapshot) => ({
  bytesDone: snapshot.bytesDone,
  bytesTotal: snapshot.bytesTotal,
  objectsDone: snapshot.objectsDone,
  objectsFailed: snapshot.objectsFailed,
  objectsTotal: snapshot.objectsTotal,
})

/** Adds the time since the last snapshot to the limit that held the speed during it. */
export function addLimit(
  known: JobView['limitSeconds'],
  before: MetricsSnapshot | undefined,
  { time, phase, limit }: MetricsSnapshot,
): JobView['limitSeconds'] {
  const seconds = before ? (Date.parse(time) - Date.parse(before.time)) / 1000 : 0
  if (phase !== 'running' || !(seconds > 0) || seconds > LONGEST_STEP_SECONDS) return known
  return { ...known, [limit.code]: (known?.[limit.code] ?? 0) + seconds }
}

export function endPhase(summary: Summary, wish: RunWish, before: JobPhase): JobPhase {
  if (summary.status !== 'interrupted') return summary.status
  if (wish === 'cancel') return 'cancelled'
  // It was not interrupted: it goes on waiting for its user.
  return before === 'paused' ? 'paused' : 'interrupted'
}
