/** What journal and manifest record of objects, and what the journal has of them from earlier runs. */
import type { Outcome } from '../../../shared/failure.ts'
import { success } from '../../../shared/failure.ts'
import { mergeSpans, type Span } from '../disk/byte-spans.ts'
import type { Journal } from '../disk/journal/journal.ts'
import { isSameVersion } from '../disk/journal/replay.ts'
import type { Manifest } from '../disk/names/manifest.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { OpenObject } from '../schedule/open-object.ts'

export type ObjectRecordsOptions = {
  table: ObjectTable
  journal: Pick<Journal, 'append' | 'flush' | 'replay'>
  manifest: Pick<Manifest, 'append'>
  bucket: string
}

export type ObjectRecords = ReturnType<typeof createObjectRecords>

export function createObjectRecords({ table, journal, manifest, bucket }: ObjectRecordsOptions) {
  const versionOf = (index: number) => ({
    etag: table.etag(index),
    size: table.size(index),
    lastModified: table.lastModified(index),
  })

  function noteInManifest(index: number, path: string, state: 'mapped' | 'landed'): void {
    manifest.append({ bucket, key: table.key(index), path, ...versionOf(index), state })
  }

  return {
    versionOf,

    /** What an earlier run has fetched of this very version. */
    progressOf(index: number) {
      const earlier = journal.replay.progressOf(table.key(index))
      return earlier && isSameVersion(earlier, versionOf(index)) ? earlier : undefined
    },

    /** What an open object has gained, `running` tasks included. */
    progress(object: OpenObject, running: readonly Span[]): void {
      if (object.file.kind !== 'open' || (!object.isDirty && running.length === 0)) return
      object.isDirty = false
      const spans = mergeSpans([...object.done, ...running])
      if (spans.length > 0) journal.append({ kind: 'ranges', key: object.key, etag: object.etag, spans })
    },

    /** Before its file gets its name, so that a crash between the name and its record costs nothing: see wasNamed. */
    async complete({ key, etag, size }: Pick<OpenObject, 'key' | 'etag' | 'size'>): Promise<Outcome<void>> {
      if (size === 0) return success(undefined)
      journal.append({ kind: 'ranges', key, etag, spans: [[0, size]] })
      return journal.flush()
    },

    landed({ index, key, etag, size, path }: Pick<OpenObject, 'index' | 'key' | 'etag' | 'size' | 'path'>): void {
      journal.append({ kind: 'landed', key, etag, size })
      noteInManifest(index, path, 'landed')
    },

    /** Its path is not its key. */
    mapped: (index: number, path: string): void => noteInManifest(index, path, 'mapped'),
  }
}
