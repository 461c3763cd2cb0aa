/**
 * The jobs the user started, one small JSON file each, so that they outlive the program.
 *
 * Only the form and the last known progress are kept here: what is really on disk, DEST's own journal knows.
 * A job that was running when the program ended is found as `interrupted`; one that its user had paused stays paused.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { type JobView, jobViewSchema } from '../../../shared/ipc-contract.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import { writeWholeFile } from '../host/write-whole-file.ts'
import { removeJobRecord } from '../records/job-record.ts'

export type JobStore = {
  /** Files that could not be read as a job when the store was opened, where they lie now. */
  damaged: readonly string[]
  /** Jobs that were at work, or waited for their turn, when the program or the machine went down. Oldest first. */
  interrupted: readonly string[]
  /** Oldest first. */
  list(): JobView[]
  get(jobId: string): JobView | undefined
  /** As `get`, with a failure for an unknown job. */
  find(jobId: string): Outcome<JobView>
  /** Updates memory at once and the disk soon; writes of one job never overtake each other. */
  put(job: JobView): void
  /** Updates memory only; the next `put` saves it. */
  note(job: JobView): void
  remove(jobId: string): Promise<void>
  /** All writes so far are on disk, or have been reported. */
  flush(): Promise<void>
}

export async function openJobStore(
  folder: string,
  logProblem: (where: string, error: unknown) => void,
): Promise<JobStore> {
  const jobs = new Map<string, JobView>()
  const writes = new Map<string, Promise<void>>()
  const dirty = new Set<string>()
  const interrupted: string[] = []
  const pathOf = (jobId: string) => join(folder, `${jobId}.json`)

  const { jobs: kept, damaged } = await readJobs(folder, logProblem)
  for (const job of kept) {
    if (hasEnded(job.phase) || job.phase === 'paused') jobs.set(job.jobId, job)
    else {
      interrupted.push(job.jobId)
      // The file stays as it is until the job is resumed or removed: a machine may restart twice in a row.
      jobs.set(job.jobId, { ...job, phase: 'interrupted' })
    }
  }

  function put(job: JobView): void {
    jobs.set(job.jobId, job)
    dirty.add(job.jobId)
    if (!writes.has(job.jobId)) writes.set(job.jobId, writeUntilClean(job.jobId))
  }

  async function writeUntilClean(jobId: string): Promise<void> {
    await Promise.resolve()
    while (dirty.delete(jobId)) {
      const job = jobs.get(jobId)
      if (!job) break
      try {
        await mkdir(folder, { recursive: true })
        await writeWholeFile(pathOf(jobId), `${JSON.stringify(job)}\n`)
      } catch (error) {
        logProblem('job-store', error)
      }
    }
    writes.delete(jobId)
  }

  return {
    damaged,
    interrupted,
    list: () => [...jobs.values()].sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1)),
    get: (jobId) => jobs.get(jobId),
    find(jobId) {
      const job = jobs.get(jobId)
      return job ? success(job) : failed({ class: 'usage', code: 'unknown-job', subject: jobId })
    },
    put,
    note: (job) => void jobs.set(job.jobId, job),
    async remove(jobId) {
      jobs.delete(jobId)
      dirty.delete(jobId)
      await writes.get(jobId)
      await rm(pathOf(jobId), { force: true })
    },
    async flush() {
      await Promise.all(writes.values())
    },
  }
}

async function readJobs(
  folder: string,
  logProblem: (where: string, error: unknown) => void,
): Promise<{ jobs: JobView[]; damaged: string[] }> {
  const names = await readdir(folder).catch(() => [])
  const jobs: JobView[] = []
  const damaged: string[] = []
  for (const name of names.filter((candidate) => /^[\w-]+\.json$/.test(candidate))) {
    const path = join(folder, name)
    let text: string | undefined
    try {
      text = await readFile(path, 'utf8')
      const job = jobViewSchema.parse(JSON.parse(text))
      if (`${job.jobId}.json` !== name) throw new Error(`${name} speaks of another job`)
      jobs.push(job)
    } catch (error) {
      logProblem('job-store', error)
      damaged.push(`${path}.damaged`)
      await rename(path, `${path}.damaged`).catch(() => {})
      // A record without its job would never be read or removed. A job file that
      // could not even be read, held by a scanner for instance, may be intact.
      if (text !== undefined) await removeJobRecord(folder, name.slice(0, -'.json'.length)).catch(() => {})
    }
  }
  return { jobs: jobs.sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1)), damaged }
}
