/** Under `--verify checksum`: ETags that look like MD5s, of a service that makes them of anything, or that does not. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { prepareMemoryJobs, type Run } from '../testing/memory/jobs.ts'
import { createMemoryBucket, type MemoryBucket } from '../testing/memory/source.ts'
import type { StoredObject } from '../testing/objects/stored-objects.ts'

const { fileOf, begin, expectBytes } = prepareMemoryJobs()

const BYTES = 1_200_000
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
/** No checksum is kept; its ETag is an MD5. */
const sound = (name: string): StoredObject => ({
  key: `archive/${name}.nc`,
  size: BYTES,
  upload: 'whole',
  checksum: 'none',
})
/** Nor is one of these, and its ETag is of other bytes, or of none. */
const odd = (name: string): StoredObject => ({
  ...sound(name),
  etag: Buffer.from(name.padEnd(16, '.')).toString('hex'),
})

const told = ({ events }: Run) => events.filter(({ code }) => code === 'etags-no-checksums')

/** Each time that bytes are sent, another one of them is wrong. */
function flipAnywhere(bucket: MemoryBucket): MemoryBucket {
  let sent = 0
  return {
    ...bucket,
    read(object, target, start, length) {
      bucket.read(object, target, start, length)
      const at = sent++ % length
      target[at] = (target[at] as number) ^ 1
    },
  }
}

describe('objects that come twice with the same bytes, and do not match their ETags', () => {
  it('three of them, where none matches: all land, are counted as unproven, and it is said once', async () => {
    const objects = NAMES.map(odd)
    const bucket = createMemoryBucket(objects)
    const run = begin(bucket, { verify: 'checksum' })
    expect(await run.download.finished).toMatchObject({
      status: 'completed',
      objectsDone: 6,
      objectsFailed: 0,
      objectsUnproven: 6,
    })
    expect(told(run)).toMatchObject([{ reason: { objects: 3 } }])
    await expectBytes(bucket, objects)
  })

  it('cost no more than what was on its way by then', async () => {
    const objects = Array.from({ length: 60 }, (_, at) => odd(`object ${10 + at}`))
    const { bytesDone, bytesFetched } = await begin(createMemoryBucket(objects), { verify: 'checksum' }).download
      .finished
    expect(bytesDone).toBe(60 * BYTES)
    // Of four threads some ten objects are open at a time.
    expect(bytesFetched / BYTES).toBeLessThan(80)
  })

  const rows: [sentence: string, objects: StoredObject[], failed: string[]][] = [
    ['one or two: they may be damaged where they are stored, and fail by name', [odd('a'), odd('b')], ['a', 'b']],
    [
      'three, beside one that matches: here ETags are MD5s',
      [odd('b'), odd('c'), odd('d'), sound('a'), sound('e')],
      ['b', 'c', 'd'],
    ],
  ]
  it.each(rows)('%s', async (_, objects, failed) => {
    const run = begin(createMemoryBucket(objects), { verify: 'checksum' })
    const summary = await run.download.finished
    expect(summary).toMatchObject({ objectsFailed: failed.length, objectsUnproven: 0 })
    expect(summary.failed.map(({ key, failure }) => [key, failure]).sort()).toEqual(
      failed.map((name) => [odd(name).key, 'corrupt']),
    )
    expect(told(run)).toEqual([])
    for (const name of failed) expect(existsSync(fileOf(odd(name)))).toBe(false)
  })

  it('three, where an earlier run has landed others: these show what ETags are', async () => {
    const earlier = [sound('x'), sound('y')]
    await begin(createMemoryBucket(earlier)).download.finished
    const now = createMemoryBucket([...earlier, odd('a'), odd('b'), odd('c')])
    const run = begin(now, { verify: 'checksum' })
    expect(await run.download.finished).toMatchObject({ objectsSkipped: 2, objectsFailed: 3, objectsUnproven: 0 })
    expect(told(run)).toEqual([])
  })
})

it('bytes that are wrong each time anew are never taken for the object, however many', async () => {
  const bucket = createMemoryBucket(NAMES.map(sound))
  const run = begin(flipAnywhere(bucket), { verify: 'checksum' })
  expect(await run.download.finished).toMatchObject({ objectsDone: 0, objectsFailed: 6, objectsUnproven: 0 })
  expect(told(run)).toEqual([])
})
