import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOrdinaryName, isSafePath, safePath } from './safe-path.ts'

const H = '~[0-9a-z]{10}'
const matching = (pattern: string) => new RegExp(`^${pattern}$`)

describe('ordinary keys keep their names', () => {
  test.each([
    'e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc',
    'e5.oper.an.pl/202510/e5.oper.an.pl.128_131_u.ll025uv.2025103100_2025103123.nc',
    'S2A_MSIL1C_20250101/GRANULE/L1C/IMG_DATA/T31UDQ_B02.jp2',
    'a b/c d.txt',
    'year=2025/month=10/part-0000.parquet',
    "x+y%20z&=@!,;()[]{}#$^`'.bin",
    '数据/温度 2025.nc',
    'Größe/naïve.csv',
    '\u{1f600}.txt',
    '.hidden/.env',
    '...three-dots',
    'console.log',
    'COM10',
    'null',
    'com1x.txt',
    'backup~',
    'file~old.txt',
    'a'.repeat(250),
  ])('%s', (key) => {
    expect(safePath(key, 1)).toMatchObject({ kind: 'file', path: key, mapped: false })
  })
})

describe('names that no machine may be given', () => {
  test.each([
    ['..', `__${H}`],
    ['../../etc/passwd', `__${H}/__${H}/etc/passwd`],
    ['a/../b', `a/__${H}/b`],
    ['a/./b', `a/_${H}/b`],
    ['/etc/passwd', `_${H}/etc/passwd`],
    ['a//b', `a/_${H}/b`],
    ['C:\\Windows\\x.dll', `C__Windows_x${H}\\.dll`],
    ['C:/x', `C_${H}/x`],
    ['\\\\server\\share', `__server_share${H}`],
    ['a\0b', `a_b${H}`],
    ['a\nb\u001b[2J', `a_b_\\[2J${H}`],
    ['invoice\u202efdp.exe', `invoice_fdp${H}\\.exe`],
    ['CON', `_CON${H}`],
    ['nul.txt', `_nul${H}\\.txt`],
    ['Aux.tar.gz', `_Aux\\.tar${H}\\.gz`],
    ['com1', `_com1${H}`],
    ['COM¹.nc', `_COM¹${H}\\.nc`],
    ['lpt9 .x', `_lpt9 ${H}\\.x`],
    [' con.x', `_ con${H}\\.x`],
    ['CONIN$', `_CONIN\\$${H}`],
    ['name.', `name_${H}`],
    ['name ', `name_${H}`],
    ['a /b', `a_${H}/b`],
    ['what?<>|*":.txt', `what_______${H}\\.txt`],
    ['LONGHA~1/journal', `LONGHA~1${H}/journal`],
    ['PROGRA~2.TXT', `PROGRA~2${H}\\.TXT`],
    ['.longhaul/journal', `_longhaul${H}/journal`],
    ['.LongHaul', `_longhaul${H}`],
    ['.long\u200dhaul/lock', `_longhaul${H}/lock`],
    ['data~0123456789.nc', `data~0123456789${H}\\.nc`],
    ['lone\ud800surrogate', `lone\ufffdsurrogate${H}`.replace('\ufffd', '_')],
    ['', `_${H}`],
  ])('%j -> %s', (key, pattern) => {
    const safe = safePath(key, 7)
    expect(safe.path).toMatch(matching(pattern))
    expect(safe.mapped).toBe(true)
    expect(isSafePath(safe.path)).toBe(true)
  })

  test('only the first segment can aim at our own folder', () => {
    expect(safePath('a/.longhaul/journal', 1).path).toBe('a/.longhaul/journal')
  })

  test('objects of one odd folder stay in one folder', () => {
    expect(path.posix.dirname(safePath('a:b/one', 1).path)).toBe(path.posix.dirname(safePath('a:b/two', 1).path))
  })
})

describe('long names', () => {
  test.each([
    ['a letter too long for .part behind it', 'a'.repeat(251)],
    ['1,024 bytes in one segment', 'k'.repeat(1024)],
    ['three bytes a letter', '数'.repeat(341)],
    ['1,024 bytes of slashes', '/'.repeat(1024)],
    ['512 folders', `${'a/'.repeat(511)}bc`],
    ['four long folders', Array.from({ length: 4 }, (_, i) => String(i).repeat(240)).join('/')],
  ])('%s', (_, key) => {
    const safe = safePath(key, 1)
    expect(safe.mapped).toBe(true)
    expect(Buffer.byteLength(safe.path)).toBeLessThanOrEqual(900)
    expect(isSafePath(safe.path)).toBe(true)
  })

  test('the extension survives shortening', () => {
    expect(safePath(`${'x'.repeat(400)}.nc`, 1).path).toMatch(/^x+~[0-9a-z]{10}\.nc$/)
  })
})

