/** All that the window knows, as one immutable value. Keyed by job id where it belongs to a job. */
import type { EngineEvent } from '../../shared/engine-event.ts'
import type { Failure } from '../../shared/failure.ts'
import type { AppInfo, JobView, PushPayload } from '../../shared/ipc-contract.ts'
import { hasEnded } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../shared/settings.ts'

/** More than are pushed between two calls of `jobs.events`. */
export const MAX_EVENTS_PER_JOB = 1000

export type WindowState = {
  /** `failed`: the first read failed; `startFailure` says why. */
  status: 'loading' | 'ready' | 'failed'
  startFailure: Failure | undefined
  info: AppInfo | undefined
  settings: Settings
  jobs: Readonly<Record<string, JobView>>
  /** Newest snapshot per job; absent before the first one. */
  snapshots: Readonly<Record<string, MetricsSnapshot>>
  /** Events pushed since the window opened, oldest first, at most MAX_EVENTS_PER_JOB per job. */
  events: Readonly<Record<string, readonly EngineEvent[]>>
  /**
   * How often a job's past had to be read again: the clock
   * was set back, or more was pushed than is kept.
   */
  rereads: Readonly<Record<string, number>>
  /** The newest diagnosis; it runs until its `report` is there. */
  diagnosis: PushPayload<'diagnosis'> | undefined
}

export const EMPTY_STATE: WindowState = {
  status: 'loading',
  startFailure: undefined,
  info: undefined,
  settings: DEFAULT_SETTINGS,
  jobs: {},
  snapshots: {},
  events: {},
  rereads: {},
  diagnosis: undefined,
}

/**
 * Running jobs first, before any that are queued; within each,
 * newest first: the last one started is the one looked for.
 */
export function listJobs(jobs: WindowState['jobs']): JobView[] {
  return Object.values(jobs).sort(
    (a, b) =>
      Number(isAtWork(b)) - Number(isAtWork(a)) ||
      b.createdAt.localeCompare(a.createdAt) ||
      a.jobId.localeCompare(b.jobId),
  )
}

/** Paused ones as well: the user who pauses a job is looking at it. */
const isAtWork = ({ phase }: JobView): boolean => !hasEnded(phase) && phase !== 'queued'
