/**
 * One job, from its spec to its summary: opens the destination, lists, transfers, lands, and reports what happens.
 * The steps are at the top; each lives in its own folder. Never throws for what the world does.
 */
import type { EngineEvent } from '../../shared/engine-event.ts'
import type { Failure } from '../../shared/failure.ts'
import type { JobLimits, JobSpec } from '../../shared/job-spec.ts'
import type { JobPhase, Summary } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { ObjectQuery, ObjectRow } from '../../shared/object-row.ts'
import type { Policy } from '../../shared/policy.ts'
import { readFreeSpace } from './disk/free-space.ts'
import { keepJournal } from './disk/journal/keep-journal.ts'
import { openWorkplace, type Workplace } from './disk/open-workplace.ts'
import { createDownloadParts, type DownloadPartsOptions, type Landing } from './download-parts.ts'
import type { EnginePorts } from './engine-ports.ts'
import { createJobEnd } from './job-end.ts'

export type DownloadOptions = {
  spec: JobSpec
  policy: Policy
  ports: EnginePorts
  onEvent(event: EngineEvent): void
  onSnapshot(snapshot: MetricsSnapshot): void
  onDecayLook?: DownloadPartsOptions['onDecayLook']
}

/** Once a job is about to end, its commands do nothing. */
export type Download = {
  /** Never rejects. Resolves when everything is flushed and closed. */
  finished: Promise<Summary>
  pause(): void
  /** Ends a cool-down as well: whoever asks to go on does not want to wait. */
  resume(): void
  /** Stops; files and journal stay, so that a later run continues. */
  cancel(): void
  rebuildPool(): void
  coolDown(): void
  /** Threads and speed limit from now on; what has arrived stays. */
  setLimits(limits: JobLimits): void
  /** Tries failed objects again: all, or those named. False when it is about to end. */
  retry(indexes?: number[]): boolean
  snapshot(): MetricsSnapshot
  objects(query: ObjectQuery): {
    total: number
    rows: ObjectRow[]
  }
  /** Absolute path of an object's file. */
  objectPath(index: number): string | undefined
}

/** Decisions are taken this often; ten times a second sees a stall early and costs nothing. */
const TICK_MS = 100

