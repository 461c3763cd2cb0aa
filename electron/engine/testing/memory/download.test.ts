import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoredObject } from '../objects/stored-objects.ts'
import { OBJECTS, prepareMemoryJobs, VERIFYING } from './jobs.ts'
import { createMemoryBucket } from './source.ts'

const { folder, begin, expectBytes } = prepareMemoryJobs()

describe('a download from memory', () => {
  it('lands every byte under its name, and closes every socket', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, { verify: 'checksum' })
    const summary = await download.finished
    expect(summary).toMatchObject({ status: 'completed', objectsDone: 4, bytesDone: 11_001_235, retries: 0 })
    await expectBytes(bucket, OBJECTS)
    const { opened, closed } = plane.socketCounts()
    expect(opened).toBeGreaterThan(0)
    expect(closed).toBe(opened)
  })

  it('counts what S3 promises nothing of, where all is to be proven', async () => {
    const bucket = createMemoryBucket([{ key: 'archive/opaque.nc', size: 2_000_000, checksum: 'none' }])
    const { download, events } = begin(bucket, { verify: 'checksum' })
    expect(await download.finished).toMatchObject({ status: 'completed', objectsUnproven: 1 })
    expect(events.at(-1)).toMatchObject({ code: 'job-finished', reason: { objectsUnproven: 1 } })
  })

  it('ends with a last word that knows of no connection, not even of those that were still on their way', async () => {
    const bucket = createMemoryBucket(OBJECTS.slice(2))
    const { download } = begin(bucket, { handshakeMs: 50 })
    const { bytesFetched } = await download.finished
    const last = download.snapshot()
    expect(last).toMatchObject({ bytesFetched, connectionTable: [] })
    expect(last.connections).toEqual({ active: 0, connecting: 0, idle: 0, closeWait: 0 })
    expect(last.socketsOpened).toBe(last.socketsClosed)
  })

  it('writes down how fast it was at its start and at its end, each run behind the one before', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    await begin(bucket).download.finished
    await begin(bucket).download.finished
    const lines = (await readFile(join(folder(), '.longhaul', 'performance.ndjson'), 'utf8')).trim().split('\n')
    const phases = lines.map((line) => JSON.parse(line).phase)
    expect(phases).toEqual(['listing', 'completed', 'listing', 'completed'])
  })

  it('goes on from the byte reached when a connection breaks or falls silent', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, {
      bytesPerSecond: 5e6,
      fate({ key, range }) {
        if (key !== 'archive/large.nc') return undefined
        if (range.start === 1024 ** 2) return { afterBytes: 300_000, failure: { class: 'reset', code: 'ECONNRESET' } }
        return range.start === 2 * 1024 ** 2 ? { silentAfterBytes: 300_000 } : undefined
      },
    })
    const summary = await download.finished
    expect(summary.status).toBe('completed')
    const starts = plane.tasks.map(({ range }) => range.start % 1024 ** 2)
    expect(starts.filter((start) => start === 300_000)).toHaveLength(2)
    expect(summary.bytesFetched).toBe(summary.bytesDone)
    await expectBytes(bucket, OBJECTS)
  })

  it('fails an object by name when it cannot be had; the others arrive', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const failure = { class: 'server-error', code: 'InternalError', httpStatus: 500 } as const
    const { download, plane } = begin(bucket, {
      fate: ({ key }) => (key === 'archive/middle.nc' ? { afterBytes: 0, failure, connectionEnds: false } : undefined),
    })
    const summary = await download.finished
    expect(summary).toMatchObject({
      status: 'failed',
      objectsDone: 3,
      objectsFailed: 1,
      failed: [{ key: 'archive/middle.nc', failure: 'server-error' }],
    })
    expect(plane.tasks.filter(({ key }) => key === 'archive/middle.nc').length).toBeGreaterThanOrEqual(3)
    expect(existsSync(join(folder(), 'middle.nc'))).toBe(false)
    await expectBytes(
      bucket,
      OBJECTS.filter(({ key }) => key !== 'archive/middle.nc'),
    )
  })

  it('begins an object anew that was changed in between, and mixes no bytes', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const changed: StoredObject = { ...(OBJECTS[0] as StoredObject), version: 1 }
    const { download, events } = begin(bucket, {
      bytesPerSecond: 5e6,
      fate(task, attempt) {
        if (task.key === changed.key && attempt === 4) bucket.put(changed)
        return undefined
      },
    })
    expect((await download.finished).status).toBe('completed')
    expect(events.map(({ code }) => code)).toContain('object-changed')
    await expectBytes(bucket, [changed, ...OBJECTS.slice(1)])
  })

  it.each(['etag', 'checksum'] as const)(
    'gets all of it from copies that have ETags of their own, by %s',
    async (verify) => {
      const bucket = createMemoryBucket(OBJECTS)
      let asked = 0
      const { download, events } = begin(bucket, {
        verify,
        fate: () =>
          ++asked % 2 === 0
            ? { afterBytes: 0, failure: { class: 'changed', code: 'etag-differs' }, connectionEnds: true }
            : undefined,
      })
      expect(await download.finished).toMatchObject({ status: 'completed', bytesFetched: 11_001_235 })
      expect(events.map(({ code }) => code)).not.toContain('object-changed')
      await expectBytes(bucket, OBJECTS)
    },
  )

  it('files that take longer to read than a network may be away are read to their end', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const patience = {
      readingMs: 5000,
      policy: { networkGoneSeconds: 3, stallSeconds: 1 },
      verify: 'reread',
    } as const
    const landing = await begin(bucket, patience).download.finished
    expect(landing).toMatchObject({ status: 'completed', objectsSkipped: 0 })
    expect(await begin(bucket, patience).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })

  it('a job that is cancelled while its files are read blames no object', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download } = begin(bucket, { verify: 'reread', readingMs: 1000 })
    await expect.poll(() => download.objects(VERIFYING).total).toBeGreaterThan(3)
    download.cancel()
    expect(await download.finished).toMatchObject({ status: 'interrupted', objectsFailed: 0, failed: [] })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 0 })
    await expectBytes(bucket, OBJECTS)
  })

  it('continues a cancelled job, and fetches only what is missing', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const first = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    const interrupted = await first.download.finished
    expect(interrupted.status).toBe('interrupted')
    const again = begin(bucket)
    const second = await again.download.finished
    expect(second).toMatchObject({ status: 'completed', bytesFetched: 11_001_235 - interrupted.bytesDone })
    const listed = again.events.find(({ code }) => code === 'listing-finished')
    expect(listed?.reason).toMatchObject({ bytes: 11_001_235, bytesKept: interrupted.bytesDone })
    await expectBytes(bucket, OBJECTS)
  })

  it('gives an object whose time is not known that of its landing, and fetches it once', async () => {
    const bucket = createMemoryBucket(OBJECTS.map((object) => ({ ...object, lastModified: 0 })))
    const begunAt = Date.now()
    expect((await begin(bucket).download.finished).status).toBe('completed')
    for (const name of ['large.nc', 'small.nc']) {
      expect((await stat(join(folder(), name))).mtimeMs).toBeGreaterThan(begunAt - 2000)
    }
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 0 })
  })

  it('removes what it had begun of an object that the service has no longer', async () => {
    const first = begin(createMemoryBucket(OBJECTS), { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    await first.download.finished
    const part = join(folder(), 'large.nc.part')
    expect(existsSync(part)).toBe(true)
    const rest = OBJECTS.filter(({ key }) => key !== 'archive/large.nc')
    const second = begin(createMemoryBucket(rest))
    expect(await second.download.finished).toMatchObject({ status: 'completed', objectsDone: 3 })
    const gone = second.events.filter(({ code }) => code === 'object-gone')
    expect(gone).toMatchObject([{ reason: { key: 'archive/large.nc', bytes: expect.any(Number) } }])
    expect(existsSync(part)).toBe(false)
    // Should it come back, nothing of it is believed to be there.
    const bucket = createMemoryBucket(OBJECTS)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 9_000_001 })
    await expectBytes(bucket, OBJECTS)
  })

  it('keeps it where the listing has only missed it', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const first = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    await first.download.finished
    const second = begin(bucket, { isListed: (key) => key !== 'archive/large.nc' })
    expect(await second.download.finished).toMatchObject({ status: 'completed', objectsDone: 3 })
    expect(second.events.map(({ code }) => code)).not.toContain('object-gone')
    expect(existsSync(join(folder(), 'large.nc.part'))).toBe(true)
  })
})
