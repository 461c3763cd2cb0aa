/**
 * What every `ObjectSource` owes the engine, whatever stands behind it. Called from `object-source.test.ts` for the
 * source in memory, and for the SDK's against the fault server and against s3rver.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListPage, ObjectSource } from '../engine-ports.ts'
import { compareKeys, type StoredObject } from './objects/stored-objects.ts'

export type ConformanceBuckets = Record<'conformance' | 'vacant', readonly StoredObject[]>

export type SourceWorld = {
  /** A source for this bucket: one of the seeded ones, `nowhere`, or `denied`. The suite closes it. */
  open(bucket: keyof ConformanceBuckets | 'nowhere' | 'denied'): ObjectSource
  close(): Promise<void>
}

export type SourceLimits = {
  /** Keys that this world cannot even store, and why. */
  cannotStore?: Record<string, string>
  /** Tests that do not apply, and why. */
  without?: Partial<Record<'denied' | 'parts' | 'checksums' | 'paging' | 'nested-prefixes', string>>
}

const STRANGE_KEYS = [
  'strange/with space.nc',
  'strange/plus+sign.nc',
  'strange/percent%41.nc',
  'strange/percent%zz.nc',
  'strange/温度-é.nc',
  'strange/wave-🌊.nc',
  'strange/\uff5e-sorts-before-the-wave-in-UTF-8-only.nc',
  'strange/double//slash.nc',
  '/leading-slash.nc',
  'strange/ampersand&<angle>"quotes\'.nc',
  'strange/question?mark#hash.nc',
  'strange/equals=semi;comma,at@dollar$.nc',
  'strange/(round)[square]{curly}!*.nc',
  'strange/back\\slash.nc',
  'strange/colon:pipe|caret^tilde~.nc',
  'strange/folder-marker/',
  'strange/dots/../up.nc',
  'strange/control\u0001character.nc',
]

const made = (key: string, size = 10 + key.length): StoredObject => ({
  key,
  size,
  content: createHash('shake256', { outputLength: Math.max(1, size) })
    .update(key)
    .digest()
    .subarray(0, size),
})

const PARTS_KEY = 'parts/in-three.nc'
const MANY = Array.from({ length: 25 }, (_, index) => `many/object-${String(index).padStart(2, '0')}.nc`)
const DEEP = ['deep/1.nc', 'deep/a/1.nc', 'deep/a/2.nc', 'deep/b/c/1.nc', 'deep/z.nc', 'deeper.nc']

const checksummed: StoredObject = { ...made('checksum/text.nc'), checksum: 'CRC32' }
const inParts: StoredObject = { ...made(PARTS_KEY, 2500), upload: { partBytes: 1000 } }

