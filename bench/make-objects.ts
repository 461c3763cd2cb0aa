/** Writes the objects of a work load: every block differs from every other, so that a block out of place is noticed. */
import { randomFillSync } from 'node:crypto'
import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { WorkloadObject } from './workloads.ts'

/** One moment for all: nginx makes the ETag from it, and the listing must name the same. */
export const LAST_MODIFIED = new Date('2025-10-31T12:00:00.000Z')
const BLOCK_BYTES = 64 * 1024

export function makeObjects(bucketFolder: string, objects: WorkloadObject[]): void {
  const block = randomFillSync(Buffer.alloc(BLOCK_BYTES))
  for (const [index, { key, bytes }] of objects.entries()) {
    const path = join(bucketFolder, key)
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'w')
    for (let at = 0; at < bytes; at += BLOCK_BYTES) {
      block.writeUInt32LE(index, 0)
      block.writeUInt32LE(at / BLOCK_BYTES, 4)
      writeSync(file, block, 0, Math.min(BLOCK_BYTES, bytes - at), at)
    }
    futimesSync(file, LAST_MODIFIED, LAST_MODIFIED)
    closeSync(file)
  }
}
