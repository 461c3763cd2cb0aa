import { describe, expect, it } from 'vitest'
import { createObjectTable } from './object-table.ts'

describe('the table of objects', () => {
  const row = (key: string, size = 1) => ({ key, size, etag: 'e', lastModified: 5, storageClass: 'STANDARD' })

  it('counts states, and tells the progress of a row by its state', () => {
    const table = createObjectTable(() => 7)
    for (const key of ['a', 'b', 'c', 'd']) table.add(row(key, 10))
    table.setState(1, 'active')
    table.setState(2, 'done')
    table.setState(3, 'failed', 'denied')
    expect(table.query({ filter: 'all', search: '', offset: 0, limit: 9 }).rows).toEqual([
      { index: 0, key: 'a', size: 10, bytesDone: 0, state: 'waiting' },
      { index: 1, key: 'b', size: 10, bytesDone: 7, state: 'active' },
      { index: 2, key: 'c', size: 10, bytesDone: 10, state: 'done' },
      { index: 3, key: 'd', size: 10, bytesDone: 7, state: 'failed', failure: 'denied' },
    ])
    expect([table.count('waiting'), table.count('failed'), table.bytesTotal]).toEqual([1, 1, 40])
    table.setState(3, 'waiting')
    expect([table.count('waiting'), table.failure(3)]).toEqual([2, undefined])
  })

  it.each<[object, number, string[]]>([
    [{}, 6, ['a/One', 'a/two', 'b/one', 'b/two', 'c', 'd']],
    [{ offset: 4 }, 6, ['c', 'd']],
    [{ limit: 2 }, 6, ['a/One', 'a/two']],
    [{ search: 'ONE' }, 2, ['a/One', 'b/one']],
    [{ search: 'two', offset: 1 }, 2, ['b/two']],
    [{ filter: 'done' }, 2, ['b/one', 'b/two']],
    [{ filter: 'done', search: 'one' }, 1, ['b/one']],
    [{ search: 'nothing' }, 0, []],
  ])('%j finds %i', (query, total, keys) => {
    const table = createObjectTable(() => 0)
    for (const key of ['a/One', 'a/two', 'b/one', 'b/two', 'c', 'd']) table.add(row(key))
    table.setState(2, 'done')
    table.setState(3, 'done')
    const found = table.query({ filter: 'all', search: '', offset: 0, limit: 9, ...query })
    expect([found.total, found.rows.map(({ key }) => key)]).toEqual([total, keys])
  })

  it('keeps what it knows when it grows, and takes what an object has become', () => {
    const table = createObjectTable(() => 0)
    for (let index = 0; index < 5000; index++) expect(table.add(row(`k${index}`, index))).toBe(index)
    table.repin(4999, 'new', 1, 6)
    expect([table.size(3), table.size(4999), table.etag(4999), table.lastModified(4999)]).toEqual([3, 1, 'new', 6])
    expect(table.bytesTotal).toBe((4998 * 4999) / 2 + 1)
  })
})
