import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openManifest } from './manifest.ts'
import { decodeRow, encodeRow, findPlainRow, type ManifestRow } from './manifest-row.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-manifest-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'manifest.csv')
const row = (key: string, more: Partial<ManifestRow> = {}): ManifestRow => ({
  bucket: 'era5',
  key: `p/${key}`,
  path: key,
  size: 1,
  etag: 'abc',
  lastModified: Date.UTC(2025, 9, 1),
  state: 'landed',
  ...more,
})
async function open() {
  const opened = await openManifest({ folder, random: Math.random })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  return opened.value
}
async function readAll() {
  const manifest = await open()
  const rows: ManifestRow[] = []
  const read = await manifest.readRows((each) => rows.push(each))
  await manifest.close()
  return { rows, read }
}

describe('a row', () => {
  test('reads like a spreadsheet', () => {
    expect(encodeRow(row('202510/e5.oper.an.pl.128_130_t.nc'))).toBe(
      'era5,p/202510/e5.oper.an.pl.128_130_t.nc,202510/e5.oper.an.pl.128_130_t.nc,1,abc,2025-10-01T00:00:00.000Z,landed\n',
    )
  })

  test.each([
    ['a comma and quotes', 'a,"b"', '"a,""b"""'],
    ['a formula', '=cmd|calc', '"\'=cmd|calc"'],
    ['a line break', 'a\nb', '"\'json:""a\\nb"""'],
    ['an apostrophe in front', "'a", '"\'\'a"'],
    ['Chinese', '温度.nc', '"温度.nc"'],
  ])('with %s', (_, key, written) => {
    expect(encodeRow(row('x', { key })).split(',x,')[0]).toBe(`era5,${written}`)
  })

  test.each([
    ['=1+1', './=1+1'],
    ['-rf', './-rf'],
    ["'quoted", "./'quoted"],
    ['a/=1+1', 'a/=1+1'],
  ])('whose path is %s leads to it without being a formula', (path, written) => {
    expect(encodeRow(row(path)).replaceAll('"', '').split(',')[2]).toBe(written)
  })

  test('of any text is one line and comes back as it was', () => {
    const moment = fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.getTime())
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[=+\-@',"\n\r\u0085\u2028\ud800 a./\\]*$/))
    fc.assert(
      fc.property(text, text, text, fc.maxSafeNat(), moment, (key, path, etag, size, lastModified) => {
        const original = row('', { key, path, etag, size, lastModified })
        const line = encodeRow(original)
        expect(line.match(/[\n\r\u0085\u2028\u2029]/g)).toHaveLength(1)
        expect(decodeRow(line.slice(0, -1))).toEqual(original)
      }),
      { numRuns: 1000 },
    )
  })

  test.each(['', 'a', 'a,b,c,d,e,f,g', 'a,b,c,1,e,,landed,more', '"a,b,c,1,e,,landed', 'a,b,c,,e,,landed', 'a,b"c,d'])(
    '%j is none',
    (line) => {
      expect(decodeRow(line)).toBeUndefined()
    },
  )
})

