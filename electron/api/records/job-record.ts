/** What one job leaves for its charts and lists: speed history, last snapshot and decision log, surviving a restart. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineEvent, EventCode } from '../../../shared/engine-event.ts'
import type { History, HistoryRange } from '../../../shared/job-history.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import { type MetricsSnapshot, metricsSnapshotSchema } from '../../../shared/metrics-snapshot.ts'
import { writeWholeFile } from '../host/write-whole-file.ts'
import { openEventLog, removeEventLog } from './event-log.ts'
import { pointBetween } from './history-point.ts'
import { createSpeedHistory, type SpeedPoint, savedHistorySchema, toColumns } from './speed-history.ts'

export type JobRecord = {
  addSnapshot(snapshot: MetricsSnapshot): void
  addEvent(event: EngineEvent): void
  history(range: HistoryRange): History
  events(limit: number): EngineEvent[]
  /** The newest, of this run or of the last one that was saved. */
  snapshot(): MetricsSnapshot | undefined
  /** A new run begins: the time since the last one gets no point. */
  beginRun(): void
  save(): Promise<void>
  /** Milliseconds from one save of a run to the next. */
  saveEveryMs(): number
}

/** Events that are marked on the chart. */
const MARKED: readonly EventCode[] = [
  'job-started',
  'pool-rebuilding',
  'throttled',
  'health-check-failed',
  'dns-failed',
  'dns-stale',
  'address-quarantined',
  'cooling-down',
  'cooled-down',
  'network-lost',
  'network-restored',
  'disk-full',
  'disk-slow',
  'limits-changed',
  'object-failed',
  'paused',
  'resumed',
  'decay-alert',
  'job-finished',
]
const MAX_MARKS = 5000
/** A clock set back by less than this is jitter between two events. */
const SET_BACK_SECONDS = 1
const SAVE_EVERY_MS = 20_000
/**
 * A history is written whole, 110 bytes a point: 3 MB after sixty
 * days. So it is never more than 11 KB a second, 1 GB a day.
 */
const SAVE_MS_PER_POINT = 10

type LogProblem = (where: string, error: unknown) => void

const pathsOf = (folder: string, jobId: string) => ({
  history: join(folder, `${jobId}.history`),
  events: join(folder, `${jobId}.events.ndjson`),
  snapshot: join(folder, `${jobId}.snapshot`),
})

export async function openJobRecord(folder: string, jobId: string, logProblem: LogProblem): Promise<JobRecord> {
  const paths = pathsOf(folder, jobId)
  const log = await openEventLog(paths.events, logProblem)
  const history = createSpeedHistory(await readHistory(paths.history))
  let previous: MetricsSnapshot | undefined
  let newest = await readSnapshot(paths.snapshot)
  /** Unix seconds. */
  let latest = Math.max(history.newest(), ...log.latest(1).map(({ time }) => Date.parse(time) / 1000))

  /** When the clock is set back, all earlier times move back with it, so that marks keep their place on the curve. */
  function followClock(time: string): void {
    const at = Date.parse(time) / 1000
    const seconds = latest - at
    latest = Math.max(latest, at)
    if (seconds < SET_BACK_SECONDS) return
    latest = at
    history.moveBack(seconds)
    log.moveBack(seconds)
  }

  return {
    addSnapshot(snapshot) {
      newest = snapshot
      followClock(snapshot.time)
      // Nothing is fetched in these phases: a last zero would look like a collapse of the speed.
      if (hasEnded(snapshot.phase) || snapshot.phase === 'finishing') return
      const point = pointBetween(previous, snapshot)
      previous = snapshot
      if (point) history.add(point)
    },
    addEvent(event) {
      followClock(event.time)
      log.add(event)
    },
    beginRun() {
      previous = undefined
    },
    history(range) {
      const { sinceSeconds, untilSeconds = Number.POSITIVE_INFINITY } = range
      const isWithin = (time: number): boolean => time > sinceSeconds && time <= untilSeconds
      const known = log.latest(Number.MAX_SAFE_INTEGER)
      const all = known.filter((event) => MARKED.includes(event.code) && isWithin(Date.parse(event.time) / 1000))
      const marks = all.slice(-MAX_MARKS)
      const oldest = marks.length < all.length ? marks[0] : log.isCut() ? known[0] : undefined
      return {
        ...toColumns(history.read(range)),
        marks,
        ...(oldest ? { marksSince: Date.parse(oldest.time) / 1000 } : {}),
      }
    },
    events: (limit) => log.latest(limit),
    snapshot: () => newest,
    saveEveryMs: () => Math.max(SAVE_EVERY_MS, history.size() * SAVE_MS_PER_POINT),
    async save() {
      try {
        await mkdir(folder, { recursive: true })
        await writeWholeFile(paths.history, JSON.stringify(history.save(), round))
        if (newest) await writeWholeFile(paths.snapshot, JSON.stringify(newest, round))
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
  await rm(paths.snapshot, { force: true })
  await removeEventLog(paths.events)
}

/** Three decimals are more than a chart can show, and make a third of the file. */
const round = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : value

async function readHistory(path: string): Promise<SpeedPoint[][] | undefined> {
  try {
    return savedHistorySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

async function readSnapshot(path: string): Promise<MetricsSnapshot | undefined> {
  try {
    return metricsSnapshotSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}
