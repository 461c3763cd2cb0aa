/** Everything a job keeps in its destination: lock, journal, manifest and the names given so far. */
import { resolve } from 'node:path'
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Failure, Outcome } from '../../../shared/failure.ts'
import { failed, success } from '../../../shared/failure.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import type { EnginePorts } from '../engine-ports.ts'
import { readBootId } from './boot-id.ts'
import { type Destination, makeFolders, openDestination } from './destination.ts'
import { lockDestination } from './destination-lock.ts'
import { mapDiskError } from './disk-error.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import { type Manifest, openManifest } from './names/manifest.ts'
import { createPathClaims, type PathClaims } from './names/path-claims.ts'

export type Workplace = {
  destination: Destination
  claims: PathClaims
  journal: Journal
  manifest: Manifest
  /** An earlier run has left something to continue. */
  isResumed: boolean
  /** Flushes data, then lets the journal vouch for it. */
  checkpoint(): Promise<Outcome<void>>
  /** Last checkpoint, manifest in order, lock released. */
  close(): Promise<Outcome<void>>
}

export async function openWorkplace(
  spec: JobSpec,
  ports: Pick<EnginePorts, 'clock' | 'random'>,
  emit: (code: EventCode, reason: Reason) => void,
): Promise<Outcome<Workplace>> {
  const { clock, random } = ports
  const { bucket, prefix, endpointUrl } = spec.source
  const opened = await openDestination({ folder: spec.destination, clock })
  if (!opened.ok) return opened
  const destination = opened.value
  const folder = destination.ownFolder
  try {
    if (spec.logFolder) await makeFolders(resolve(spec.logFolder))
  } catch (error) {
    return failed(mapDiskError(error, spec.logFolder))
  }
  const locked = lockDestination(folder)
  if (!locked.ok) return locked
  const lock = locked.value

  const identity = { bucket, endpoint: endpointUrl ?? '', prefix }
  let manifestOpened: Outcome<Manifest> | undefined
  const bootId = readBootId(clock.now())
  // A file that the journal knows is in the manifest: it gets no
  // row when it is found again. A failure shows at the checkpoint.
  const beforeWrite = async () => manifestOpened?.ok && manifestOpened.value.flush()
  const journalOpened = await openJournal({ folder, identity, bootId, clock, random, beforeWrite })
  if (!journalOpened.ok) return refuse(journalOpened.failure)
  const journal = journalOpened.value
  if (journal.repair) emit('journal-repaired', { ...journal.repair })

  manifestOpened = await openManifest({ folder, random })
  if (!manifestOpened.ok) return refuse(manifestOpened.failure)
  const manifest = manifestOpened.value
  const claims = createPathClaims({ random, bucket, expected: manifest.expectedRows })
  const read = await manifest.readRows((row) => void claims.remember(row), claims.rememberPlain)
  if (!read.ok) return refuse(read.failure)

  return success({
    destination,
    claims,
    journal,
    manifest,
    isResumed: journal.replay.landedCount > 0 || [...journal.replay.inProgress()].length > 0,
    checkpoint,
    async close() {
      const outcomes = [await checkpoint(), await manifest.finish(), await journal.close()]
      await destination.close()
      lock.release()
      return outcomes.find((outcome) => !outcome.ok) ?? success(undefined)
    },
  })

  async function checkpoint(): Promise<Outcome<void>> {
    // Files that are open are written to and flushed wherever they have gone.
    const gone = destination.whyGone()
    if (gone) return failed(gone)
    const mark = journal.mark()
    const flushed = await destination.flush()
    if (!flushed.ok) return flushed
    const noted = await manifest.flush()
    return noted.ok ? journal.checkpoint(mark) : noted
  }

  function refuse(failure: Failure): Outcome<never> {
    lock.release()
    return { ok: false, failure }
  }
}
