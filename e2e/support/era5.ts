/** The archive most specs download, and the proof that it arrived. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_PREFIX } from '../../electron/engine/testing/objects/era5-objects.ts'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'

/** Not the bucket of the form's example: that one brings a filter along. */
const BUCKET = 'era5-mirror'

export const MEGABYTE = 1_000_000

/** Slow enough to press pause in the middle of it: 16 connections make 24 MB/s. */
export function era5Archive(totalBytes: number) {
  const objects = createEra5Objects({ totalBytes, objectBytes: 12 * MEGABYTE })
  return {
    objects,
    totalBytes,
    options: { buckets: { [BUCKET]: objects }, weather: [connectionSpeed(1.5 * MEGABYTE)], seed: 11 },
    /** What a user pastes: the address of the look-alike, bucket and prefix. */
    addressOn: (server: FaultServer) => `${server.endpointUrl}/${BUCKET}/${ERA5_PREFIX}`,
    /** Names of objects that are missing or wrong on disk, and of files that should not be there. */
    async differences(server: FaultServer, folder: string): Promise<string[]> {
      const found: string[] = []
      const names = new Set(objects.map((object) => nameOf(object.key)))
      for (const name of await readdir(folder)) if (name !== '.longhaul' && !names.has(name)) found.push(name)
      for (const object of objects) {
        const hash = await hashOf(join(folder, nameOf(object.key)))
        if (hash !== server.expectedSha256(object)) found.push(object.key)
      }
      return found
    },
  }
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk)
  } catch {
    return 'cannot be read'
  }
  return hash.digest('hex')
}
