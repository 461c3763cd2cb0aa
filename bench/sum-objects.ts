/** Checksums of objects as S3 tells them, from the bytes that `make-objects.ts` gives them. */
import { createContentMaker } from '../electron/engine/testing/objects/object-content.ts'
import { identityOf } from '../electron/engine/testing/objects/stored-objects.ts'
import { loadChecksums } from '../electron/engine/verify/running-checksum.ts'
import { CHUNK_BYTES, CONTENT_SEED } from './make-objects.ts'
import type { KeptChecksum, WorkloadObject } from './workloads.ts'

/** `value`: Base64. */
export type ObjectSum = { key: string; checksum: KeptChecksum; value: string }

export async function sumObjects(objects: WorkloadObject[]): Promise<ObjectSum[]> {
  const start = await loadChecksums()
  const content = createContentMaker(CONTENT_SEED)
  const chunk = Buffer.alloc(CHUNK_BYTES)
  const sums: ObjectSum[] = []
  for (const { key, bytes, checksum } of objects) {
    if (!checksum) continue
    const running = start(checksum)
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, bytes - at)
      content.fill(identityOf({ key, size: bytes }), chunk, at, length)
      running.update(chunk.subarray(0, length))
    }
    sums.push({ key, checksum, value: running.finish().toString('base64') })
  }
  return sums
}