describe('folder markers', () => {
  test.each([
    ['empty, for the prefix itself', '', 0, 'folder', ''],
    ['empty', 'a/', 0, 'folder', 'a'],
    ['empty, nested', 'a/b/', 0, 'folder', 'a/b'],
  ])('%s', (_, key, size, kind, expected) => {
    expect(safePath(key, size)).toMatchObject({ kind, path: expected })
  })

  test('a marker that holds bytes is a file inside the folder', () => {
    expect(safePath('a/', 3)).toMatchObject({ kind: 'file', path: expect.stringMatching(matching(`a/_${H}`)) })
  })

  test('an empty object without a slash is a file', () => {
    expect(safePath('a', 0).kind).toBe('file')
  })
})

const nastyPiece = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '//',
    'CON',
    'nul',
    '.longhaul',
    '\\',
    ':',
    'C:',
    ' ',
    '.',
    'a',
    'A',
    'é',
    'e\u0301',
    '\0',
    '\u202e',
    '~0123456789',
    '~1',
    '.part',
    'ſ',
    'ß',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
const nastyKey = fc.array(nastyPiece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''))

describe('for any key', () => {
  test('the path stays below the destination and any Windows machine could hold it', () => {
    fc.assert(
      fc.property(nastyKey, fc.nat(2), (key, size) => {
        const safe = safePath(key, size)
        if (safe.kind === 'folder' && safe.segments.length === 0) return
        for (const [flavour, root] of [
          [path.posix, '/dest'],
          [path.win32, 'D:\\dest'],
        ] as const) {
          const full = flavour.resolve(root, safe.path)
          expect(full.startsWith(root + flavour.sep)).toBe(true)
          expect(flavour.relative(root, full).split(flavour.sep)).toEqual(safe.segments)
        }
        for (const segment of safe.segments) {
          expect(segment).not.toMatch(/[<>:"|?*\\/]/)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
          expect(segment).not.toMatch(/[\u0000-\u001f]|[. ]$/)
          expect(segment.split('.')[0]?.trim()).not.toMatch(/^(con|prn|aux|nul|(com|lpt)[0-9¹²³])$/i)
          expect(Buffer.byteLength(`${segment}.part`)).toBeLessThanOrEqual(255)
        }
        expect(safe.segments[0]?.toLowerCase()).not.toBe('.longhaul')
        expect(isSafePath(safe.path)).toBe(true)
        expect(safePath(key, size)).toEqual(safe)
      }),
      { numRuns: 2000 },
    )
  })

  test('two keys never get one path', () => {
    fc.assert(
      fc.property(fc.uniqueArray(nastyKey, { minLength: 2, maxLength: 30 }), (keys) => {
        const files = keys.map((key) => safePath(key, 1).path)
        expect(new Set(files).size).toBe(keys.length)
      }),
      { numRuns: 500 },
    )
  })

  test('a path made here is recognised, and giving it as a key never reaches the same file', () => {
    fc.assert(
      fc.property(nastyKey, (key) => {
        const safe = safePath(key, 1)
        if (safe.mapped) expect(safePath(safe.path, 1).path).not.toBe(safe.path)
      }),
      { numRuns: 1000 },
    )
  })
})

test.each(['../x', '/x', 'a//b', 'a/', 'C:/x', '.longhaul/journal', 'CON', 'a\0', '', 'x'.repeat(300)])(
  'a recorded path %j is not trusted',
  (recorded) => {
    expect(isSafePath(recorded)).toBe(false)
  },
)

test('an ordinary name is one that keeps itself, first in a path or not, and no marked one', () => {
  const part = fc.constantFrom(
    'a',
    'Z',
    '9',
    '_',
    '-',
    '.',
    '~1',
    'con',
    'com1',
    'LPT9',
    'x'.repeat(250),
    ' ',
    ':',
    '/',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const name = parts.join('')
      const bytes = Buffer.from(`/${name},`)
      if (!isOrdinaryName(bytes, 1, bytes.length - 1)) return
      expect(safePath(name, 1)).toMatchObject({ path: name, mapped: false })
      expect(safePath(`folder/${name}`, 1)).toMatchObject({ path: `folder/${name}`, mapped: false })
    }),
    { numRuns: 2000 },
  )
  expect(isOrdinaryName(Buffer.from('e5.oper.an.pl.128_130_t.nc'), 0, 26)).toBe(true)
})
