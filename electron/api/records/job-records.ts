/**
 * Cache of job records, least recently used first out: of jobs without a run only a few are held, so that browsing old
 * jobs does not fill the memory.
 */
import { type JobRecord, openJobRecord, removeJobRecord } from './job-record.ts'

/** Enough to compare jobs without reading their files again. */
const KEEP_IDLE_RECORDS = 4

export function createJobRecords(
  folder: string,
  hasRun: (jobId: string) => boolean,
  logProblem: (where: string, error: unknown) => void,
) {
  /** Most recently used last. */
  const records = new Map<string, Promise<JobRecord>>()

  return {
    of(jobId: string): Promise<JobRecord> {
      const record = records.get(jobId) ?? openJobRecord(folder, jobId, logProblem)
      records.delete(jobId)
      records.set(jobId, record)
      const idle = [...records.keys()].filter((other) => !hasRun(other))
      for (const oldId of idle.slice(0, -KEEP_IDLE_RECORDS)) records.delete(oldId)
      return record
    },
    async remove(jobId: string): Promise<void> {
      const record = records.get(jobId)
      records.delete(jobId)
      // A write under way would recreate the files after they are removed.
      await (await record)?.save()
      await removeJobRecord(folder, jobId)
    },
  }
}
