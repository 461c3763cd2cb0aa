import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import { prepareMemoryJobs, type Run, VERIFYING } from '../testing/memory/jobs.ts'
import { createMemoryBucket } from '../testing/memory/source.ts'
import type { StoredObject } from '../testing/objects/stored-objects.ts'

const { folder, fileOf, begin, expectBytes } = prepareMemoryJobs()

describe('a finished folder, read again', () => {
  const FILES: StoredObject[] = [
    { key: 'archive/large.nc', size: 600_001, upload: { partBytes: 250_000 }, checksum: 'CRC64NVME' },
    { key: 'archive/middle.nc', size: 200_000, upload: 'whole', checksum: 'none' },
    { key: 'archive/small.nc', size: 1234 },
    { key: 'archive/empty.nc', size: 0 },
  ]
  const pathOf = (key: string) => fileOf({ key })

  /** As a disk does it: neither size nor time tells. */
  async function flipByte(key: string): Promise<void> {
    const bytes = await readFile(pathOf(key))
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await rewrite(key, bytes)
  }
  async function rewrite(key: string, bytes: Buffer): Promise<void> {
    const { mtime } = await stat(pathOf(key))
    await writeFile(pathOf(key), bytes)
    await utimes(pathOf(key), mtime, mtime)
  }
  const damaged = ({ events }: Run) =>
    events.filter(({ code }) => code === 'file-damaged').map(({ reason }) => reason.key)

  const LARGE = 'archive/large.nc'
  const SMALL = 'archive/small.nc'

  it('every file is what the server has: nothing is fetched', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread' })
    expect(await again.download.finished).toMatchObject({
      status: 'completed',
      objectsDone: 4,
      objectsSkipped: 4,
      bytesDone: 801_235,
      bytesFetched: 0,
    })
    expect(damaged(again)).toEqual([])
  })

  const rows: [what: string, key: string, size: number][] = [
    ['whose upload in parts has a checksum', LARGE, 600_001],
    ['of which there is nothing but an MD5 for an ETag', 'archive/middle.nc', 200_000],
    ['that is small', SMALL, 1234],
  ]
  it.each(rows)(
    'one flipped byte in a file %s is found, and the file alone is fetched anew',
    async (_what, key, size) => {
      const bucket = createMemoryBucket(FILES)
      await begin(bucket).download.finished
      await flipByte(key)
      const again = begin(bucket, { verify: 'reread' })
      expect(await again.download.finished).toMatchObject({
        status: 'completed',
        objectsDone: 4,
        objectsSkipped: 3,
        bytesFetched: size,
      })
      expect(damaged(again)).toEqual([key])
      await expectBytes(bucket, FILES)
    },
  )

  it.each(['etag', 'checksum'] as const)('with --verify %s size and time are all that is looked at', async (verify) => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await flipByte(SMALL)
    expect(await begin(bucket, { verify }).download.finished).toMatchObject({ objectsSkipped: 4, bytesFetched: 0 })
  })

  it('a file that is gone, cut or another kind of thing is fetched anew, or fails by its name', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await rm(pathOf(SMALL))
    await rewrite('archive/middle.nc', Buffer.alloc(1000))
    await rename(pathOf(LARGE), join(folder(), 'elsewhere'))
    await mkdir(pathOf(LARGE))
    const summary = await begin(bucket, { verify: 'reread' }).download.finished
    expect(summary).toMatchObject({ status: 'failed', failed: [{ key: LARGE }], objectsDone: 3 })
    await expectBytes(bucket, FILES.slice(1))
  })

  it('what was found damaged stays so for later runs, whatever they verify', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await flipByte(SMALL)
    const fate = () => ({ afterBytes: 0, failure: { class: 'denied', code: 'AccessDenied', httpStatus: 403 } as const })
    const refused = await begin(bucket, { verify: 'reread', fate }).download.finished
    expect(refused).toMatchObject({ status: 'failed', failed: [{ key: SMALL, failure: 'denied' }] })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 1234 })
    await expectBytes(bucket, FILES)
  })

  it('an object of which the service tells nothing fails by its name; its file is left alone', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const denied: Failure = { class: 'denied', code: 'AccessDenied', httpStatus: 403 }
    const headFailure = (key: string) => (key === LARGE ? denied : undefined)
    const summary = await begin(bucket, { verify: 'reread', headFailure }).download.finished
    expect(summary).toMatchObject({ status: 'failed', objectsSkipped: 3, failed: [{ key: LARGE, failure: 'denied' }] })
    await expectBytes(bucket, FILES)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })

  it('where ETags look like MD5s and are none, files are not fetched for nothing, but fail by their names', async () => {
    const disguised = FILES.slice(0, 3).map(
      ({ key, size }, at): StoredObject => ({ key, size, etag: String(at + 1).repeat(32), checksum: 'none' }),
    )
    const bucket = createMemoryBucket(disguised)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread' })
    expect(await again.download.finished).toMatchObject({ status: 'failed', objectsFailed: 3, bytesFetched: 0 })
    await expectBytes(bucket, disguised)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 3 })
  })

  it('an object that is replaced between its listing and its HEAD is fetched as what it is now', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const changed: StoredObject = { key: SMALL, size: 4321, version: 1 }
    const headFailure = (key: string) => void (key === SMALL && bucket.put(changed))
    const again = begin(bucket, { verify: 'reread', headFailure })
    expect(await again.download.finished).toMatchObject({ status: 'completed', bytesFetched: 4321 })
    expect(again.events.map(({ code }) => code)).toContain('object-changed')
    await expectBytes(bucket, [changed])
  })

  it('a job that is cancelled meanwhile ends at once, and blames no object', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread', readingMs: 1000 })
    await expect.poll(() => again.download.objects(VERIFYING).total).toBeGreaterThan(0)
    again.download.cancel()
    expect(await again.download.finished).toMatchObject({ status: 'interrupted', objectsFailed: 0 })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })
})
