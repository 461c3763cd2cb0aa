/** What one job leaves for its charts and lists: speed history and decision log, both surviving a restart. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { EngineEvent, EventCode } from '../../shared/engine-event.ts'
import type { History } from '../../shared/ipc-contract.ts'
import { hasEnded } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { openEventLog, removeEventLog } from './event-log.ts'
import { createSpeedHistory, type SavedHistory, type SpeedPoint, savedHistorySchema } from './speed-history.ts'

export type JobRecord = {
  addSnapshot(snapshot: MetricsSnapshot): void
  addEvent(event: EngineEvent): void
  /** Points and marks after `time`, in Unix seconds. */
  history(time: number): History
  events(limit: number): EngineEvent[]
  /** A new run begins: no point may stand for the time between the runs. */
  beginRun(): void
  save(): Promise<void>
}

/** Changes that a reader of the chart wants to see at their place. */
const MARKED: readonly EventCode[] = [
  'job-started',
  'pool-rebuilding',
  'throttled',
  'health-check-failed',
  'dns-failed',
  'address-quarantined',
  'cooling-down',
  'cooled-down',
  'network-lost',
  'network-restored',
  'disk-full',
  'paused',
  'resumed',
  'decay-alert',
  'job-finished',
]
const MAX_MARKS = 1000

type LogProblem = (where: string, error: unknown) => void

const pathsOf = (folder: string, jobId: string) => ({
  history: join(folder, `${jobId}.history`),
  events: join(folder, `${jobId}.events.ndjson`),
})

export async function openJobRecord(folder: string, jobId: string, logProblem: LogProblem): Promise<JobRecord> {
  const paths = pathsOf(folder, jobId)
  const log = await openEventLog(paths.events, logProblem)
  const history = createSpeedHistory(await readHistory(paths.history))
  let previous: MetricsSnapshot | undefined

  return {
    addSnapshot(snapshot) {
      // Of a job that is over or only tidies up there is no speed: a last zero would look like a collapse.
      if (hasEnded(snapshot.phase) || snapshot.phase === 'finishing') return
      const point = pointBetween(previous, snapshot)
      previous = snapshot
      if (point) history.add(point)
    },
    addEvent: (event) => log.add(event),
    beginRun() {
      previous = undefined
    },
    history(time) {
      const points = history.since(time)
      const marks = log
        .latest(Number.MAX_SAFE_INTEGER)
        .filter((event) => MARKED.includes(event.code) && Date.parse(event.time) / 1000 > time)
      return { ...toColumns(points), marks: marks.slice(-MAX_MARKS) }
    },
    events: (limit) => log.latest(limit),
    async save() {
      try {
        await mkdir(folder, { recursive: true })
        await writeFileAtomic(paths.history, JSON.stringify(history.save(), round))
      } catch (error) {
        logProblem('job-record', error)
      }
      await log.flush()
    },
  }
}

export async function removeJobRecord(folder: string, jobId: string): Promise<void> {
  const paths = pathsOf(folder, jobId)
  await rm(paths.history, { force: true })
  await removeEventLog(paths.events)
}

/** The time between two snapshots as one point; undefined for the first one and for a clock that stood still. */
function pointBetween(previous: MetricsSnapshot | undefined, snapshot: MetricsSnapshot): SpeedPoint | undefined {
  if (!previous) return undefined
  const time = Date.parse(snapshot.time) / 1000
  const seconds = time - Date.parse(previous.time) / 1000
  if (!(seconds > 0)) return undefined
  const errors = sumOf(snapshot.errors) - sumOf(previous.errors)
  return {
    time,
    seconds,
    bytesPerSecond: snapshot.bytesPerSecond,
    concurrency: snapshot.concurrency,
    firstByteMsP50: snapshot.firstByteMsP50,
    firstByteMsP95: snapshot.firstByteMsP95,
    errorsPerSecond: Math.max(0, errors) / seconds,
  }
}

const sumOf = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

const toColumns = (points: SpeedPoint[]): Omit<History, 'marks'> => ({
  time: points.map((point) => point.time),
  bytesPerSecond: points.map((point) => point.bytesPerSecond),
  concurrency: points.map((point) => point.concurrency),
  firstByteMsP50: points.map((point) => point.firstByteMsP50),
  firstByteMsP95: points.map((point) => point.firstByteMsP95),
  errorsPerSecond: points.map((point) => point.errorsPerSecond),
})

/** Three decimals are more than a chart can show and a third of the file. */
const round = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : value

async function readHistory(path: string): Promise<SavedHistory | undefined> {
  try {
    return savedHistorySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}
