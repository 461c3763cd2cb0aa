/**
 * Part files of objects that the service has no longer: what is missing of them will never come. A listing may have
 * missed an object, so it is requested by its name first.
 */
import { unlink } from 'node:fs/promises'
import { type Outcome, success } from '../../../shared/failure.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import { isSafePath } from '../disk/names/safe-path.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { spanBytes } from '../plan/missing-ranges.ts'

export async function dropOrphans(options: {
  /** Objects that an earlier run has begun and that the listing did not name. */
  keys: Iterable<string>
  journal: Journal
  destination: Destination
  source: Pick<ObjectSource, 'headObject'>
  signal: AbortSignal
  /** `bytes`: that had been fetched of it. */
  onDropped(key: string, bytes: number): void
}): Promise<Outcome<void>> {
  const { keys, journal, destination, source, signal, onDropped } = options
  for (const key of keys) {
    const begun = journal.replay.progressOf(key)
    if (!begun || !isSafePath(begun.path)) continue
    const { path, spans } = begun
    const head = await source.headObject(key, {}, signal)
    if (head.ok || head.failure.class === 'denied') continue
    // The service does not answer, and each further request may take as long: the next run tries again.
    if (head.failure.class !== 'missing') break
    // First the claim, then the bytes: a crash in between must not leave a claim on bytes that are gone.
    const taken = await journal.appendDurably({ kind: 'restarted', key })
    if (!taken.ok) return taken
    const isThere = (await destination.inspectPart(path)) !== undefined
    // Looks at every folder on the way, so that nothing is removed through a link.
    if (isThere && (await destination.ensureFolderOf(path)).ok)
      await unlink(destination.locate(path).partPath).catch(() => {})
    onDropped(key, spanBytes(spans))
  }
  return success(undefined)
}
