/** The part files of objects that are not complete yet, open for writing. */
import { type Outcome, success } from '../../../shared/failure.ts'
import { beginObject } from '../disk/begin-object.ts'
import type { Span } from '../disk/byte-spans.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { PartFile } from '../disk/part-file.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { FilePatience } from './file-patience.ts'

export type OpenPartsOptions = {
  table: ObjectTable
  destination: Destination
  journal: Journal
  patiently: FilePatience
}

export type OpenParts = ReturnType<typeof createOpenParts>

export function createOpenParts({ table, destination, journal, patiently }: OpenPartsOptions) {
  const parts = new Map<number, PartFile>()
  /** With bytes of an earlier run: who knows what has happened to them since. */
  const inherited = new WeakSet<PartFile>()

  return {
    /** `spans`: the bytes that an earlier run has left in it. */
    async open(index: number, path: string): Promise<Outcome<{ fd: number; spans: readonly Span[] }>> {
      const object = {
        key: table.key(index),
        etag: table.etag(index),
        size: table.size(index),
        lastModified: table.lastModified(index),
        path,
      }
      const begun = await patiently(() => beginObject({ journal, destination }, object))
      if (!begun.ok) return begun
      const { part, spans } = begun.value
      parts.set(index, part)
      if (spans.length > 0) inherited.add(part)
      return success({ fd: part.fd, spans })
    },
    get: (index: number): PartFile | undefined => parts.get(index),
    isInherited: (part: PartFile): boolean => inherited.has(part),
    /** Its file has been closed elsewhere. */
    forget: (index: number): void => void parts.delete(index),
    async close(index: number): Promise<void> {
      await parts.get(index)?.close()
      parts.delete(index)
    },
  }
}
