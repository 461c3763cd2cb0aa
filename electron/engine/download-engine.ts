/**
 * One job, from its spec to its summary: opens the destination, lists, transfers, lands, and tells what happens.
 * The steps are at the top; each lives in its own folder. Never throws for what the world does.
 */
import type { EngineEvent, EventCode, Reason } from '../../shared/engine-event.ts'
import { type Failure, isShortOfFiles } from '../../shared/failure.ts'
import type { JobLimits, JobSpec } from '../../shared/job-spec.ts'
import type { JobPhase, Summary } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { ObjectQuery, ObjectRow } from '../../shared/object-row.ts'
import type { Policy } from '../../shared/policy.ts'
import { readFreeSpace } from './disk/free-space.ts'
import { chooseJournalDelayMs } from './disk/journal-pace.ts'
import { dropOrphans } from './drop-orphans.ts'
import type { EnginePorts } from './engine-ports.ts'
import { createGovernor, type Governor, type GovernorOptions } from './govern/governor.ts'
import { createObjectLanding } from './land-objects.ts'
import { patientHeads } from './list/patient-heads.ts'
import { createJobLogs, type ErrorLogEntry, type JobLogs } from './metrics/job-logs.ts'
import { createSnapshotMeter } from './metrics/snapshot-meter.ts'
import { openWorkplace, type Workplace } from './open-workplace.ts'
import { createObjectTable } from './plan/object-table.ts'
import type { ObjectNews } from './schedule/object-endings.ts'
import { createTransferBook } from './schedule/transfer-book.ts'
import { summarizeJob } from './summarize-job.ts'
import { takeInListing } from './take-in-listing.ts'
import { createTimers } from './timers.ts'
import { askForCheck, checkObject } from './verify/check-object.ts'
import { createRereadQueue } from './verify/reread-queue.ts'

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
const MAX_NAMED_FAILURES = 1000

