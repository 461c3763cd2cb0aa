/** What a job reports: events, its logs, the objects that failed, its summary. After its end it reports nothing. */
import type { EngineEvent, EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, type FailureClass, refusesAccess } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { Clock } from '../engine-ports.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { ObjectEvent } from '../schedule/object-endings.ts'
import { createJobLogs, type ErrorLogEntry, type JobLogs } from './job-logs.ts'
import { type JobEnd, summarizeJob } from './summarize-job.ts'

export type JobReport = ReturnType<typeof createJobReport>

export type JobReportOptions = {
  clock: Clock
  table: ObjectTable
  onEvent(event: EngineEvent): void
}

const MAX_NAMED_FAILURES = 1000

export function createJobReport({ clock, table, onEvent }: JobReportOptions) {
  const startedAt = clock.monotonic()
  /** By object, what it failed of last. */
  const named = new Map<number, Failure>()
  let unproven = 0
  let setAside = 0
  let logs: JobLogs | undefined
  let hasEnded = false

  const time = () => new Date(clock.now()).toISOString()

  function emit(code: EventCode, reason: Reason): void {
    // A look-up or a health check may still be under way, and is answered later.
    if (!hasEnded) onEvent({ time: time(), code, reason })
  }

  /** Everything is refused: that is no failure of the objects that happened to be requested. */
  function takeBack(refusal: FailureClass): void {
    for (const index of [...table.indexesIn('failed')].filter((one) => table.failure(one) === refusal)) {
      table.setState(index, 'waiting')
      named.delete(index)
    }
  }

  return {
    emit,
    failures: named as ReadonlyMap<number, Failure>,
    openLogs(folder: string): void {
      logs = createJobLogs(folder)
    },
    closeLogs: async () => logs?.close(),
    error(entry: Omit<ErrorLogEntry, 'time'>): void {
      logs?.error({ time: time(), ...entry })
    },
    performance(snapshot: MetricsSnapshot): void {
      logs?.performance(snapshot)
    },

    object({ kind, index, failure, attempts }: ObjectEvent): void {
      if (kind === 'landed') return
      const key = table.key(index)
      if (kind === 'changed' || kind === 'corrupt') emit('object-changed', { key, failure: failure?.class ?? kind })
      if (kind !== 'failed' || !failure) return
      emit('object-failed', { key, failure: failure.class, attempts: attempts ?? 1 })
      if (named.size < MAX_NAMED_FAILURES) named.set(index, failure)
    },
    /** It failed, and is tried again. */
    retried(index: number): void {
      named.delete(index)
      emit('object-retried', { key: table.key(index) })
    },
    unproven(): void {
      unproven++
    },
    setAside(key: string, path: string): void {
      setAside++
      emit('file-set-aside', { key, path })
    },

    end(end: Omit<JobEnd, 'table' | 'named' | 'unproven' | 'setAside' | 'seconds'>): Summary {
      const seconds = (clock.monotonic() - startedAt) / 1000
      if (end.failure && refusesAccess(end.failure.class)) takeBack(end.failure.class)
      const summary = summarizeJob({ ...end, table, named, unproven, setAside, seconds })
      emit('job-finished', { status: summary.status, seconds, ...(unproven > 0 ? { objectsUnproven: unproven } : {}) })
      hasEnded = true
      return summary
    },
  }
}
