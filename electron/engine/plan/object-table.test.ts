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

  const bySize = { by: 'size', isReversed: false }
  const byState = { by: 'state', isReversed: false }
  it.each<[string, object, string[]]>([
    ['the largest first, as listed where alike', { sort: bySize }, ['d', 'b', 'e', 'a', 'c']],
    ['the smallest first', { sort: { ...bySize, isReversed: true } }, ['c', 'a', 'e', 'b', 'd']],
    ['a window of them', { sort: bySize, offset: 1, limit: 2 }, ['b', 'e']],
    ['those of one state', { sort: bySize, filter: 'waiting' }, ['b', 'e', 'c']],
    ['those that are searched for', { sort: bySize, search: 'B' }, ['b']],
    ['what failed, then what is under way, waits, is done', { sort: byState }, ['d', 'b', 'c', 'e', 'a']],
    ['the other way round', { sort: { ...byState, isReversed: true } }, ['a', 'e', 'c', 'b', 'd']],
  ])('sorts: %s', (_, query, keys) => {
    const table = createObjectTable(() => 0)
    for (const [key, size] of Object.entries({ a: 7, b: 70_000, c: 0, d: 5e12, e: 9 })) table.add(row(key, size))
    // Looked at before the size changed: an order that was kept is made anew.
    table.query({ filter: 'all', search: '', offset: 0, limit: 9, sort: { by: 'size', isReversed: false } })
    table.repin(4, 'new', 70_000, 6)
    table.setState(0, 'done')
    table.setState(3, 'failed', 'denied')
    const found = table.query({ filter: 'all', search: '', offset: 0, limit: 9, ...query })
    expect(found.rows.map(({ key }) => key)).toEqual(keys)
  })

  it('keeps what it knows when it grows, and takes what an object has become', () => {
    const table = createObjectTable(() => 0)
    for (let index = 0; index < 5000; index++) expect(table.add(row(`k${index}`, index))).toBe(index)
    table.repin(4999, 'new', 1, 6)
    expect([table.size(3), table.size(4999), table.etag(4999), table.lastModified(4999)]).toEqual([3, 1, 'new', 6])
    expect(table.bytesTotal).toBe((4998 * 4999) / 2 + 1)
  })
})
