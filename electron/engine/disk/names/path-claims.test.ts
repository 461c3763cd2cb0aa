import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPathClaims, type PathClaims } from './path-claims.ts'
import { isSafePath } from './safe-path.ts'

const newClaims = () => createPathClaims({ random: () => 0.37, bucket: 'era5' })
const claim = (claims: PathClaims, key: string, size = 1) => claims.claim(key, key, size)

describe('keys that would meet on some machine get different names, the later one a hash', () => {
  test.each([
    ['upper and lower case', ['Data.nc', 'data.nc'], ['Data.nc', /^data~[0-9a-z]{10}\.nc$/]],
    ['two spellings of one letter', ['\u00e9.nc', 'e\u0301.nc'], ['\u00e9.nc', /^e\u0301~[0-9a-z]{10}\.nc$/]],
    ['long s, sharp s', ['strasse', 'stra\u00dfe', '\u017ftrasse'], ['strasse', /^stra\u00dfe~/, /^\u017ftrasse~/]],
    ['file, then folder of its name', ['a', 'a/b', 'a/c'], ['a', /^a~(\w{10})\/b$/, /^a~(\w{10})\/c$/]],
    ['folder, then file of its name', ['a/b', 'a'], ['a/b', /^a~\w{10}$/]],
    ['folder in other case, then file', ['A/b', 'a'], ['A/b', /^a~\w{10}$/]],
    ['unfinished name, then its object', ['x.part', 'x'], ['x.part', /^x~\w{10}$/]],
    ['object, then its unfinished name', ['x', 'x.part'], ['x', /^x~\w{10}\.part$/]],
    ['object, then a folder of its unfinished name', ['x', 'x.PART/y'], ['x', /^x~\w{10}\.PART\/y$/]],
    ['folder of an unfinished name, then the object', ['x.part/y', 'x'], ['x.part/y', /^x~\w{10}$/]],
    ['markers and files of one folder', ['a/', 'a/b', 'a/c'], ['a', 'a/b', 'a/c']],
    [
      'folders that differ in case may share: their files differ',
      ['A/x', 'a/y', 'a/X'],
      ['A/x', 'a/y', /^a\/X~\w{10}$/],
    ],
  ] as [string, string[], (string | RegExp)[]][])('%s', (_, keys, expected) => {
    const claims = newClaims()
    const paths = keys.map((key) => claim(claims, key, key.endsWith('/') ? 0 : 1).path)
    for (const [index, want] of expected.entries()) {
      if (typeof want === 'string') expect(paths[index]).toBe(want)
      else expect(paths[index]).toMatch(want)
    }
  })

  test('objects below a renamed folder stay together', () => {
    const claims = newClaims()
    const [, first, second] = ['a', 'a/b', 'a/c'].map((key) => claim(claims, key).path.split('/')[0])
    expect(first).toBe(second)
  })
})

test('asking twice gives the same path', () => {
  const claims = newClaims()
  for (const key of ['x', 'X', 'x/y', 'a//b']) expect(claim(claims, key)).toEqual(claim(claims, key))
})

describe('what an earlier run recorded', () => {
  test('wins over the order of this listing', () => {
    const claims = newClaims()
    expect(claims.remember({ bucket: 'era5', key: 'data.nc', path: 'data.nc' })).toBe(true)
    expect(claims.remember({ bucket: 'era5', key: 'x:y', path: 'x_y~0123456789' })).toBe(true)
    expect(claim(claims, 'Data.nc').path).toMatch(/^Data~/)
    expect(claim(claims, 'data.nc')).toEqual({ kind: 'file', path: 'data.nc', mapped: false })
    expect(claim(claims, 'x:y')).toEqual({ kind: 'file', path: 'x_y~0123456789', mapped: true })
  })

  test.each(['../../.bashrc', '/etc/passwd', '.longhaul/journal', 'a/../../b', 'C:\\x'])(
    '%s is not believed',
    (path) => {
      const claims = newClaims()
      expect(claims.remember({ bucket: 'era5', key: 'k', path: path })).toBe(false)
      expect(claim(claims, 'k').path).toBe('k')
    },
  )

  test('two keys recorded for one path: the second is not believed', () => {
    const claims = newClaims()
    expect(claims.remember({ bucket: 'era5', key: 'one', path: 'same~0123456789' })).toBe(true)
    expect(claims.remember({ bucket: 'era5', key: 'two', path: 'SAME~0123456789' })).toBe(false)
    expect(claim(claims, 'two').path).toBe('two')
  })

  test('the file of an object in another bucket is not taken', () => {
    const claims = newClaims()
    expect(claims.remember({ bucket: 'elsewhere', key: 'x', path: 'x' })).toBe(true)
    expect(claim(claims, 'x').path).toMatch(/^x~/)
  })
})

const letter = fc.constantFrom(
  'a',
  'A',
  'b',
  'é',
  'e\u0301',
  'É',
  'ß',
  'ss',
  '/',
  '/',
  '.',
  '.part',
  '.PART',
  'x',
  ' ',
  ':',
)
const key = fc.array(letter, { minLength: 1, maxLength: 7 }).map((letters) => letters.join(''))

test('for any keys: a case-blind, spelling-blind machine can hold all files, all folders and all unfinished files', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 2, maxLength: 40 }), fc.nat(), (keys, cut) => {
      // Some come from an earlier run, in its own order.
      const earlier = newClaims()
      const recorded = keys.slice(0, cut % keys.length).map((each) => [each, claim(earlier, each)] as const)
      const claims = newClaims()
      for (const [each, { path, kind }] of recorded)
        if (kind === 'file') expect(claims.remember({ bucket: 'era5', key: each, path: path })).toBe(true)

      const blind = (path: string) => path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFD')
      const files = new Map<string, string>()
      const folders = new Set<string>()
      for (const each of [...keys].reverse()) {
        const given = claim(claims, each)
        expect(isSafePath(given.path)).toBe(true)
        expect(given.path === each).toBe(!given.mapped)
        for (const name of [given.path, `${given.path}.part`]) {
          expect(files.get(blind(name))).toBeUndefined()
          files.set(blind(name), each)
        }
        const segments = given.path.split('/')
        for (let end = 1; end < segments.length; end++) folders.add(blind(segments.slice(0, end).join('/')))
      }
      for (const folder of folders) expect(files.has(folder)).toBe(false)
      for (const [each, { path }] of recorded) expect(claim(claims, each).path).toBe(path)
    }),
    { numRuns: 1000 },
  )
})

test('plain rows of a manifest, remembered from their bytes, leave what decoded ones leave', () => {
  const name = fc
    .array(fc.constantFrom('a', 'B', 'b', '/', '.', 'x1', '.part', '~', 'con', ' '), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
  const row = fc.record({ bucket: fc.constantFrom('era5', 'era5', 'era', 'other'), key: name, cut: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.array(name, { maxLength: 8 }), (rows, keys) => {
      const [fromBytes, fromRows] = [newClaims(), newClaims()]
      for (const { bucket, key, cut } of rows) {
        const path = key.slice(cut)
        const bytes = Buffer.from(`${bucket},${key},${path}`)
        const keyEnd = bucket.length + 1 + key.length
        const plain = { bytes, start: 0, bucketEnd: bucket.length, keyEnd, pathEnd: bytes.length }
        if (!fromBytes.rememberPlain(plain)) fromBytes.remember({ bucket, key, path })
        fromRows.remember({ bucket, key, path })
      }
      for (const each of [...keys, ...rows.map(({ key }) => key)])
        expect(claim(fromBytes, each)).toEqual(claim(fromRows, each))
    }),
    { numRuns: 2000 },
  )
})
