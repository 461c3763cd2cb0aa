/**
 * Keys that are no file names, through the whole program: each
 * lands inside the folder, under a name Windows could hold.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeRow } from '../../engine/disk/names/manifest-row.ts'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { lineCapacity } from '../../engine/testing/weather/line.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const BUCKET = 'hostile'
const PREFIX = 'n/'
const LONGEST = 1024 - PREFIX.length
const NAMES = [
  ...['../../climbs.nc', 'deep/../../../climbs.nc', '..', '.', './dot', '/absolute.nc', '//server/share', '/', 'a//b'],
  ...['C:\\windows\\x.nc', 'c:relative', 'stream.nc:hidden', '\\\\server\\share\\x', 'two\\segments', '%2e%2e/encoded'],
  ...['CON', 'aux.nc', 'NUL.tar.gz', 'com1', 'Lpt9.x', 'COM¹.nc', 'CONIN$', 'dots...', 'space ', ' .', '...'],
  ...['star*question?.nc', 'quo"te', 'less<more>', 'pi|pe', '-rf', '~', '$(touch x)', '`id`', '=1+1', "'quoted", 'a,b'],
  ...['nul\u0000byte', 'line\nbreak', 'carriage\rreturn', 'tab\tstop', 'bell\u0007', 'delete\u007f', 'c1\u0085'],
  ...['\u001b[31mred', 'right\u202ecn.exe', 'isolate\u2066x', 'zero\u200bwidth', '\ufeffmark', 'separator\u2028x'],
  ...[
    'a',
    'a/b',
    'a/b/c',
    'A',
    'Case.nc',
    'case.nc',
    'stra\u00dfe',
    'STRASSE',
    '\u00e9.nc',
    'e\u0301.nc',
    '\ufb01',
    'fi',
  ],
  ...['.longhaul/journal', '.longhaul', '.LONGHAUL/manifest.csv', '.longhaul./lock', 'x/../.longhaul/lock'],
  ...['whole.nc', 'whole.nc.part', 'whole.nc.PART', 'x'.repeat(LONGEST), `${'d/'.repeat(500)}f`, '温'.repeat(340)],
  ...['温度 2025.nc', '😀.nc', 'plain.nc'],
]

const OBJECTS: StoredObject[] = [...new Set(NAMES)].map((name, index) => ({
  key: PREFIX + name,
  size: 500 + index,
  upload: 'whole',
}))

let server: FaultServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-hostile-'))
  server = await startFaultServer({ buckets: { [BUCKET]: OBJECTS } })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const get = (destination: string, bucket = BUCKET) => [
  ...['get', `s3://${bucket}/${bucket === BUCKET ? PREFIX : ''}`, destination, '--json', '--no-sign-request'],
  ...['--region', 'us-east-1', '--endpoint-url', server.endpointUrl],
]

/**
 * After Microsoft's "Naming Files, Paths, and Namespaces"; what acts on terminals counts as well. Says what is wrong.
 */
function whyNotForWindows(path: string): string | undefined {
  if (path.length > 1000) return 'too long'
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.' || segment === '..') return `segment ${JSON.stringify(segment)}`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (/[<>:"\\|?*\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(segment)) {
      return `character in ${JSON.stringify(segment)}`
    }
    if (/[. ]$/.test(segment)) return `end of ${JSON.stringify(segment)}`
    if (/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i.test(segment))
      return `device ${segment}`
    if (segment.length > 255 || Buffer.byteLength(segment) > 255) return `length of ${segment}`
  }
  return undefined
}

test('the judge of names knows what Windows cannot hold', () => {
  const bad = ['a/../b', 'NUL', 'nul.txt', 'com1.x', 'a:b', 'a.', 'b ', 'x\u0001', '\u202e', 'y'.repeat(256), '/a']
  for (const path of bad) expect(whyNotForWindows(path), path).toBeDefined()
  for (const path of ['plain.nc', '温度 2025.nc', 'a/b.c', 'console', 'com10'])
    expect(whyNotForWindows(path)).toBeUndefined()
})

