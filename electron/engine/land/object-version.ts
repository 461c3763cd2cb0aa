/** What S3 says now of an object that the listing has named. */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { headPinned } from '../list/pinned-head.ts'
import type { ObjectTable } from '../plan/object-table.ts'

export type ObjectVersionOptions = {
  table: ObjectTable
  source: Pick<ObjectSource, 'headObject'>
  signal: AbortSignal
}

export type ObjectVersion = ReturnType<typeof createObjectVersion>

export function createObjectVersion({ table, source, signal }: ObjectVersionOptions) {
  return {
    /** Asks S3 what the object is, and pins that. */
    async repin(index: number): Promise<Outcome<void>> {
      const head = await source.headObject(table.key(index), { etag: table.etag(index) }, signal)
      if (!head.ok) return head
      table.repin(index, head.value.etag, head.value.size, head.value.lastModified)
      return success(undefined)
    },

    /** Asks S3 whether it is still the pinned one. */
    async isStill(index: number): Promise<Outcome<boolean>> {
      const [key, etag, size, lastModified] = [
        table.key(index),
        table.etag(index),
        table.size(index),
        table.lastModified(index),
      ]
      const head = await headPinned(source, { key, etag, size, lastModified }, {}, signal)
      if (head.ok) return success(true)
      return head.failure.class === 'changed' ? success(false) : head
    },
  }
}
