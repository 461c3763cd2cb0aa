import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { listBucketXml } from '../testing/fault-server/s3-answers.ts'
import { readListing } from './read-listing.ts'

const page = (keys: string[], urlEncoded: boolean, prefixes: string[] = []) =>
  listBucketXml({
    bucket: 'b',
    prefix: '',
    delimiter: prefixes.length > 0 ? '/' : '',
    maxKeys: 1000,
    urlEncoded,
    entries: keys.map((key, index) => ({
      key,
      size: index,
      etag: `e${index}`,
      lastModified: 1_700_000_000_000,
      storageClass: 'STANDARD',
    })),
    prefixes,
    continuation: undefined,
  })

describe('what S3 lists is read to the letter', () => {
  const STRANGE = ['a b', 'a+b', 'a%20b', '中文/é.nc', '<&>"\'', 'a//b', '/a', 'x\u0001y']
  test.each([true, false])('url-encoded: %s', (urlEncoded) => {
    const keys = urlEncoded ? STRANGE : STRANGE.slice(0, -1)
    const listing = readListing(page(keys, urlEncoded, ['p q/', 'ü/']))
    expect(listing?.objects.map((object) => object.key)).toEqual(keys)
    expect(listing?.objects[1]).toMatchObject({ size: 1, etag: 'e1', lastModified: 1_700_000_000_000 })
    expect(listing?.prefixes).toEqual(['p q/', 'ü/'])
  })

  test('for any keys', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 20 }), (keys) => {
        expect(readListing(page(keys, true))?.objects.map((object) => object.key)).toEqual(keys)
      }),
    )
  })
})

test.each<[string, string]>([
  ['a page of another kind', '<html><body>hello</body></html>'],
  ['half a document', page(['a'], true).slice(0, 200)],
  ['a size that is none', page(['a'], true).replace('<Size>0</Size>', '<Size>-1</Size>')],
  ['a tag with attributes', page(['a'], true).replace('<Contents>', '<Contents type="object">')],
  ['a tag with a space', page(['a'], true).replaceAll('Contents>', 'Contents >')],
  ['a document with entities of its own', `<!DOCTYPE x [<!ENTITY a "b">]>${page(['a'], true)}`],
])('%s is left to the SDK', (_, xml) => {
  expect(readListing(xml)).toBeUndefined()
})

test.each<[string, string, number]>([
  [
    'spaces around what is no text',
    page(['a'], true).replace(/<(Size|LastModified)>([^<]*)/g, '<$1>\n  $2\n'),
    1_700_000_000_000,
  ],
  ['no date: unknown', page(['a'], true).replace(/<LastModified>[^<]*<\/LastModified>/, ''), 0],
  ['a date that is none: unknown', page(['a'], true).replace(/(<LastModified>)[^<]*/, '$1yesterday'), 0],
  ['the year 1: unknown', page(['a'], true).replace(/(<LastModified>)[^<]*/, '$10001-01-01T00:00:00Z'), 0],
  ['the year 3000: unknown', page(['a'], true).replace(/(<LastModified>)[^<]*/, '$13000-01-01T00:00:00Z'), 0],
  ['an empty date: unknown', page(['a'], true).replace(/<LastModified>[^<]*<\/LastModified>/, '<LastModified/>'), 0],
])('%s', (_, xml, lastModified) => {
  expect(readListing(xml)?.objects).toMatchObject([{ key: 'a', size: 0, lastModified }])
})

test.each([
  'abc',
  '"abc"',
  '&quot;&quot;abc&quot;&quot;',
  '&quot;"abc"&quot;',
  'W/&quot;abc&quot;',
  '&amp;quot;abc&amp;quot;',
])('the ETag of %s is abc', (written) => {
  const xml = page(['a'], true).replace(/<ETag>[^<]*/, `<ETag>${written}`)
  expect(readListing(xml)?.objects[0]?.etag).toBe('abc')
})

test('a time that names no zone is UTC, wherever this machine stands', () => {
  vi.stubEnv('TZ', 'Asia/Shanghai')
  onTestFinished(() => void vi.unstubAllEnvs())
  const xml = page(['a'], true).replace(/(<LastModified>)[^<]*/, '$12023-11-14T22:13:20')
  expect(readListing(xml)?.objects[0]?.lastModified).toBe(1_700_000_000_000)
})

test('spaces around the word that there is more do not end the listing', () => {
  const xml = (said: string) => page(['a'], true).replace(/<IsTruncated>[^<]*/, `<IsTruncated>${said}`)
  expect(readListing(xml(' true\n'))?.isTruncated).toBe(true)
  expect(readListing(xml('True'))?.isTruncated).toBe(true)
  // The rest of the bucket would be passed over.
  expect(readListing(xml('1'))).toBeUndefined()
})

test('never throws, whatever comes', () => {
  fc.assert(fc.property(fc.string(), (text) => void readListing(`<ListBucketResult>${text}</ListBucketResult>`)))
})
