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
import type { EnginePorts } from './engine-ports.ts'
import type { GovernorOptions } from './govern/governor.ts'
import { createListingStage } from './intake/listing-stage.ts'
import { createObjectLanding } from './land/land-objects.ts'
import { createRereads } from './land/reread-landed.ts'
import { patientHeads } from './list/patient-heads.ts'
import { createJobReport } from './metrics/job-report.ts'
import { createSnapshotMeter } from './metrics/snapshot-meter.ts'
import { createObjectTable } from './plan/object-table.ts'
import { createObjectRetries } from './schedule/retry-objects.ts'
import { createTimers } from './timers.ts'
import { createTransfer } from './transfer.ts'
import { askForCheck, checkObject } from './verify/check-object.ts'

export type DownloadOptions = {
  spec: JobSpec
  policy: Policy
  ports: EnginePorts
  onEvent(event: EngineEvent): void
  onSnapshot(snapshot: MetricsSnapshot): void
  onDecayLook?: GovernorOptions['onDecayLook']
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
  let fatal: Failure | undefined
  let diskFullTold: Promise<void> | undefined
  let isPaused = false
  let workplace: Workplace | undefined
  let landing: ReturnType<typeof createObjectLanding> | undefined
  /** Looks whether that was the last object. */
  let onSettled: (() => boolean) | undefined

  const table = createObjectTable((index) => book.liveBytes(index))
  const report = createJobReport({ clock, table, onEvent: options.onEvent })
  const { book, governor } = createTransfer({
    ...{ ports, policy, spec, table },
    landing: theLanding,
    isListingComplete: () => listing.isComplete(),
    isRereading: () => !rereads.isIdle(),
    smallestKey: () => listing.smallestKey(),
    loopLagMs: () => meter.loopLagMs(),
    unansweredMs: () => listing.unansweredMs(),
    emit: report.emit,
    onObject(news) {
      report.object(news)
      if (news.kind === 'landed' || news.kind === 'failed') onSettled?.()
    },
    onError: report.error,
    onReplaced(failure, { key, range }, reached) {
      report.error({ key, ...range, reached, attempt: 1, action: 'replace-connection', failure })
    },
    onFatal: fail,
    onDecayLook: options.onDecayLook,
  })
  const rereads = createRereads({ table, book, landing: theLanding, report, onWork: governor.pump })
  const retries = createObjectRetries({ table, book, report, onWork: governor.pump })
  const timers = createTimers(clock, stop.signal, (error) => fail(bugFailure(error)))
  const listing = createListingStage({
    ...{ spec, ports, table, book, rereads, report },
    retryAfterMs: governor.listRetryAfterMs,
    sleep: timers.sleep,
    async untilGoingOn() {
      while (isPaused && !stop.signal.aborted) await timers.sleep(TICK_MS)
    },
    // The first page may have said where the bucket really is.
    onFirst: governor.renewEndpoint,
    onWork: governor.pump,
    signal: stop.signal,
  })
  const meter = createSnapshotMeter({ ports, table, book, governor })

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
    landing = makeLanding(workplace)
    report.openLogs(spec.logFolder ?? workplace.destination.ownFolder)
    report.emit('job-started', { resumed: workplace.isResumed })

    startTimers(workplace)
    phase = 'running'
    report.performance(snapshot())
    await Promise.all([listAll(workplace, landing), governor.start(stop.signal)])
    await untilDone()
    phase = 'finishing'
    governor.stop()
    await Promise.all([diskFullTold, book.stop(), rereads.stop()])
    await timers.stop()
    const closed = await workplace.close()
    if (!closed.ok) fatal ??= closed.failure
    await dataPlane.shutDown()
    governor.forgetConnections()
    const summary = summarize(fatal)
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
    if (!listed.ok) fail(listed.failure)
  }

  function isAtWork(): boolean {
    return !stop.signal.aborted && (phase === 'starting' || phase === 'running')
  }

  function isAllSettled(): boolean {
    return listing.isComplete() && book.isIdle() && rereads.isIdle()
  }

  function makeLanding(place: Workplace) {
    const { signal } = stop
    const source = patientHeads({
      source: ports.source,
      now: clock.monotonic,
      heardAt: governor.heardAt,
      retryAfterMs: governor.retryAfterMs,
      sleep: timers.sleep,
    })
    return createObjectLanding({
      ...place,
      table,
      source,
      bucket: spec.source.bucket,
      prefix: spec.source.prefix,
      verify: spec.verify,
      // Asked once: nothing is lost when the answer must be waited for until the end.
      askForCheck: (object) => askForCheck(object, { source: ports.source, signal }),
      checkObject: (file) => checkObject(file, { source, verifier: ports.verifier, signal }),
      onShortOfFiles: governor.noteShortOfFiles,
      sleep: timers.sleep,
      inspectFiles: (paths) => ports.verifier.inspect(paths),
      signal,
      onPathMapped: (key, path) => report.emit('path-mapped', { key, path }),
      onSetAside: report.setAside,
      onUnproven: report.unproven,
    })
  }

  function startTimers(place: Workplace): void {
    timers.every(TICK_MS, () => governor.tick())
    timers.every(policy.snapshotSeconds * 1000, () => {
      meter.tick()
      options.onSnapshot(snapshot())
    })
    keepJournal({
      ...{ clock, timers, place },
      checkpointSeconds: policy.journalFlushSeconds,
      progress: () => ({
        bytes: governor.bytesReceived(),
        bytesTotal: table.bytesTotal,
        objects: table.count('done'),
        objectsTotal: table.length,
      }),
      noteProgress() {
        for (const object of book.openObjects()) theLanding().noteProgress(object, book.runningSpans(object))
      },
      onFailure: fail,
    })
    timers.every(policy.performanceLogSeconds * 1000, () => report.performance(snapshot()))
  }

  /** Resolves when all is landed or failed, or nothing more may be done. */
  function untilDone(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!stop.signal.aborted && !fatal && (!isAllSettled() || retries.retryHeld())) return false
        resolve()
        return true
      }
      onSettled = check
      const checkAgain = () => check() || clock.after(TICK_MS / 2, checkAgain)
      checkAgain()
    })
  }

  function fail(failure: Failure): void {
    if (failure.class === 'cancelled' || fatal) return
    fatal = workplace?.destination.explain(failure) ?? failure
    if (failure.class === 'disk-full') diskFullTold = tellDiskFull(failure.subject ?? spec.destination)
    stop.abort()
  }

  /** `needBytes`: what is still to come; how much of it must be freed depends on what else the disk is used for. */
  async function tellDiskFull(path: string): Promise<void> {
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

  function theLanding() {
    if (!landing) throw new Error('the destination is not open yet')
    return landing
  }
}

const bugFailure = (error: unknown): Failure => ({
  class: 'protocol',
  code: 'internal',
  detail: String(error).slice(0, 300),
})
