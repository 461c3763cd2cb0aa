/** Writes the objects of a work load, with the bytes the fault server would send: every 4 KiB carry their own stamp. */
import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createContentMaker } from '../electron/engine/testing/objects/object-content.ts'
import { identityOf } from '../electron/engine/testing/objects/stored-objects.ts'
import type { WorkloadObject } from './workloads.ts'

/** One moment for all: nginx makes the ETag from it, and the listing must name the same. */
export const LAST_MODIFIED = new Date('2025-10-31T12:00:00.000Z')
export const CONTENT_SEED = 1
export const CHUNK_BYTES = 1024 ** 2

export function makeObjects(bucketFolder: string, objects: WorkloadObject[]): void {
  const content = createContentMaker(CONTENT_SEED)
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (const { key, bytes } of objects) {
    const path = join(bucketFolder, key)
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'w')
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, bytes - at)
      content.fill(identityOf({ key, size: bytes }), chunk, at, length)
      writeSync(file, chunk, 0, length, at)
    }
    futimesSync(file, LAST_MODIFIED, LAST_MODIFIED)
    closeSync(file)
  }
}
