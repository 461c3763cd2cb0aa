import { writeFileSync } from 'node:fs'
import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OBJECTS, prepareMemoryJobs, type Run } from '../testing/memory/jobs.ts'
import { createMemoryBucket } from '../testing/memory/source.ts'
import { lastModifiedOf, type StoredObject } from '../testing/objects/stored-objects.ts'

const { folder, fileOf, begin, expectBytes } = prepareMemoryJobs()

describe("files of the user's own", () => {
  const [large, middle, small] = OBJECTS as [StoredObject, StoredObject, StoredObject]
  const bytesOf = async (name: string) => readFile(join(folder(), name))
  const putThere = async (object: StoredObject, bytes: Buffer | string) => {
    await writeFile(fileOf(object), bytes)
    await utimes(fileOf(object), 1e9, 1e9)
  }
  const told = ({ events }: Run) =>
    events.filter(({ code }) => code === 'file-set-aside').map(({ reason }) => reason.path)

  it('that bear the names of objects are kept beside them and told, once', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    await putThere(large, 'mine')
    await putThere(small, 'mine too')
    // Of the size of the object, edited in place.
    const edited = Buffer.alloc(middle.size, 'edited')
    await putThere(middle, edited)
    const first = begin(bucket)
    expect(await first.download.finished).toMatchObject({ status: 'completed', filesSetAside: 3, objectsSkipped: 0 })
    expect(told(first).sort()).toEqual(['large.nc', 'middle.nc', 'small.nc'].map((name) => `${name}.before-longhaul`))
    await expectBytes(bucket, OBJECTS)
    expect(`${await bytesOf('large.nc.before-longhaul')}`).toBe('mine')
    expect(`${await bytesOf('small.nc.before-longhaul')}`).toBe('mine too')
    expect((await bytesOf('middle.nc.before-longhaul')).equals(edited)).toBe(true)
    const second = begin(bucket)
    expect(await second.download.finished).toMatchObject({ filesSetAside: 0, bytesFetched: 0 })
  })

  it('that are the objects, fetched by another program, are taken over as they are', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    for (const object of [large, middle, small]) await putThere(object, bucket.expectedBytes(object))
    const first = begin(bucket)
    expect(await first.download.finished).toMatchObject({ status: 'completed', objectsSkipped: 3, filesSetAside: 0 })
    await expectBytes(bucket, OBJECTS)
    expect((await stat(join(folder(), 'large.nc'))).mtimeMs).toBeGreaterThan(1e12)
    expect(await begin(bucket).download.finished).toMatchObject({ objectsSkipped: 4, bytesFetched: 0 })
  })

  it.each<[string, boolean, Partial<StoredObject>]>([
    ['is the object: it is taken over without a question, as what a killed run has landed last', true, {}],
    ['is the object, uploaded in one part', true, { upload: { partBytes: 10_000 } }],
    ['is damaged: it is fetched, and the file is not kept', false, {}],
    ['may be anything: it is fetched', false, { etag: 'no sum' }],
  ])('small, with the time of the object, of which its ETag says that it %s', async (_, isOurs, differs) => {
    const object: StoredObject = { ...small, upload: 'whole', ...differs }
    const bucket = createMemoryBucket([object])
    const bytes = bucket.expectedBytes(object)
    if (!isOurs) bytes.fill(0, small.size - 10)
    await putThere(object, bytes)
    await utimes(fileOf(small), lastModifiedOf(small) / 1000, lastModifiedOf(small) / 1000)
    const asked: string[] = []
    const run = begin(bucket, { headFailure: (key) => void asked.push(key) })
    expect(await run.download.finished).toMatchObject({
      status: 'completed',
      filesSetAside: 0,
      objectsSkipped: isOurs ? 1 : 0,
      bytesFetched: isOurs ? 0 : small.size,
    })
    expect(asked).toEqual([])
    await expectBytes(bucket, [object])
    expect(await begin(bucket).download.finished).toMatchObject({ objectsSkipped: 1, bytesFetched: 0 })
  })

  it('are kept as well where somebody puts them there while the job runs', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const fate = ({ key }: { key: string }) => {
      if (key === small.key || key === large.key) writeFileSync(fileOf({ key }), 'put there meanwhile')
      return undefined
    }
    const run = begin(bucket, { fate })
    expect(await run.download.finished).toMatchObject({ status: 'completed', filesSetAside: 2, retries: 0 })
    expect(told(run).sort()).toEqual(['large.nc', 'small.nc'].map((name) => `${name}.before-longhaul`))
    await expectBytes(bucket, OBJECTS)
    expect(`${await bytesOf('small.nc.before-longhaul')}`).toBe('put there meanwhile')
    expect((await begin(bucket).download.finished).bytesFetched).toBe(0)
  })

  it('are not what an earlier run has landed, though the object or the file has changed since', async () => {
    expect((await begin(createMemoryBucket(OBJECTS)).download.finished).status).toBe('completed')
    await putThere(small, 'edited')
    const bucket = createMemoryBucket([{ ...large, version: 1 }, ...OBJECTS.slice(1)])
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', filesSetAside: 0 })
    await expectBytes(bucket, [{ ...large, version: 1 }, ...OBJECTS.slice(1)])
  })
})
