/**
 * The parts of one job and how they are connected: what is listed, fetched, landed and reported. The order in which they
 * work is in `download-engine.ts`.
 */
import type { EngineEvent } from '../../shared/engine-event.ts'
import type { Failure } from '../../shared/failure.ts'
import type { JobSpec } from '../../shared/job-spec.ts'
import type { Policy } from '../../shared/policy.ts'
import type { Workplace } from './disk/open-workplace.ts'
import type { EnginePorts } from './engine-ports.ts'
import type { GovernorOptions } from './govern/governor-parts.ts'
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

export type DownloadPartsOptions = {
  spec: JobSpec
  policy: Policy
  ports: EnginePorts
  /** Aborts when the job ends. */
  signal: AbortSignal
  isPaused(): boolean
  onEvent(event: EngineEvent): void
  onDecayLook?: GovernorOptions['onDecayLook']
  /** An object has landed, or failed for good. */
  onSettled(): void
  /** The job cannot go on. */
  onFatal(failure: Failure): void
  /** A bug of ours, in what is done at intervals. */
  onBug(error: unknown): void
}

export type Landing = ReturnType<typeof createObjectLanding>

/** How often a paused job looks whether it goes on. */
const PAUSE_LOOK_MS = 100

export function createDownloadParts(options: DownloadPartsOptions) {
  const { spec, policy, ports, signal, onFatal } = options
  const { clock } = ports
  let landing: Landing | undefined

  const table = createObjectTable((index) => book.liveBytes(index))
  const report = createJobReport({ clock, table, onEvent: options.onEvent })
  const { book, governor } = createTransfer({
    ports,
    policy,
    spec,
    table,
    onFatal,
    landing: theLanding,
    isListingComplete: () => listing.isComplete(),
    isRereading: () => !rereads.isIdle(),
    smallestKey: () => listing.smallestKey(),
    loopLagMs: () => meter.loopLagMs(),
    unansweredMs: () => listing.unansweredMs(),
    emit: report.emit,
    onObject(event) {
      report.object(event)
      if (event.kind === 'landed' || event.kind === 'failed') options.onSettled()
    },
    onError: report.error,
    onReplaced(failure, { key, range }, reached) {
      report.error({ key, ...range, reached, attempt: 1, action: 'replace-connection', failure })
    },
    onDecayLook: options.onDecayLook,
  })
  const rereads = createRereads({ table, book, landing: theLanding, report, onWork: governor.pump })
  const retries = createObjectRetries({ table, book, report, onWork: governor.pump })
  const timers = createTimers(clock, signal, options.onBug)
  const listing = createListingStage({
    spec,
    ports,
    table,
    book,
    rereads,
    report,
    signal,
    retryAfterMs: governor.listRetryAfterMs,
    sleep: timers.sleep,
    async untilGoingOn() {
      while (options.isPaused() && !signal.aborted) await timers.sleep(PAUSE_LOOK_MS)
    },
    // The first page may have said where the bucket really is.
    onFirst: governor.renewEndpoint,
    onWork: governor.pump,
  })
  const meter = createSnapshotMeter({ ports, table, book, governor })

  function theLanding(): Landing {
    if (!landing) throw new Error('the destination is not open yet')
    return landing
  }

  function openLanding(place: Workplace): Landing {
    const source = patientHeads({
      source: ports.source,
      now: clock.monotonic,
      othersAnsweredAt: governor.othersAnsweredAt,
      retryAfterMs: governor.retryAfterMs,
      sleep: timers.sleep,
    })
    landing = createObjectLanding({
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
    return landing
  }

  return { table, report, book, governor, rereads, retries, timers, listing, meter, openLanding }
}
