import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openManifest } from './manifest.ts'
import { decodeRow, encodeRow, type ManifestRow } from './manifest-row.ts'

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

  test('of any text is one line and comes back as it was', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[=+\-@',"\n\r\u2028\ud800 a\\]*$/))
    fc.assert(
      fc.property(text, text, text, fc.maxSafeNat(), (key, path, etag, size) => {
        const original = row('', { key, path, etag, size })
        const line = encodeRow(original)
        expect(line.match(/[\n\r]/g)).toHaveLength(1)
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