export function startDownload(options: DownloadOptions): Download {
  const { spec, policy, ports } = options
  const { clock, dataPlane } = ports
  const stop = new AbortController()
  const startedAt = clock.monotonic()
  /** By object, what it failed of last. */
  const named = new Map<number, Failure>()
  let phase: JobPhase = 'starting'
  /** Objects that were held open by another program, and have had their second chance. */
  const triedAgain = new Set<number>()
  let listingComplete = false
  /** The first page of the listing has been asked for, and nothing was heard. */
  let unansweredSince: number | undefined
  let fatal: Failure | undefined
  let diskFullTold: Promise<void> | undefined
  let unproven = 0
  /** What the health check asks for: the smallest object listed so far that has a byte. */
  let smallest: number | undefined
  let isPaused = false
  /** Its end has been told. */
  let hasEnded = false
  /** What had arrived when the journal was last told. */
  let told = { at: startedAt, bytes: 0, objects: 0 }
  let workplace: Workplace | undefined
  let logs: JobLogs | undefined
  let landing: ReturnType<typeof createObjectLanding> | undefined
  /** Looks whether that was the last object. */
  let onSettled: (() => boolean) | undefined

  const table = createObjectTable((index) => book.liveBytes(index))
  const book = createTransferBook({
    table,
    landing: {
      beginAtOnce: (index, group) => theLanding().beginAtOnce(index, group),
      begin: (index, group) => theLanding().begin(index, group),
      land: (object) => theLanding().land(object),
      landed: (object) => theLanding().landed(object),
      keepPart: (object) => theLanding().keepPart(object),
      abandon: (object) => theLanding().abandon(object),
      discard: (object) => theLanding().discard(object),
      repin: (index) => theLanding().repin(index),
      isStill: (index) => theLanding().isStill(index),
      explain: (failure) => theLanding().explain(failure),
    },
    partSize: spec.partSize,
    now: clock.monotonic,
    retryAfterMs: (failure, row) => governor.retryAfterMs(failure, row),
    heardAt: (failure) => governor.heardAt(failure),
    connections: {
      reached(connectionId, taskId) {
        const counters = dataPlane.counters(connectionId)
        return counters.taskId === taskId ? counters.reached : 0
      },
      bytesPerSecond: (connectionId) => governor.speedOfConnection(connectionId),
      thread: dataPlane.thread,
      shrink: dataPlane.shrink,
      close: (connectionId) => governor.closeConnection(connectionId, 'object-held'),
    },
    onObject,
    onError: logError,
    onFatal: fail,
    onWork: () => governor.pump(),
  })
  const governor: Governor = createGovernor({
    ports,
    policy,
    spec,
    book,
    isListingComplete: () => listingComplete,
    isRereading: () => !rereads.isIdle(),
    emit,
    smallestKey: () => (smallest === undefined ? undefined : table.key(smallest)),
    loopLagMs: () => meter.loopLagMs(),
    unansweredMs: () => (unansweredSince === undefined ? 0 : clock.monotonic() - unansweredSince),
    onReplaced(failure, { key, range }, reached) {
      logError({ key, ...range, reached, attempt: 1, action: 'replace-connection', failure })
    },
    onFatal: fail,
    onDecayLook: options.onDecayLook,
  })
  const rereads = createRereadQueue(reread)
  const timers = createTimers(clock, stop.signal, (error) => fail(bugFailure(error)))
  const meter = createSnapshotMeter({ ports, table, book, governor })

  const finished = run().catch(endByBug)
  return {
    finished,
    pause() {
      if (isPaused || !isAtWork()) return
      isPaused = true
      rereads.hold()
      governor.pause()
      emit('paused', {})
    },
    resume() {
      if (!isAtWork()) return
      governor.endCoolDown()
      if (!isPaused) return
      isPaused = false
      rereads.resume()
      governor.resume()
      emit('resumed', {})
    },
    cancel: () => stop.abort(),
    rebuildPool: () => governor.rebuild('user'),
    coolDown() {
      if (isAtWork()) governor.coolDown('user')
    },
    setLimits(limits) {
      if (isAtWork()) governor.setLimits(limits)
    },
    retry,
    snapshot,
    objects: (query) => table.query(query),
    objectPath: (index) =>
      landing && workplace && index < table.length
        ? workplace.destination.locate(landing.pathOf(index).path).finalPath
        : undefined,
  }

  async function run(): Promise<Summary> {
    const opened = await openWorkplace(spec, ports, emit)
    if (!opened.ok) {
      await dataPlane.shutDown()
      meter.close()
      return summarize(opened.failure)
    }
    workplace = opened.value
    landing = makeLanding(workplace)
    logs = createJobLogs(spec.logFolder ?? workplace.destination.ownFolder)
    emit('job-started', { resumed: workplace.isResumed })

    startTimers(workplace)
    phase = 'listing'
    logs.performance(snapshot())
    await Promise.all([list(), governor.start(stop.signal)])
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
    logs.performance(snapshot())
    await logs.close()
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
    await logs?.close()
    meter.close()
    return summarize(bugFailure(error))
  }

  async function list(): Promise<void> {
    const begunAt = clock.monotonic()
    unansweredSince = begunAt
    const taken = await takeInListing({
      ...{ spec, ports, table, landing: theLanding(), sleep: timers.sleep, signal: stop.signal },
      begun: [...theWorkplace().journal.replay.inProgress()].map(([key]) => key),
      retryAfterMs(failure, attempts, sawPage) {
        if (!isSilence(failure)) unansweredSince = undefined
        return governor.listRetryAfterMs(failure, attempts, sawPage)
      },
      onObjects,
    })
    unansweredSince = undefined
    if (!taken.ok) return fail(taken.failure)
    listingComplete = true
    if (phase === 'listing') phase = 'running'
    const seconds = (clock.monotonic() - begunAt) / 1000
    const { bytesKept, unlisted } = taken.value
    const kept = bytesKept > 0 ? { bytesKept } : {}
    emit('listing-finished', { objects: table.length, bytes: table.bytesTotal, ...kept, seconds })
    governor.pump()
    const dropped = await dropOrphans({
      ...theWorkplace(),
      keys: unlisted,
      source: ports.source,
      signal: stop.signal,
      onDropped: (key, bytes) => emit('object-gone', { key, bytes }),
    })
    if (!dropped.ok) fail(dropped.failure)
  }

  async function onObjects(objects: readonly { index: number; isThere: boolean }[]): Promise<void> {
    unansweredSince = undefined
    for (const { index, isThere } of objects) {
      const size = table.size(index)
      if (size > 0 && (smallest === undefined || size < table.size(smallest))) smallest = index
      if (!isThere) book.addWaiting(index)
      else if (theLanding().isReread(index)) rereads.add(index)
      else book.addSkipped(index)
    }
    if (phase === 'listing') {
      phase = 'running'
      // The first page may have told where the bucket really is.
      await governor.renewEndpoint()
    }
    governor.pump()
    // The next page is asked for when this one is taken in.
    while (isPaused && !stop.signal.aborted) await timers.sleep(TICK_MS)
  }

  function isAtWork(): boolean {
    return !stop.signal.aborted && (phase === 'starting' || phase === 'listing' || phase === 'running')
  }

  function isAllSettled(): boolean {
    return listingComplete && book.isIdle() && rereads.isIdle()
  }

  /** What an earlier run has landed is as good as skipped, or fetched anew, or fails by its name. */
  async function reread(index: number): Promise<void> {
    table.setState(index, 'verifying')
    const read = await theLanding().reread(index)
    const failure = read.ok ? read.value.anew : read.failure
    if (!failure) return book.addSkipped(index)
    table.setState(index, 'waiting')
    if (failure.class === 'cancelled') return
    const [key, size] = [table.key(index), table.size(index)]
    const action = read.ok ? 'restart' : 'give-up'
    logError({ key, start: 0, reached: size, end: size, attempt: 1, action, failure })
    if (!read.ok) return book.fail(index, failure)
    if (failure.class === 'changed') emit('object-changed', { key, failure: failure.class })
    else emit('file-damaged', { key, failure: failure.class })
    book.addWaiting(index)
    governor.pump()
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
      onPathMapped: (key, path) => emit('path-mapped', { key, path }),
      onUnproven() {
        unproven++
      },
    })
  }

  function startTimers(place: Workplace): void {
    timers.every(TICK_MS, () => governor.tick())
    timers.every(policy.snapshotSeconds * 1000, () => {
      meter.tick()
      options.onSnapshot(snapshot())
    })
    timers.every(journalDelayMs, async () => {
      noteProgress()
      // The journal's own timer would flush only after another such delay.
      await place.journal.flush()
    })
    timers.every(policy.journalFlushSeconds * 1000, async () => {
      noteProgress()
      const flushed = await place.checkpoint()
      // A file that could not be opened for lack of descriptors is flushed at the next checkpoint.
      if (!flushed.ok && !isShortOfFiles(flushed.failure)) fail(flushed.failure)
    })
    timers.every(policy.performanceLogSeconds * 1000, () => logs?.performance(snapshot()))
  }

  /** What a `kill -9` may cost: DESIGN 8.2. */
  function journalDelayMs(): number {
    const now = { at: clock.monotonic(), bytes: governor.bytesReceived(), objects: table.count('done') }
    const bytesShare = (now.bytes - told.bytes) / Math.max(1, table.bytesTotal)
    const objectsShare = (now.objects - told.objects) / Math.max(1, table.length)
    const delayMs = chooseJournalDelayMs(Math.max(bytesShare, objectsShare), now.at - told.at, now.at - startedAt)
    told = now
    return delayMs
  }

  function noteProgress(): void {
    for (const object of book.openObjects()) theLanding().noteProgress(object, book.runningSpans(object))
  }

  /** Resolves when all is landed or failed, or nothing more may be done. */
  function untilDone(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!stop.signal.aborted && !fatal && (!isAllSettled() || retryHeld())) return false
        resolve()
        return true
      }
      onSettled = check
      const checkAgain = () => check() || clock.after(TICK_MS / 2, checkAgain)
      checkAgain()
    })
  }

  function logError(entry: Omit<ErrorLogEntry, 'time'>): void {
    logs?.error({ time: new Date(clock.now()).toISOString(), ...entry })
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
    emit('disk-full', { path, needBytes, ...(room.ok ? { freeBytes: room.value.freeBytes } : {}) })
  }

  function onObject({ kind, index, failure, attempts }: ObjectNews): void {
    if (kind === 'landed' || kind === 'failed') onSettled?.()
    if (kind === 'landed') return
    const key = table.key(index)
    if (kind === 'changed' || kind === 'corrupt') emit('object-changed', { key, failure: failure?.class ?? kind })
    if (kind !== 'failed' || !failure) return
    emit('object-failed', { key, failure: failure.class, attempts: attempts ?? 1 })
    if (named.size < MAX_NAMED_FAILURES) named.set(index, failure)
  }

  function retry(indexes?: number[]): boolean {
    if (!isAtWork()) return false
    const again = indexes ?? [...table.indexesIn('failed')]
    for (const index of again) {
      if (index >= table.length || table.state(index) !== 'failed') continue
      named.delete(index)
      table.setState(index, 'waiting')
      book.addWaiting(index)
      emit('object-retried', { key: table.key(index) })
    }
    governor.pump()
    return true
  }

  /** What another program held open, a scanner or a backup, it may have let go of by now: once, when all else is done. */
  function retryHeld(): boolean {
    const held = [...named].filter(([index, { code }]) => code === 'EBUSY' && !triedAgain.has(index))
    for (const [index] of held) triedAgain.add(index)
    return held.length > 0 && retry(held.map(([index]) => index))
  }

  function currentPhase(): JobPhase {
    if (phase !== 'running' && phase !== 'listing') return phase
    if (isPaused) return 'paused'
    return governor.phase() ?? phase
  }

  function snapshot(): MetricsSnapshot {
    return meter.read(currentPhase(), listingComplete)
  }

  function summarize(failure: Failure | undefined): Summary {
    const summary = summarizeJob({
      ...{ table, named, failure, unproven },
      isAllSettled: isAllSettled(),
      bytesDone: book.bytesDone(),
      bytesFetched: governor.bytesReceived(),
      retries: book.counts().retries,
      seconds: (clock.monotonic() - startedAt) / 1000,
    })
    const { status, seconds, objectsUnproven } = summary
    phase = status === 'interrupted' ? 'cancelled' : status
    emit('job-finished', { status, seconds, ...(objectsUnproven > 0 ? { objectsUnproven } : {}) })
    hasEnded = true
    return summary
  }

  function emit(code: EventCode, reason: Reason): void {
    // A look-up or a health check may still be under way, and is answered later.
    if (hasEnded) return
    options.onEvent({ time: new Date(clock.now()).toISOString(), code, reason })
  }

  function theWorkplace() {
    if (!workplace) throw new Error('the destination is not open yet')
    return workplace
  }

  function theLanding() {
    if (!landing) throw new Error('the destination is not open yet')
    return landing
  }
}

/** Nobody has answered, not even with a refusal. */
const isSilence = ({ class: failureClass }: Failure): boolean =>
  failureClass === 'stalled' || failureClass === 'connect'

const bugFailure = (error: unknown): Failure => ({
  class: 'protocol',
  code: 'internal',
  detail: String(error).slice(0, 300),
})