test('every key lands whole, inside, under a name of its own that Windows could hold; the manifest tells where', async () => {
  const home = join(folder, 'home')
  const destination = join(home, 'one', 'two', 'destination')
  await mkdir(destination, { recursive: true })
  const run = await runProgram(get(destination))
  expect(run.stderr).not.toContain('internal error')
  expect(run.code).toBe(0)

  const manifest = await readFile(join(destination, '.longhaul', 'manifest.csv'), 'utf8')
  const rows = manifest.split('\n').flatMap((line) => decodeRow(line) ?? [])
  const pathOf = new Map(rows.filter(({ state }) => state === 'landed').map(({ key, path }) => [key, path]))
  for (const object of OBJECTS) {
    const path = pathOf.get(object.key)
    if (path === undefined) throw new Error(`the manifest does not name ${JSON.stringify(object.key)}`)
    expect(whyNotForWindows(path), JSON.stringify(object.key)).toBeUndefined()
    const bytes = await readFile(join(destination, path))
    expect(bytes.equals(server.expectedBytes(object)), `${JSON.stringify(object.key)} at ${path}`).toBe(true)
  }
  const folded = [...pathOf.values()].map((path) => path.normalize('NFKC').toUpperCase().toLowerCase())
  expect(new Set(folded).size).toBe(OBJECTS.length)
  expect(pathOf.get(`${PREFIX}plain.nc`)).toBe('plain.nc')

  // Nothing lies anywhere else, neither in the folder nor around it.
  const landed = new Set([...pathOf.values()].map((path) => join(destination, path)))
  const others = (await filesBelow(home)).filter((path) => !landed.has(path))
  expect(others.filter((path) => !path.startsWith(join(destination, '.longhaul', '')))).toEqual([])
  expect(existsSync('/absolute.nc')).toBe(false)
  // No key has written into our own folder.
  const keySizes = new Set(OBJECTS.filter(({ key }) => /longhaul/i.test(key)).map(({ key }) => pathOf.get(key)))
  for (const path of keySizes) expect(path?.toLowerCase()).not.toMatch(/^\.longhaul(?:\/|$)/)

  const again = await runProgram(get(destination))
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ bytesFetched: 0 })
})

test('a folder that becomes a link while the job runs leads nobody outside', async () => {
  const linked = 'linked'
  const objects: StoredObject[] = Array.from({ length: 60 }, (_, index) => ({
    key: `d/e/${String(index).padStart(2, '0')}.nc`,
    size: index % 2 ? 300_000 : 1_500_000,
    upload: 'whole',
  }))
  for (const object of objects) server.put(linked, object)
  server.setWeather([lineCapacity(12e6)])
  const destination = join(folder, 'links')
  const outside = join(folder, 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'precious'), 'precious')

  const program = startProgram(get(destination, linked))
  const landed = async () => (await filesBelow(join(destination, 'd'))).filter((path) => path.endsWith('.nc'))
  await expect.poll(landed).not.toEqual([])
  let isLink = false
  for (let attempt = 0; !isLink; attempt++) {
    await rename(join(destination, 'd', 'e'), join(destination, 'd', `away${attempt}`))
    // The program may have made the folder anew in between.
    isLink = await symlink(outside, join(destination, 'd', 'e')).then(
      () => true,
      () => false,
    )
  }
  const run = await program.ended
  server.setWeather([])

  expect(run.stderr).not.toContain('internal error')
  expect([1, 5]).toContain(run.code)
  expect(await readdir(outside)).toEqual(['precious'])
  expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious')

  // With the link gone the same command ends whole.
  await rm(join(destination, 'd', 'e'))
  expect((await runProgram(get(destination, linked))).code).toBe(0)
  for (const object of objects) {
    const bytes = await readFile(join(destination, object.key))
    expect(bytes.equals(server.expectedBytes(object)), object.key).toBe(true)
  }
})

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}
