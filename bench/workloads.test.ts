import { describe, expect, it } from 'vitest'
import { listingPages, nginxEtag } from './listing-pages.ts'
import { bytesOf, countOf, describe as describeWork, FULL_WORKLOADS, objectsOf, type Workload } from './workloads.ts'

const work: Workload = {
  name: 'mixed',
  groups: [
    { count: 2, bytes: 10 },
    { count: 2000, bytes: 3 },
  ],
}
const modified = new Date('2025-10-31T12:00:00.000Z')

describe('work loads', () => {
  it('has as many objects and bytes as it says, with keys in listing order', () => {
    const objects = objectsOf(work)
    const keys = objects.map(({ key }) => key)
    expect(objects).toHaveLength(countOf(work))
    expect(objects.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesOf(work))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toEqual([...keys].sort())
  })
  it('is described with its sizes', () => {
    expect(FULL_WORKLOADS.map(describeWork)).toEqual([
      '8 x 256 MiB',
      '10,000 x 64 KiB',
      '2 x 256 MiB + 32 x 8 MiB + 2,000 x 64 KiB',
    ])
  })
})

describe('listing pages', () => {
  const objects = objectsOf(work)
  const pages = listingPages('bench', 'mixed/', objects, modified)

  it('holds every key once, a thousand to a page', () => {
    const keys = pages.map((page) => [...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1]))
    expect(keys.map((page) => page.length)).toEqual([1000, 1000, 2])
    expect(keys.flat()).toEqual(objects.map(({ key }) => key))
  })
  it('leads from each page to the next, and says at the last that it is the last', () => {
    const next = pages.map((page) => /<NextContinuationToken>([^<]*)</.exec(page)?.[1])
    expect(next).toEqual(['page-2', 'page-3', undefined])
    expect(pages.map((page) => page.includes('<IsTruncated>true<'))).toEqual([true, true, false])
  })
  it('is one empty page for nothing', () => {
    expect(listingPages('bench', 'none/', [], modified).map((page) => page.includes('<Contents>'))).toEqual([false])
  })
  it('names the ETag that nginx sends', () => {
    expect(nginxEtag(new Date(0x68e3a400 * 1000), 0x4000)).toBe('68e3a400-4000')
  })
})