export function describeObjectSource(
  name: string,
  startWorld: (buckets: ConformanceBuckets) => Promise<SourceWorld>,
  { cannotStore = {}, without = {} }: SourceLimits = {},
): void {
  const objects = [...MANY, ...DEEP, ...STRANGE_KEYS.filter((key) => !(key in cannotStore))]
    .map((key) => made(key, key.endsWith('/') ? 0 : undefined))
    .concat(checksummed, inParts)
    .sort((a, b) => compareKeys(a.key, b.key))
  const keys = objects.map(({ key }) => key)
  const below = (prefix: string) => keys.filter((key) => key.startsWith(prefix))
  const signal = new AbortController().signal

  describe(`an object source: ${name}`, () => {
    let world: SourceWorld
    let source: ObjectSource
    beforeAll(async () => {
      world = await startWorld({ conformance: objects, vacant: [] })
      source = world.open('conformance')
    })
    afterAll(async () => {
      source.close()
      await world.close()
    })

    type ListRequest = Parameters<ObjectSource['listPage']>[0]
    async function listAll(request: ListRequest): Promise<ListPage[]> {
      const pages: ListPage[] = []
      for (let continuation: string | undefined; ; ) {
        const page = await source.listPage({ ...request, ...(continuation ? { continuation } : {}) }, signal)
        if (!page.ok) throw new Error(JSON.stringify(page.failure))
        pages.push(page.value)
        continuation = page.value.continuation
        if (continuation === undefined) return pages
        if (pages.length > keys.length + 1) throw new Error('the listing does not end')
      }
    }
    const keysOf = (pages: ListPage[]) => pages.flatMap((page) => page.objects.map(({ key }) => key))
    const prefixesOf = (pages: ListPage[]) => pages.flatMap((page) => page.prefixes)

    it('lists every key once, in the order of the bytes of UTF-8', async () => {
      const listed = keysOf(await listAll({ prefix: '' }))
      expect(listed).toEqual(keys)
    })

    it('tells size, ETag without quotes and time of each', async () => {
      const [page] = await listAll({ prefix: 'many/' })
      for (const object of page?.objects ?? []) {
        const body = objects.find(({ key }) => key === object.key)?.content ?? Buffer.alloc(0)
        expect(object.size).toBe(body.length)
        expect(object.etag).toBe(createHash('md5').update(body).digest('hex'))
        expect(object.lastModified).toBeGreaterThan(Date.UTC(2020, 0, 1))
        expect(object.storageClass).toBe('STANDARD')
      }
    })

    it.skipIf(without.paging).each([1, 5, 7, 25, 1000])(
      'in pages of %i: every key once, no page too large, an end',
      async (pageSize) => {
        const pages = await listAll({ prefix: 'many/', pageSize })
        expect(keysOf(pages)).toEqual(MANY)
        expect(Math.max(...pages.map((page) => page.objects.length))).toBe(Math.min(25, pageSize))
        expect(pages.at(-1)).not.toHaveProperty('continuation')
      },
    )

    it.skipIf(without.paging)('gives the same page for the same continuation', async () => {
      const first = await source.listPage({ prefix: 'many/', pageSize: 10 }, signal)
      const continuation = first.ok ? (first.value.continuation ?? '') : ''
      const again = () => source.listPage({ prefix: 'many/', pageSize: 10, continuation }, signal)
      expect(keysOf([await again()].flatMap((page) => (page.ok ? [page.value] : [])))).toEqual(MANY.slice(10, 20))
      expect(await again()).toEqual(await again())
    })

    it.skipIf(without['nested-prefixes'])(
      'with a delimiter: objects of this level, and each sub-prefix once',
      async () => {
        const pages = await listAll({ prefix: 'deep/', delimiter: '/' })
        expect(keysOf(pages)).toEqual(['deep/1.nc', 'deep/z.nc'])
        expect(prefixesOf(pages)).toEqual(['deep/a/', 'deep/b/'])
        expect(keysOf(await listAll({ prefix: 'deep/' }))).toEqual(below('deep/'))
        expect(prefixesOf(await listAll({ prefix: 'deep/' }))).toEqual([])
      },
    )

    it.skipIf(without.paging)(
      'with a delimiter, entry by entry: nothing twice, nothing lost over the borders of pages',
      async () => {
        const pages = await listAll({ prefix: 'deep/', delimiter: '/', pageSize: 1 })
        expect(keysOf(pages)).toEqual(['deep/1.nc', 'deep/z.nc'])
        expect(prefixesOf(pages)).toEqual(['deep/a/', 'deep/b/'])
      },
    )

    it('with a delimiter: sub-prefixes that hold objects themselves', async () => {
      const pages = await listAll({ prefix: 'deep/', delimiter: '/' })
      expect(keysOf(pages)).toEqual(['deep/1.nc', 'deep/z.nc'])
      expect(prefixesOf(pages)).toContain('deep/a/')
    })

    it('a prefix need not end at a delimiter', async () => {
      expect(keysOf(await listAll({ prefix: 'deep' }))).toEqual(below('deep'))
      expect(keysOf(await listAll({ prefix: 'many/object-1' }))).toEqual(MANY.slice(10, 20))
    })

    it('begins behind a key', async () => {
      expect(keysOf(await listAll({ prefix: 'many/', startAfter: 'many/object-20.nc' }))).toEqual(MANY.slice(21))
    })

    it.skipIf(without.paging)('begins behind a key and goes on in pages', async () => {
      const pages = await listAll({ prefix: 'many/', startAfter: 'many/object-20.nc', pageSize: 2 })
      expect(keysOf(pages)).toEqual(MANY.slice(21))
    })

    it('a prefix without objects, and a bucket without objects, are empty pages and no failure', async () => {
      const empty = { ok: true, value: { objects: [], prefixes: [] } }
      expect(await source.listPage({ prefix: 'nothing/' }, signal)).toEqual(empty)
      const vacant = world.open('vacant')
      expect(await vacant.listPage({ prefix: '' }, signal)).toEqual(empty)
      vacant.close()
    })

    for (const key of STRANGE_KEYS) {
      const problem = cannotStore[key]
      it.skipIf(problem)(`carries ${JSON.stringify(key)} unchanged${problem ? ` (${problem})` : ''}`, async () => {
        expect(keysOf(await listAll({ prefix: key }))).toEqual(below(key))
        const head = await source.headObject(key, {}, signal)
        const body = objects.find((object) => object.key === key)?.content
        const etag = createHash('md5')
          .update(body ?? '')
          .digest('hex')
        expect(head).toMatchObject({ ok: true, value: { size: body?.length, etag, partCount: 1 } })
      })
    }

    it.skipIf(without.checksums)('tells a checksum when asked for it', async () => {
      const head = await source.headObject(checksummed.key, { checksums: true }, signal)
      expect(head).toMatchObject({
        ok: true,
        value: { checksumType: 'FULL_OBJECT', checksums: { CRC32: expect.stringMatching(/^[\w+/]{6}==$/) } },
      })
      const unasked = await source.headObject(checksummed.key, {}, signal)
      expect(unasked).toMatchObject({ ok: true, value: { checksumType: '', checksums: {} } })
    })

    it.skipIf(without.parts)('tells the parts of an upload in parts', async () => {
      const head = await source.headObject(PARTS_KEY, { partNumber: 3 }, signal)
      expect(head).toMatchObject({
        ok: true,
        value: { size: 500, partCount: 3, etag: expect.stringMatching(/^[0-9a-f]{32}-3$/) },
      })
      expect(await source.headObject(PARTS_KEY, {}, signal)).toMatchObject({ ok: true, value: { size: 2500 } })
    })

    it('names a missing key', async () => {
      const head = await source.headObject('many/no such.nc', {}, signal)
      expect(head).toMatchObject({ ok: false, failure: { class: 'missing', subject: 'many/no such.nc' } })
    })

    it('tries whether an object can be had', async () => {
      expect(await source.tryObject({ key: 'deeper.nc', etag: 'e' }, signal)).toEqual({ ok: true, value: undefined })
      const missing = { ok: false, failure: { class: 'missing', subject: 'many/no such.nc' } }
      expect(await source.tryObject({ key: 'many/no such.nc', etag: '' }, signal)).toMatchObject(missing)
    })

    it('names a missing bucket', async () => {
      const nowhere = world.open('nowhere')
      const page = await nowhere.listPage({ prefix: '' }, signal)
      expect(page).toMatchObject({ ok: false, failure: { class: 'missing-bucket', subject: 'nowhere' } })
      nowhere.close()
    })

    it.skipIf(without.denied)('says when access is denied', async () => {
      const denied = world.open('denied')
      const page = await denied.listPage({ prefix: '' }, signal)
      expect(page).toMatchObject({ ok: false, failure: { class: 'denied', httpStatus: 403, subject: 'denied' } })
      expect(await denied.headObject('x', {}, signal)).toMatchObject({ ok: false, failure: { class: 'denied' } })
      denied.close()
    })

    it('is cancelled, not failed, by whoever asked', async () => {
      const aborted = AbortSignal.abort()
      const cancelled = { ok: false, failure: { class: 'cancelled' } }
      expect(await source.listPage({ prefix: '' }, aborted)).toMatchObject(cancelled)
      expect(await source.headObject('deeper.nc', {}, aborted)).toMatchObject(cancelled)
      expect(await source.tryObject({ key: 'deeper.nc', etag: '' }, aborted)).toMatchObject(cancelled)
    })

    it('tells the data plane where to ask', async () => {
      const endpoint = await source.endpoint(signal)
      expect(endpoint).toMatchObject({ ok: true, value: { basePath: expect.stringMatching(/^\/(.*\/)?$/) } })
    })
  })
}
