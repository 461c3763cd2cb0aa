import { expect, it } from 'vitest'
import { success } from '../../../shared/failure.ts'
import type { ListPage } from '../engine-ports.ts'
import { createPageReader } from './page-reader.ts'

const page = (key: string | undefined, continuation: string): ListPage => ({
  objects: key === undefined ? [] : [{ key, size: 1, etag: 'e', lastModified: 0, storageClass: 'STANDARD' }],
  prefixes: [],
  continuation,
})

const rows: [what: string, answer: (count: number) => ListPage, most?: number][] = [
  ['the same token', () => page('a', 'again')],
  ['three tokens in turn', (count) => page(String(count % 3), `token ${count % 3}`), 20],
  ['the same page under new tokens', (count) => page('a', `token ${count}`)],
  ['three pages in turn', (count) => page(String(count % 3), `token ${count}`)],
  ['pages without a key', (count) => page(undefined, `token ${count}`)],
]
it.each(rows)('lets go of a listing that goes round for ever: %s', async (_what, answer, most = 300) => {
  let asked = 0
  const reader = createPageReader(async () => success(answer(asked++)), 0)
  for (;;) {
    const taken = await reader.next()
    if (taken?.ok) continue
    expect(taken).toMatchObject({ failure: { class: 'protocol', code: 'listing-repeats' } })
    break
  }
  expect(asked).toBeLessThan(most)
  expect(await reader.next()).toBeUndefined()
})

it('bears with many pages that bring nothing new, as long as others do', async () => {
  let asked = 0
  const isNews = (count: number) => count % 200 === 0
  const reader = createPageReader(async () => {
    const count = asked++
    return success(page(isNews(count) ? `key ${count}` : undefined, `token ${count}`))
  }, 0)
  for (let taken = 0; taken < 1000; taken++) expect((await reader.next())?.ok).toBe(true)
})
