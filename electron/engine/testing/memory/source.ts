/**
 * A bucket in memory behind the engine's `ObjectSource`: no sockets, no time unless a clock is given. Beside it stands
 * `data-plane.ts`, which "downloads" the same objects.
 */
import { type Failure, failed, type Outcome, success } from '../../../../shared/failure.ts'
import type { Clock, Endpoint, ListPage, ObjectHead, ObjectSource } from '../../engine-ports.ts'
import { createContentMaker } from '../objects/object-content.ts'
import { createObjectSums, isInParts, partsOf } from '../objects/object-sums.ts'
import {
  findByKey,
  identityOf,
  lastModifiedOf,
  type ObjectSeries,
  pageOf,
  type StoredObject,
  seriesOf,
  sortByKey,
} from '../objects/stored-objects.ts'

export type MemoryBucket = ReturnType<typeof createMemoryBucket>

/** S3's own page size. */
const PAGE_KEYS = 1000

/** Objects that can be read by bytes; `put` replaces one as an upload would. */
export function createMemoryBucket(stored: readonly StoredObject[] | ObjectSeries, seed = 1) {
  const content = createContentMaker(seed)
  const read = (object: StoredObject, target: Buffer, start: number, length: number) => {
    if (object.content) object.content.copy(target, 0, start, start + length)
    else content.fill(identityOf(object), target, start, length)
  }
  let series = 'objectAt' in stored ? stored : seriesOf(sortByKey(stored))
  return {
    series: () => series,
    find: (key: string) => findByKey(series, key),
    sums: createObjectSums(read),
    read,
    expectedBytes(object: StoredObject, start = 0, end = object.size): Buffer {
      const bytes = Buffer.allocUnsafe(end - start)
      read(object, bytes, start, end - start)
      return bytes
    },
    put(object: StoredObject) {
      const all = Array.from({ length: series.count }, (_, index) => series.objectAt(index))
      series = seriesOf(sortByKey([...all.filter(({ key }) => key !== object.key), object]))
    },
  }
}

export type SourceCall = { kind: 'list'; prefix: string } | { kind: 'head' | 'try'; key: string } | { kind: 'endpoint' }

export type MemorySourceOptions = {
  bucket: MemoryBucket
  name?: string
  /** Asked before every call: a failure is its answer. */
  failure?(call: SourceCall): Failure | undefined
  /** Every answer takes this long, by this clock. */
  delay?: { clock: Clock; milliseconds: number }
}

const ENDPOINT: Endpoint = {
  tls: false,
  hostHeader: 'memory.invalid',
  hostname: 'memory.invalid',
  port: 80,
  basePath: '/',
  region: 'us-east-1',
}

/** `calls`: all that was asked, in order. */
export function createMemorySource(options: MemorySourceOptions): ObjectSource & { calls: readonly SourceCall[] } {
  const { bucket, name = 'memory', delay } = options
  const calls: SourceCall[] = []

  /** The scripted failure, or undefined when the call may be answered. */
  async function meet(call: SourceCall, signal: AbortSignal): Promise<{ ok: false; failure: Failure } | undefined> {
    calls.push(call)
    if (delay) await new Promise<void>((resolve) => delay.clock.after(delay.milliseconds, resolve))
    if (signal.aborted) return failed({ class: 'cancelled' })
    const failure = options.failure?.(call)
    return failure && failed(failure)
  }

  return {
    calls,
    async listPage({ prefix, delimiter = '', continuation, pageSize = PAGE_KEYS, startAfter = '' }, signal) {
      const problem = await meet({ kind: 'list', prefix }, signal)
      if (problem) return problem
      const after = continuation ?? startAfter
      const page = pageOf(bucket.series(), { prefix, delimiter, maxKeys: Math.min(PAGE_KEYS, pageSize), after })
      const objects = page.objects.map((object) => {
        const { key, size, storageClass = 'STANDARD' } = object
        return { key, size, storageClass, etag: bucket.sums.etag(object), lastModified: lastModifiedOf(object) }
      })
      const listed: ListPage = { objects, prefixes: page.prefixes }
      if (page.last !== undefined) listed.continuation = page.last
      return success(listed)
    },

    async headObject(key, { checksums, partNumber }, signal): Promise<Outcome<ObjectHead>> {
      const problem = await meet({ kind: 'head', key }, signal)
      if (problem) return problem
      const object = bucket.find(key)
      if (!object) return failed({ class: 'missing', code: 'NoSuchKey', httpStatus: 404, subject: key })
      const parts = partsOf(object)
      const part = partNumber === undefined ? { start: 0, end: object.size } : parts[partNumber - 1]
      if (!part) return failed({ class: 'changed', code: 'InvalidPartNumber', httpStatus: 416, subject: key })
      const isWhole = part.end - part.start === object.size
      const sum = checksums && isWhole ? bucket.sums.checksum(object) : undefined
      return success({
        size: part.end - part.start,
        etag: bucket.sums.etag(object),
        lastModified: lastModifiedOf(object),
        checksums: sum ? { [sum.algorithm]: sum.value } : {},
        checksumType: sum?.type ?? '',
        partCount: partNumber !== undefined && isInParts(object) ? parts.length : 1,
      })
    },

    async tryObject({ key }, signal) {
      const problem = await meet({ kind: 'try', key }, signal)
      if (problem) return problem
      if (bucket.find(key)) return success(undefined)
      return failed({ class: 'missing', code: 'NoSuchKey', httpStatus: 404, subject: key })
    },

    async endpoint(signal) {
      return (await meet({ kind: 'endpoint' }, signal)) ?? success({ ...ENDPOINT, basePath: `/${name}/` })
    },
    close() {},
  }
}
