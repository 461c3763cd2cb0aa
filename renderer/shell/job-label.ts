/** What names a job in a narrow place, and how far it is. */
import type { JobView } from '../../shared/ipc-contract.ts'
import type { Source } from '../../shared/job-spec.ts'
import { foundNothing, type JobPhase } from '../../shared/job-state.ts'

/**
 * Last part of the prefix (`202510` of `e5.oper.an.pl/202510/`), or the bucket. A month, a day or an hour alone names
 * nothing: `2025/10` of `era5/2025/10/`.
 */
export const jobName = (source: Place): string => lastParts(source, 1)

/**
 * By id. Jobs of the same name get as many preceding parts as distinguish them: `temperature/2025`, `wind/2025`. Parts
 * in between that do not are left out: `era5/…/2025`, `goes/…/2025`. Jobs of the same prefix with several destinations
 * are distinguished by these: `2025 → disk1`.
 */
export function nameJobs(jobs: readonly NamedJob[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  let unnamed = jobs
  for (let count = 1; unnamed.length > 0; count++) {
    const places = new Map<string, Set<string>>()
    for (const { spec } of unnamed) {
      const name = lastParts(spec.source, count)
      places.set(name, (places.get(name) ?? new Set()).add(lastParts(spec.source, Number.POSITIVE_INFINITY)))
    }
    unnamed = unnamed.filter(({ jobId, spec }) => {
      const name = lastParts(spec.source, count)
      names.set(jobId, name)
      return (places.get(name)?.size ?? 0) > 1
    })
  }
  const shorts = [...new Set(names.values())].map(withoutMiddle)
  for (const [jobId, name] of names) {
    const short = withoutMiddle(name)
    if (short !== name && shorts.indexOf(short) === shorts.lastIndexOf(short)) names.set(jobId, short)
  }
  for (const sameJobs of Map.groupBy(jobs, ({ jobId }) => names.get(jobId)).values()) {
    const folders = [...new Set(sameJobs.map(({ spec }) => spec.destination))]
    if (folders.length < 2) continue
    const areApart = new Set(folders.map(lastFolder)).size === folders.length
    for (const { jobId, spec } of sameJobs) {
      const folder = areApart ? lastFolder(spec.destination) : spec.destination
      names.set(jobId, `${names.get(jobId)} → ${folder}`)
    }
  }
  return names
}

const lastFolder = (path: string): string => path.split(/[\\/]/).findLast(Boolean) ?? path

function withoutMiddle(name: string): string {
  const parts = name.split('/')
  const last = countOfName(parts)
  return parts.length > last + 1 ? `${parts[0]}/…/${parts.slice(-last).join('/')}` : name
}

type Place = Pick<Source, 'bucket' | 'prefix'>
type NamedJob = Pick<JobView, 'jobId'> & { spec: { source: Place; destination: string } }

/** `count`: 1 for the shortest name, one more for each part before it. */
function lastParts({ bucket, prefix }: Place, count: number): string {
  const parts = [bucket, ...prefix.split('/').filter(Boolean)]
  return parts.slice(-(countOfName(parts) + count - 1)).join('/')
}

/** How many of the last parts make a name. */
const countOfName = (parts: readonly string[]): number =>
  Math.min(parts.length, parts.length - parts.findLastIndex((part) => !/^\d{1,2}$/.test(part)))

/** 0-1; undefined while the size is not known, and of nothing. A finished job of empty objects is whole. */
export function jobFraction(
  job: Pick<JobView, 'bytesDone' | 'bytesTotal' | 'phase' | 'objectsTotal'>,
): number | undefined {
  if (foundNothing(job)) return undefined
  if (job.phase === 'completed') return 1
  if (job.bytesTotal <= 0) return undefined
  return Math.min(1, job.bytesDone / job.bytesTotal)
}

/** Never rounds up to 100 % before the end. */
export const wholePercent = (fraction: number): number =>
  fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100))

export type Mood = 'calm' | 'healthy' | 'healing' | 'trouble'
export type PhaseWord = JobPhase | 'completedWithFailures' | 'nothingFound'

/** Which word and which colour stand for a job in the side bar. */
export function jobMood(job: Pick<JobView, 'phase' | 'objectsTotal' | 'objectsFailed'>): {
  word: PhaseWord
  mood: Mood
} {
  switch (job.phase) {
    case 'completed':
      if (foundNothing(job)) return { word: 'nothingFound', mood: 'healing' }
      return job.objectsFailed > 0
        ? { word: 'completedWithFailures', mood: 'trouble' }
        : { word: 'completed', mood: 'healthy' }
    case 'failed':
      return { word: job.objectsFailed > 0 ? 'completedWithFailures' : 'failed', mood: 'trouble' }
    case 'waiting':
    case 'cooling-down':
    case 'interrupted':
      return { word: job.phase, mood: 'healing' }
    case 'queued':
    case 'starting':
    case 'listing':
    case 'running':
    case 'finishing':
    case 'paused':
    case 'cancelled':
      return { word: job.phase, mood: 'calm' }
  }
}
