/**
 * The listing of a job, from its first request to its last page: what is still to be fetched waits in the book, what an
 * earlier run has landed is skipped or read again, and part files of objects that are gone are dropped.
 */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import type { Workplace } from '../disk/open-workplace.ts'
import type { EnginePorts } from '../engine-ports.ts'
import type { createObjectLanding } from '../land/land-objects.ts'
import type { JobReport } from '../metrics/job-report.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { dropOrphans } from './drop-orphans.ts'
import { takeInListing } from './take-in-listing.ts'

export type ListingStageOptions = {
  spec: JobSpec
  ports: EnginePorts
  table: ObjectTable
  book: Pick<TransferBook, 'addWaiting' | 'addSkipped'>
  rereads: { add(index: number): void }
  report: Pick<JobReport, 'emit'>
  /** Milliseconds until the page is requested again; undefined = give up. */
  retryAfterMs(failure: Failure, attempts: number, sawPage: boolean): number | undefined
  sleep(milliseconds: number): Promise<void>
  /** The next page is requested when this one is taken in and the job is not paused. */
  untilGoingOn(): Promise<void>
  /** The first objects are there. */
  onFirst(): Promise<void>
  /** There may be work for an idle connection. */
  onWork(): void
  signal: AbortSignal
}

export function createListingStage(options: ListingStageOptions) {
  const { spec, ports, table, book, rereads, report, sleep, signal } = options
  const { clock } = ports
  let isComplete = false
  let hasObjects = false
  /** The first page has been requested, and nothing was answered. */
  let unansweredSince: number | undefined
  /** The smallest object listed so far that has a byte. */
  let smallest: number | undefined

  /** `place`, `landing`: open until all of it is listed. */
  async function run(place: Workplace, landing: ReturnType<typeof createObjectLanding>): Promise<Outcome<void>> {
    const begunAt = clock.monotonic()
    unansweredSince = begunAt
    const taken = await takeInListing({
      spec,
      ports,
      table,
      landing,
      sleep,
      signal,
      begun: [...place.journal.replay.inProgress()].map(([key]) => key),
      retryAfterMs(failure, attempts, sawPage) {
        if (!isSilence(failure)) unansweredSince = undefined
        return options.retryAfterMs(failure, attempts, sawPage)
      },
      onObjects,
    })
    unansweredSince = undefined
    if (!taken.ok) return taken
    isComplete = true
    const seconds = (clock.monotonic() - begunAt) / 1000
    const { bytesKept, unlisted } = taken.value
    const kept = bytesKept > 0 ? { bytesKept } : {}
    report.emit('listing-finished', { objects: table.length, bytes: table.bytesTotal, ...kept, seconds })
    options.onWork()
    return dropOrphans({
      ...place,
      keys: unlisted,
      source: ports.source,
      signal,
      onDropped: (key, bytes) => report.emit('object-gone', { key, bytes }),
    })

    async function onObjects(objects: readonly { index: number; isThere: boolean }[]): Promise<void> {
      unansweredSince = undefined
      for (const { index, isThere } of objects) {
        const size = table.size(index)
        if (size > 0 && (smallest === undefined || size < table.size(smallest))) smallest = index
        if (landing.isReread(index, isThere)) rereads.add(index)
        else if (isThere) book.addSkipped(index)
        else book.addWaiting(index)
      }
      if (!hasObjects) {
        hasObjects = true
        await options.onFirst()
      }
      options.onWork()
      await options.untilGoingOn()
    }
  }

  return {
    run,
    isComplete: () => isComplete,
    /** Something is listed, or nothing ever will be. */
    hasBegun: () => hasObjects || isComplete,
    /** For the health check: a small answer. */
    smallestKey: () => (smallest === undefined ? undefined : table.key(smallest)),
    unansweredMs: () => (unansweredSince === undefined ? 0 : clock.monotonic() - unansweredSince),
  }
}

/** Nobody has answered, not even with a refusal. */
const isSilence = ({ class: failureClass }: Failure): boolean =>
  failureClass === 'stalled' || failureClass === 'connect' || failureClass === 'reset'
