/**
 * Records in the journal, again and again, what has arrived;
 * what is not recorded yet is lost by a hard kill (DESIGN 8.2).
 */
import { type Failure, isShortOfFiles } from '../../../../shared/failure.ts'
import type { Clock } from '../../engine-ports.ts'
import type { Timers } from '../../timers.ts'
import type { Workplace } from '../open-workplace.ts'
import { chooseJournalDelayMs } from './pace.ts'

/** Arrived so far, and listed so far. */
export type Progress = { bytes: number; bytesTotal: number; objects: number; objectsTotal: number }

export type KeepJournalOptions = {
  clock: Clock
  timers: Timers
  place: Pick<Workplace, 'journal' | 'checkpoint'>
  /** Between two checkpoints, which flush the data as well. */
  checkpointSeconds: number
  progress(): Progress
  /** Hands the journal what the open objects have gained. */
  noteProgress(): void
  onFailure(failure: Failure): void
}

export function keepJournal(options: KeepJournalOptions): void {
  const { clock, timers, place, noteProgress } = options
  const startedAt = clock.monotonic()
  let noted = { at: startedAt, bytes: 0, objects: 0 }

  timers.every(delayMs, async () => {
    noteProgress()
    // The journal's own timer would flush only after another such delay.
    await place.journal.flush()
  })
  timers.every(options.checkpointSeconds * 1000, async () => {
    noteProgress()
    const flushed = await place.checkpoint()
    // A file that could not be opened for lack of descriptors is flushed at the next checkpoint.
    if (!flushed.ok && !isShortOfFiles(flushed.failure)) options.onFailure(flushed.failure)
  })

  function delayMs(): number {
    const { bytes, bytesTotal, objects, objectsTotal } = options.progress()
    const at = clock.monotonic()
    const bytesShare = (bytes - noted.bytes) / Math.max(1, bytesTotal)
    const objectsShare = (objects - noted.objects) / Math.max(1, objectsTotal)
    const delay = chooseJournalDelayMs(Math.max(bytesShare, objectsShare), at - noted.at, at - startedAt)
    noted = { at, bytes, objects }
    return delay
  }
}
