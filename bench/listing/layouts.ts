/** A million keys, computed and not kept. Pure. */
import type { ObjectSeries, StoredObject } from '../../electron/engine/testing/objects/stored-objects.ts'

export type Layout = { name: string; folders: number; keysPerFolder: number }

const KEYS = 1_000_000

/** One folder, where one page comes after the other; folders of one page, as a month of an archive; of ten pages. */
export const LAYOUTS: readonly Layout[] = [
  { name: 'one folder of 1,000,000 keys', folders: 1, keysPerFolder: KEYS },
  { name: '1,000 folders of 1,000 keys', folders: 1000, keysPerFolder: KEYS / 1000 },
  { name: '100 folders of 10,000 keys', folders: 100, keysPerFolder: KEYS / 100 },
]

export const OBJECT_BYTES = 1
const LAST_MODIFIED = Date.UTC(2025, 10, 3, 4, 5, 6)

/** Keys ascend: numbers are padded. */
export function seriesOf({ folders, keysPerFolder }: Layout): ObjectSeries {
  return {
    count: folders * keysPerFolder,
    objectAt(index): StoredObject {
      const folder = String(Math.floor(index / keysPerFolder)).padStart(4, '0')
      const number = String(index % keysPerFolder).padStart(7, '0')
      const key = `era5/${folder}/e5.oper.an.pl.${number}.nc`
      return { key, size: OBJECT_BYTES, lastModified: LAST_MODIFIED, etag: `${folder}${number}` }
    },
  }
}
