/**
 * Opens the part file of an object and finds which of its bytes are there already, so that journal and file never
 * disagree: a claim on bytes is taken back, durably, before an empty file takes the place of the one it spoke of.
 * Without that, a kill at the wrong moment, then a second one, would end with zeros taken for data.
 */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { Span } from './byte-spans.ts'
import type { Destination } from './destination.ts'
import type { Journal } from './journal/journal.ts'
import { isSameVersion } from './journal/replay.ts'
import type { PartFile } from './part-file.ts'

export type BeginningObject = {
  key: string
  etag: string
  size: number
  /** Unix milliseconds. */
  lastModified: number
  /** From path-claims.ts. */
  path: string
}

export async function beginObject(
  { journal, destination }: { journal: Journal; destination: Destination },
  object: BeginningObject,
): Promise<Outcome<{ part: PartFile; spans: readonly Span[] }>> {
  const { key, etag, size, path } = object
  const earlier = journal.replay.progressOf(key)
  const isSame = earlier?.path === path && isSameVersion(earlier, object)
  const continues = isSame && (await destination.inspectPart(path))?.size === size
  if ((earlier && !continues) || journal.replay.isLanded(object)) {
    const taken = await journal.appendDurably({ kind: 'restarted', key })
    if (!taken.ok) return taken
  }
  const opened = await destination.openPart(path, size)
  if (!opened.ok) return opened
  journal.append({ kind: 'pinned', key, etag, size, lastModified: object.lastModified, path })
  return success({ part: opened.value, spans: continues ? [...earlier.spans] : [] })
}