describe('a plain row', () => {
  const places = () => ({ bytes: Buffer.alloc(0), start: 0, bucketEnd: 0, keyEnd: 0, pathEnd: 0 })

  test('is one whose fields, told from the bytes, are those that decoding gives', () => {
    const field = fc.oneof(fc.stringMatching(/^[a-z0-9./_ +-]*$/), fc.stringMatching(/^[a,"'=é\t-]*$/))
    const state = fc.constantFrom('landed', 'mapped', 'failed', 'gone', '')
    const size = fc.constantFrom('0', '17', '', '-1', '1e3', 'x', '99999999999999999')
    const line = fc
      .tuple(field, field, field, size, field, field, state, fc.constantFrom('', ',more'))
      .map((fields) => fields.slice(0, 7).join(',') + fields[7])
    const encoded = fc
      .record({ key: field, path: field, etag: field })
      .map((fields) => encodeRow(row('', fields)).slice(0, -1))
    fc.assert(
      fc.property(fc.oneof(line, encoded), (text) => {
        const bytes = Buffer.from(`before\n${text}\nbehind,`)
        const found = places()
        if (!findPlainRow(bytes, 7, bytes.length - 8, found)) return
        const { start, bucketEnd, keyEnd, pathEnd } = found
        const told = [start, bucketEnd + 1, keyEnd + 1].map((from, index) =>
          bytes.toString('utf8', from, [bucketEnd, keyEnd, pathEnd][index]),
        )
        const { bucket, key, path } = decodeRow(text) ?? {}
        expect(told).toEqual([bucket, key, path])
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['as most are', encodeRow(row('202510/e5.oper.an.pl.128_130_t.nc')), true],
    ['with spaces', encodeRow(row('a file')), true],
    ['with quotes', encodeRow(row('a,b')), false],
    ['in Chinese', encodeRow(row('温度')), false],
  ])('%s', (_, text, expected) => {
    const bytes = Buffer.from(text)
    expect(findPlainRow(bytes, 0, bytes.length - 1, places())).toBe(expected)
  })
})

test('plain rows that are taken are not decoded, all others are', async () => {
  const manifest = await open()
  for (const key of ['a', '温度', 'b']) manifest.append(row(key))
  await manifest.close()
  const again = await open()
  const decoded: string[] = []
  const read = await again.readRows(
    ({ path }) => decoded.push(path),
    ({ bytes, pathEnd }) => bytes[pathEnd - 1] === 0x61,
  )
  await again.close()
  expect(decoded).toEqual(['温度', 'b'])
  expect(read).toEqual({ ok: true, value: { rows: 3, damagedLines: 0 } })
})

test('what one run wrote, the next one reads; Excel sees the mark of UTF-8', async () => {
  const manifest = await open()
  manifest.append(row('a'))
  await manifest.flush()
  manifest.append(row('温度', { state: 'mapped' }))
  expect(await manifest.close()).toMatchObject({ ok: true })
  expect(readFileSync(file()).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  const { rows, read } = await readAll()
  expect(rows).toEqual([row('a'), row('温度', { state: 'mapped' })])
  expect(read).toEqual({ ok: true, value: { rows: 2, damagedLines: 0 } })
})

test('at the end one row per object is left, the last one', async () => {
  const manifest = await open()
  for (const key of ['a', 'b', 'c']) manifest.append(row(key, { state: 'mapped' }))
  for (const key of ['c', 'a']) manifest.append(row(key))
  manifest.append(row('a', { bucket: 'another', path: 'a~0123456789' }))
  expect(await manifest.finish()).toEqual({ ok: true, value: undefined })
  expect((await readAll()).rows).toEqual([
    row('b', { state: 'mapped' }),
    row('c'),
    row('a'),
    row('a', { bucket: 'another', path: 'a~0123456789' }),
  ])
  expect(readdirSync(folder)).toEqual(['manifest.csv'])
})

test('half a line at the end is cut off, a damaged one in the middle is stepped over', async () => {
  const manifest = await open()
  for (const key of ['a', 'b', 'c']) manifest.append(row(key))
  await manifest.close()
  const lines = readFileSync(file(), 'utf8').split('\n')
  lines[2] = 'rubbish'
  writeFileSync(file(), `${lines.join('\n')}era5,p/d,`)
  expect(await readAll()).toMatchObject({
    rows: [{ path: 'a' }, { path: 'c' }],
    read: { ok: true, value: { rows: 2, damagedLines: 1 } },
  })
  const next = await open()
  next.append(row('d'))
  await next.finish()
  expect((await readAll()).rows.map(({ path }) => path)).toEqual(['a', 'c', 'd'])
})

test('a hundred thousand rows', async () => {
  const manifest = await open()
  for (let number = 0; number < 100_000; number++) manifest.append(row(`k${number % 60_000}`))
  await manifest.finish()
  expect((await readAll()).rows).toHaveLength(60_000)
})
