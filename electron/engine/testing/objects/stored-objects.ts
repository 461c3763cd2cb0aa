/** The content of a bucket: what is stored, in S3's order, and pages of it. */
import { createHash } from 'node:crypto'

export type SumAlgorithm = 'CRC64NVME' | 'CRC32C' | 'CRC32' | 'SHA256' | 'SHA1'

export type StoredObject = {
  key: string
  size: number
  /** Unix milliseconds. */
  lastModified?: number
  /** What the listing says instead of its size: a server that lies. */
  listedSize?: number
  /** Bytes of its own instead of generated ones; `size` must be its length. */
  content?: Buffer
  /** Changes content and ETag of a generated object. */
  version?: number
  /** Quoted nowhere; empty: none is told. Absent: see `upload`. */
  etag?: string
  /**
   * How it came here, which decides about ETag and parts: in one piece (ETag = MD5) or in parts
   * (ETag = MD5 of the MD5s, `-`, number of parts). Absent: `whole` for objects with content; a
   * made-up `...-2` for generated ones, so that listing a terabyte does not hash it.
   */
  upload?: 'whole' | { partBytes: number }
  /** What `x-amz-checksum-mode: ENABLED` answers; absent: CRC32. */
  checksum?: SumAlgorithm | 'none'
  /** `GLACIER` and `DEEP_ARCHIVE` cannot be read. */
  storageClass?: string
}

/** A bucket that is not held in memory: keys must ascend by the bytes of UTF-8. */
export type ObjectSeries = { count: number; objectAt(index: number): StoredObject }

const DEFAULT_LAST_MODIFIED = Date.UTC(2025, 10, 3, 4, 5, 6)

/** What the content of a generated object depends on. */
export const identityOf = (object: StoredObject): string => `${object.key} ${object.version ?? 0}`

export const lastModifiedOf = (object: StoredObject): number => object.lastModified ?? DEFAULT_LAST_MODIFIED

/** ETag of a generated object whose bytes nobody has asked for: no MD5, as after an upload in parts. */
export const madeUpEtag = (object: StoredObject): string =>
  `${createHash('md5').update(identityOf(object)).digest('hex')}-2`

const SURROGATE = /[\ud800-\udfff]/

/** S3 sorts by the bytes of UTF-8; UTF-16 differs only where surrogates are. */
export function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : 0
}

export const sortByKey = (objects: readonly StoredObject[]): StoredObject[] =>
  [...objects].sort((a, b) => compareKeys(a.key, b.key))

export const seriesOf = (objects: readonly StoredObject[]): ObjectSeries => ({
  count: objects.length,
  objectAt: (index) => objects[index] as StoredObject,
})

/** First index whose object is not `before`. */
function firstIndex({ count, objectAt }: ObjectSeries, from: number, isBefore: (key: string) => boolean): number {
  let [low, high] = [from, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(objectAt(middle).key)) low = middle + 1
    else high = middle
  }
  return low
}

export function findByKey(series: ObjectSeries, key: string): StoredObject | undefined {
  const index = firstIndex(series, 0, (other) => compareKeys(other, key) < 0)
  const found = index < series.count ? series.objectAt(index) : undefined
  return found?.key === key ? found : undefined
}

/** One page of a listing, after the key or common prefix `after`. `last` is where the next page goes on. */
export function pageOf(
  series: ObjectSeries,
  { prefix, delimiter, maxKeys, after }: { prefix: string; delimiter: string; maxKeys: number; after: string },
) {
  const page = { objects: [] as StoredObject[], prefixes: [] as string[], last: undefined as string | undefined }
  if (maxKeys === 0) return page
  const isBelow = (key: string, folder: string) => key.startsWith(folder)
  // What is below a common prefix stands together, and is passed in one step however much it is.
  const skip = (from: number, folder: string) =>
    firstIndex(series, from, (key) => compareKeys(key, folder) < 0 || isBelow(key, folder))
  const commonOf = (key: string) => {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    return cut < 0 ? undefined : key.slice(0, cut + delimiter.length)
  }

  let index = firstIndex(series, 0, (key) => compareKeys(key, prefix) < 0)
  if (after !== '') index = firstIndex(series, index, (key) => compareKeys(key, after) <= 0)
  const told = isBelow(after, prefix) ? commonOf(after) : undefined
  if (told !== undefined) index = skip(index, told)

  let last = ''
  while (index < series.count) {
    const object = series.objectAt(index)
    if (!isBelow(object.key, prefix)) break
    if (page.objects.length + page.prefixes.length === maxKeys) {
      page.last = last
      break
    }
    const common = commonOf(object.key)
    if (common === undefined) page.objects.push(object)
    else page.prefixes.push(common)
    last = common ?? object.key
    index = common === undefined ? index + 1 : skip(index, common)
  }
  return page
}