export function startDownload(options: DownloadOptions): Download {
  const { spec, policy, ports } = options
  const { clock, dataPlane } = ports
  const stop = new AbortController()
  let phase: JobPhase = 'starting'
  let isPaused = false
  let workplace: Workplace | undefined
  let landing: Landing | undefined

  const end = createJobEnd({
    clock,
    stop,
    isAllSettled,
    reportDiskFull,
    hasMore: () => retries.retryHeld(),
    explain: (failure) => workplace?.destination.explain(failure) ?? failure,
  })
  const { table, report, book, governor, rereads, retries, timers, listing, meter, openLanding } = createDownloadParts({
    spec,
    policy,
    ports,
    signal: stop.signal,
    isPaused: () => isPaused,
    onEvent: options.onEvent,
    onDecayLook: options.onDecayLook,
    onSettled: end.noteSettled,
    onFatal: end.fail,
    onBug: (error) => end.fail(bugFailure(error)),
  })

  const finished = run().catch(endByBug)
  return {
    finished,
    pause() {
      if (isPaused || !isAtWork()) return
      isPaused = true
      rereads.hold()
      governor.pause()
      report.emit('paused', {})
    },
    resume() {
      if (!isAtWork()) return
      governor.endCoolDown()
      if (!isPaused) return
      isPaused = false
      rereads.resume()
      governor.resume()
      report.emit('resumed', {})
    },
    cancel: () => stop.abort(),
    rebuildPool: () => governor.rebuild('user'),
    coolDown() {
      if (isAtWork()) governor.coolDown('user')
    },
    setLimits(limits) {
      if (isAtWork()) governor.setLimits(limits)
    },
    retry(indexes) {
      if (!isAtWork()) return false
      retries.retry(indexes)
      return true
    },
    snapshot,
    objects: (query) => table.query(query),
    objectPath: (index) =>
      landing && workplace && index < table.length
        ? workplace.destination.locate(landing.pathOf(index).path).finalPath
        : undefined,
  }

  async function run(): Promise<Summary> {
    const opened = await openWorkplace(spec, ports, report.emit)
    if (!opened.ok) {
      await dataPlane.shutDown()
      meter.close()
      return summarize(opened.failure)
    }
    workplace = opened.value
    landing = openLanding(workplace)
    report.openLogs(spec.logFolder ?? workplace.destination.ownFolder)
    report.emit('job-started', { resumed: workplace.isResumed })

    startTimers(workplace, landing)
    phase = 'running'
    report.performance(snapshot())
    await Promise.all([listAll(workplace, landing), governor.start(stop.signal)])
    await end.untilOver()
    phase = 'finishing'
    governor.stop()
    await Promise.all([end.untilReported(), book.stop(), rereads.stop()])
    await timers.stop()
    const closed = await workplace.close()
    const failure = end.failure() ?? (closed.ok ? undefined : closed.failure)
    await dataPlane.shutDown()
    governor.forgetConnections()
    const summary = summarize(failure ?? end.failure())
    options.onSnapshot(snapshot())
    report.performance(snapshot())
    await report.closeLogs()
    meter.close()
    return summary
  }

  /** An exception is a bug of ours; files are closed and the lock is given back all the same. */
  async function endByBug(error: unknown): Promise<Summary> {
    stop.abort()
    governor.stop()
    await timers.stop()
    await dataPlane.shutDown()
    await workplace?.close().catch(() => {})
    await report.closeLogs()
    meter.close()
    return summarize(bugFailure(error))
  }

  async function listAll(...open: Parameters<typeof listing.run>): Promise<void> {
    const listed = await listing.run(...open)
    if (!listed.ok) end.fail(listed.failure)
  }

  function isAtWork(): boolean {
    return !stop.signal.aborted && (phase === 'starting' || phase === 'running')
  }

  function isAllSettled(): boolean {
    return listing.isComplete() && book.isIdle() && rereads.isIdle()
  }

  function startTimers(place: Workplace, { noteProgress }: Landing): void {
    timers.every(TICK_MS, () => governor.tick())
    timers.every(policy.snapshotSeconds * 1000, () => {
      meter.tick()
      options.onSnapshot(snapshot())
    })
    keepJournal({
      clock,
      timers,
      place,
      checkpointSeconds: policy.journalFlushSeconds,
      progress: () => ({
        bytes: governor.bytesReceived(),
        bytesTotal: table.bytesTotal,
        objects: table.count('done'),
        objectsTotal: table.length,
      }),
      noteProgress() {
        for (const object of book.openObjects()) noteProgress(object, book.runningSpans(object))
      },
      onFailure: end.fail,
    })
    timers.every(policy.performanceLogSeconds * 1000, () => report.performance(snapshot()))
  }

  /** `needBytes`: what is still to come; how much of it must be freed depends on what else the disk is used for. */
  async function reportDiskFull(path = spec.destination): Promise<void> {
    const needBytes = table.bytesTotal - book.bytesDone()
    const room = await readFreeSpace(spec.destination)
    report.emit('disk-full', { path, needBytes, ...(room.ok ? { freeBytes: room.value.freeBytes } : {}) })
  }

  function currentPhase(): JobPhase {
    if (phase !== 'running') return phase
    if (isPaused) return 'paused'
    return governor.phase() ?? (listing.hasBegun() ? 'running' : 'listing')
  }

  function snapshot(): MetricsSnapshot {
    return meter.read(currentPhase(), listing.isComplete())
  }

  function summarize(failure: Failure | undefined): Summary {
    const summary = report.end({
      failure,
      isAllSettled: isAllSettled(),
      bytesDone: book.bytesDone(),
      bytesFetched: governor.bytesReceived(),
      retries: book.counts().retries,
    })
    phase = summary.status === 'interrupted' ? 'cancelled' : summary.status
    return summary
  }
}

const bugFailure = (error: unknown): Failure => ({
  class: 'protocol',
  code: 'internal',
  detail: String(error).slice(0, 300),
})
