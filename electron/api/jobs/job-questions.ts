/** Queries about a job, answered from its run while that is in memory, else from its records on disk. */
import { resolve } from 'node:path'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { CallResult } from '../../../shared/ipc-contract.ts'
import type { History, HistoryRange } from '../../../shared/job-history.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { ObjectQuery, ObjectRow } from '../../../shared/object-row.ts'
import { writeHistoryCsv } from '../records/history-csv.ts'
import { failedRows } from './failed-rows.ts'
import type { JobRuns } from './job-runs.ts'
import type { JobStore } from './job-store.ts'

export type JobQuestionsOptions = {
  store: Pick<JobStore, 'find'>
  runs: Pick<JobRuns, 'live' | 'last' | 'records'>
}

export function createJobQuestions({ store, runs }: JobQuestionsOptions) {
  return {
    /** Without a run: the last one saved, with the job's present phase. */
    async snapshot(jobId: string): Promise<Outcome<MetricsSnapshot | null>> {
      const job = store.find(jobId)
      if (!job.ok) return job
      const run = runs.live(jobId)
      if (run) return success(run.snapshot ?? null)
      const last = (await runs.records.of(jobId)).snapshot()
      return success(last ? { ...last, phase: job.value.phase } : null)
    },

    async history(jobId: string, range: HistoryRange): Promise<Outcome<History>> {
      const job = store.find(jobId)
      return job.ok ? success((await runs.records.of(jobId)).history(range)) : job
    },

    async historyCsv(jobId: string): Promise<Outcome<CallResult<'jobs.historyCsv'>>> {
      const job = store.find(jobId)
      if (!job.ok) return job
      const whole = (await runs.records.of(jobId)).history({ sinceSeconds: 0 })
      return success(writeHistoryCsv(job.value, whole))
    },

    async events(jobId: string, limit: number): Promise<Outcome<EngineEvent[]>> {
      const job = store.find(jobId)
      return job.ok ? success((await runs.records.of(jobId)).events(limit)) : job
    },

    /** Without a run in memory only the failed objects are known by name. */
    objects(jobId: string, query: ObjectQuery): Outcome<{ total: number; rows: ObjectRow[] }> {
      const job = store.find(jobId)
      if (!job.ok) return job
      return success(runs.last(jobId)?.download?.objects(query) ?? failedRows(job.value, query))
    },

    /** The destination, or the file of one object. */
    pathOf(jobId: string, index?: number): Outcome<string> {
      const job = store.find(jobId)
      if (!job.ok) return job
      if (index === undefined) return success(resolve(job.value.spec.destination))
      const path = runs.last(jobId)?.download?.objectPath(index)
      return path ? success(path) : failed({ class: 'missing', code: 'no-file', subject: String(index) })
    },
  }
}
