/** Folders listed side by side: against servers that know the delimiter, and such as do not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ListPage, ObjectSource } from '../engine-ports.ts'
import { createMemoryBucket, createMemorySource } from '../testing/memory/source.ts'
import { listObjects } from './list-objects.ts'

type ListPageRequest = Parameters<ObjectSource['listPage']>[0]
type Server = (
  request: ListPageRequest,
  honest: (request: ListPageRequest) => Promise<Outcome<ListPage>>,
) => Promise<Outcome<ListPage>>

const withoutDelimiter = ({ delimiter: _ignored, ...request }: ListPageRequest) => request

const SERVERS: Record<string, Server> = {
  'as S3 does': (request, honest) => honest(request),
  'without knowing the delimiter': (request, honest) => honest(withoutDelimiter(request)),
  'refusing the delimiter': async (request, honest) =>
    request.delimiter ? failed({ class: 'protocol', httpStatus: 501 }) : honest(request),
  'with the objects of folders beside the folders': async (request, honest) => {
    const plain = await honest(withoutDelimiter(request))
    const folders = await honest(request)
    return plain.ok && folders.ok ? success({ ...plain.value, prefixes: folders.value.prefixes }) : plain
  },
  'naming each folder twice': async (request, honest) => {
    const page = await honest(request)
    return page.ok ? success({ ...page.value, prefixes: page.value.prefixes.flatMap((name) => [name, name]) }) : page
  },
}

async function list(keys: readonly string[], prefix: string, options: { server?: Server; pageSize?: number } = {}) {
  const source = createMemorySource({ bucket: createMemoryBucket(keys.map((key) => ({ key, size: 1 }))) })
  const { server = SERVERS['as S3 does'] as Server, pageSize = 3 } = options
  const signal = new AbortController().signal
  const listed: string[] = []
  let [asked, atOnce, mostAtOnce] = [0, 0, 0]
  const outcome = await listObjects({
    prefix,
    signal,
    source: {
      async listPage(request) {
        asked++
        mostAtOnce = Math.max(mostAtOnce, ++atOnce)
        await new Promise((resolve) => setImmediate(resolve))
        const page = await server(request, (honest) => source.listPage({ ...honest, pageSize }, signal))
        atOnce--
        return page
      },
    },
    retryAfterMs: () => undefined,
    sleep: async () => {},
    onPage: (objects) => void listed.push(...objects.map(({ key }) => key)),
  })
  return { outcome, listed, asked, mostAtOnce }
}

const inKeyOrder = (keys: Iterable<string>) => [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
const numbered = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index))
const two = (index: number) => String(index).padStart(2, '0')

const LAYOUTS: Record<string, string[]> = {
  'one page': ['p/a', 'p/b/c'],
  flat: numbered(40, (index) => `p/${two(index)}`),
  'many folders': numbered(60, (index) => `p/${two(index % 20)}/${index}`),
  'one huge folder among small ones': [...numbered(60, (index) => `p/m/${two(index)}`), 'p/a/1', 'p/b/1', 'p/z/1'],
  'three levels': numbered(90, (index) => `p/${index % 3}/${index % 9}/${two(index)}`),
  'a chain of single folders': numbered(30, (index) => `p/a/b/c/d/${two(index)}`),
  'objects between folders, folder markers, empty names': [
    ...numbered(12, (index) => `p/${two(index)}`),
    ...numbered(12, (index) => `p/${two(index)}/x`),
    ...['p/', 'p/03/', 'p//x', 'p///', 'p/03!', 'p/03/é/1', 'p/\u{1f600}/1', 'p/\uffee/1'],
  ],
  'keys of other prefixes around': ['o/1', ...numbered(20, (index) => `p/${index % 5}/${two(index)}`), 'q/1'],
}

describe.each(Object.entries(SERVERS))('a server %s', (_name, server) => {
  it.each(Object.entries(LAYOUTS))('%s: every key once, in order', async (_layout, keys) => {
    const { outcome, listed } = await list(keys, 'p/', { server })
    expect(outcome).toEqual(success(undefined))
    expect(listed).toEqual(inKeyOrder(keys.filter((key) => key.startsWith('p/'))))
  })

  it('whatever the keys, the prefix and the size of a page', async () => {
    const segment = fc.constantFrom('', 'a', 'b', 'B', 'a!', 'é', '\u{1f600}', '\uffee', '0', '%2F')
    const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'))
    const keys = fc.uniqueArray(
      key.filter((text) => text !== ''),
      { maxLength: 120 },
    )
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.constantFrom('', 'a', 'a/', 'a//', 'b/é/'),
        fc.integer({ min: 1, max: 12 }),
        async (all, prefix, pageSize) => {
          const { outcome, listed } = await list(all, prefix, { server, pageSize })
          expect(outcome).toEqual(success(undefined))
          expect(listed).toEqual(inKeyOrder(all.filter((one) => one.startsWith(prefix))))
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('what it costs', () => {
  it('small prefixes are asked for as ever: a request a page', async () => {
    expect(
      (
        await list(
          numbered(6, (index) => `p/${index}/x`),
          'p/',
        )
      ).asked,
    ).toBe(2)
  })

  it('so are flat ones, however long', async () => {
    expect((await list(LAYOUTS.flat ?? [], 'p/')).asked).toBe(Math.ceil(40 / 3))
  })

  it('and such as lie in folders of a few keys', async () => {
    const keys = numbered(120, (index) => `p/${two(index)}/x`)
    const { asked, listed } = await list(keys, 'p/', { pageSize: 10 })
    expect(listed).toEqual(inKeyOrder(keys))
    expect(asked).toBe(120 / 10 + 1)
  })

  it('folders are listed side by side, eight at most and one reader of folders', async () => {
    const { mostAtOnce } = await list(LAYOUTS['many folders'] ?? [], 'p/')
    expect(mostAtOnce).toBeGreaterThanOrEqual(4)
    expect(mostAtOnce).toBeLessThanOrEqual(9)
  })
})

it('a folder that cannot be listed ends the listing by name, behind what came before it', async () => {
  const keys = numbered(40, (index) => `p/${index % 4}/${two(index)}`)
  const { outcome, listed } = await list(keys, 'p/', {
    server: async (request, honest) =>
      request.prefix === 'p/2/' ? failed({ class: 'denied', subject: 'p/2/' }) : honest(request),
  })
  expect(outcome).toEqual(failed({ class: 'denied', subject: 'p/2/' }))
  expect(listed).toEqual(inKeyOrder(keys.filter((key) => key < 'p/2')))
})

it('a server that names the same next page for ever is left', async () => {
  const { outcome } = await list(numbered(40, two), '', {
    server: async ({ continuation: _same, ...request }, honest) => {
      const page = await honest(request)
      return page.ok ? success({ ...page.value, continuation: 'again' }) : page
    },
  })
  expect(outcome).toEqual(failed({ class: 'protocol', code: 'listing-repeats' }))
})
