import fs, {
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { realClock } from '../testing/real-clock.ts'
import { type Destination, openDestination } from './destination.ts'
import { isTooLargeForDisk, mapDiskError } from './disk-error.ts'
import { identifyFolder, whyNotSameFolder } from './folder-identity.ts'
import { readFreeSpace } from './free-space.ts'
import { openPartFile } from './part-file.ts'
import { landSync, openPartSync } from './small-file.ts'

const MODIFIED = Date.UTC(2025, 9, 1, 12)

let base = ''
let dest = ''
let outside = ''
let destination: Destination
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'longhaul-dest-'))
  dest = join(base, 'dest')
  outside = join(base, 'outside')
  mkdirSync(outside)
  const opened = await openDestination({ folder: dest, clock: realClock })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  destination = opened.value
})
afterEach(async () => {
  await destination.close()
  rmSync(base, { recursive: true, force: true })
})

async function openPart(path: string, size: number) {
  const opened = await destination.openPart(path, size)
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  return opened.value
}

describe('a file on its way', () => {
  test('has its full size at once, and its name and time only at the end', async () => {
    const part = await openPart('a/b/c.nc', 6)
    expect(fstatSync(part.fd).size).toBe(6)
    writeSync(part.fd, 'def', 3)
    writeSync(part.fd, 'abc', 0)
    expect(readdirSync(join(dest, 'a/b'))).toEqual(['c.nc.part'])
    expect(await part.land(MODIFIED)).toMatchObject({ ok: true })
    expect(readdirSync(join(dest, 'a/b'))).toEqual(['c.nc'])
    expect(readFileSync(join(dest, 'a/b/c.nc'), 'utf8')).toBe('abcdef')
    expect(await destination.inspect('a/b/c.nc')).toEqual({ size: 6, lastModified: MODIFIED })
    expect(await destination.flush()).toMatchObject({ ok: true, value: { files: 2 } })
  })

  test.each([
    ['of the expected size is continued', 'abcdef', 'abcdef'],
    ['that is too short is stretched', 'abc', 'abc\0\0\0'],
    ['that is too long is cut', 'abcdefghi', 'abcdef'],
  ])('a part file %s', async (_, content, expected) => {
    writeFileSync(join(dest, 'x.part'), content)
    await openPart('x', 6)
    expect(readFileSync(join(dest, 'x.part'), 'utf8')).toBe(expected)
  })

  test('an older file of the name is replaced whole', async () => {
    writeFileSync(join(dest, 'x'), 'older and longer')
    const part = await openPart('x', 3)
    writeSync(part.fd, 'new', 0)
    await part.land(MODIFIED)
    expect(readFileSync(join(dest, 'x'), 'utf8')).toBe('new')
  })

  test('a folder in the place of the final name is a named failure and keeps the part file', async () => {
    const part = await openPart('x', 3)
    mkdirSync(join(dest, 'x/y'), { recursive: true })
    expect(await part.land(MODIFIED)).toMatchObject({ ok: false, failure: { class: 'disk', code: 'EISDIR' } })
    expect(statSync(join(dest, 'x.part')).size).toBe(3)
    // The next run says so at once.
    expect(await destination.openPart('x', 3)).toMatchObject({ ok: false, failure: { class: 'disk', code: 'EISDIR' } })
  })
})

describe.skipIf(process.platform === 'win32')('links planted in the destination', () => {
  test.each([
    ['a folder that leads outside', 'd', 'd/x'],
    ['a folder deeper down', 'a/d', 'a/d/x'],
  ])('%s is not entered', async (_, link, path) => {
    mkdirSync(join(dest, 'a'))
    symlinkSync(outside, join(dest, link))
    expect(await destination.openPart(path, 3)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(await destination.ensureFolderOf(path)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(destination.folderOf(path)).toBeUndefined()
    expect(readdirSync(outside)).toEqual([])
  })

  test('a link in place of the part file is not written through', async () => {
    writeFileSync(join(outside, 'precious'), 'precious')
    symlinkSync(join(outside, 'precious'), join(dest, 'x.part'))
    expect(await destination.openPart('x', 3)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious')
  })

  test('nor a hard link', async () => {
    writeFileSync(join(outside, 'precious'), 'precious')
    linkSync(join(outside, 'precious'), join(dest, 'x.part'))
    expect(await destination.openPart('x', 3)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious')
  })

  test.each(['soft', 'hard'])('a worker replaces a %s link instead of following it', (kind) => {
    writeFileSync(join(outside, 'precious'), 'precious')
    const { partPath, finalPath } = destination.locate('x')
    if (kind === 'soft') symlinkSync(join(outside, 'precious'), partPath)
    else linkSync(join(outside, 'precious'), partPath)
    symlinkSync(join(outside, 'precious'), finalPath)
    const fd = openPartSync(partPath)
    writeSync(fd, 'new')
    expect(landSync(fd, { partPath, finalPath, lastModified: MODIFIED })).toBeUndefined()
    expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('precious')
    expect(readFileSync(finalPath, 'utf8')).toBe('new')
    expect(statSync(finalPath).mtimeMs).toBe(MODIFIED)
  })

  test.each<[title: string, there: string, time: number, replaces: boolean, failure: object | undefined]>([
    ['somebody else has put there meanwhile', 'theirs', 1e12, false, { class: 'cancelled', code: 'name-taken' }],
    ['is the object by its size and time', 'the', MODIFIED, false, undefined],
    ['is empty', '', 1e12, false, undefined],
    ['an earlier run has landed', 'ours', 1e12, true, undefined],
  ])('a file under its name that %s', (_title, there, time, replaces, failure) => {
    const { partPath, finalPath } = destination.locate('x')
    writeFileSync(finalPath, there)
    utimesSync(finalPath, time / 1000, time / 1000)
    const fd = openPartSync(partPath)
    writeSync(fd, 'new')
    expect(landSync(fd, { partPath, finalPath, lastModified: MODIFIED, replaces })).toEqual(failure)
    expect(readFileSync(finalPath, 'utf8')).toBe(failure ? there : 'new')
    expect(existsSync(partPath)).toBe(failure !== undefined)
  })

  /** Whoever makes the folder anew in between is too late. */
  function replaceByLink(folder: string, attempt = 0): void {
    renameSync(folder, `${folder}-away${attempt}`)
    try {
      symlinkSync(outside, folder)
    } catch {
      replaceByLink(folder, attempt + 1)
    }
  }

  test('a folder that becomes a link while it is made is not taken for the folder', async () => {
    for (let round = 0; round < 20; round++) {
      const folder = join(dest, `d${round}`)
      mkdirSync(folder)
      const made = Array.from({ length: 20 }, () => destination.ensureFolderOf(`d${round}/x`))
      await made[0]
      replaceByLink(folder)
      await Promise.all(made)
      const part = await destination.openPart(`d${round}/x`, 3)
      expect(part).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    }
    expect(readdirSync(outside)).toEqual([])
  })

  test('a folder that becomes a link is entered by nobody, however many stand before it', async () => {
    const first = await openPart('d/first', 3)
    replaceByLink(join(dest, 'd'))
    const opened = await Promise.all(['x', 'y', 'z'].map((name) => destination.openPart(`d/${name}`, 3)))
    for (const part of opened) expect(part).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(await first.land(MODIFIED)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(readdirSync(outside)).toEqual([])
  })

  test('a folder whose parent has become a link is not taken for one of ours', async () => {
    for (const [name, target] of Object.entries({ d: outside, e: join(dest, 'elsewhere') })) {
      mkdirSync(join(target, 'below'), { recursive: true })
      expect(await destination.ensureFolderOf(`${name}/x`)).toMatchObject({ ok: true })
      renameSync(join(dest, name), join(base, name))
      symlinkSync(target, join(dest, name))
      const path = `${name}/below/x`
      expect(await destination.openPart(path, 3)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
      expect(destination.folderOf(path)).toBeUndefined()
      expect(readdirSync(join(target, 'below'))).toEqual([])
      unlinkSync(join(dest, name))
      expect(await destination.openPart(path, 3)).toMatchObject({ ok: true })
    }
  })

  test('the way to a folder hundreds deep is not walked anew for each folder on it', async () => {
    const walked = vi.spyOn(fs, 'realpathSync')
    syncBuiltinESMExports()
    try {
      const path = Array.from({ length: 200 }, (_, index) => `d${index}`).join('/')
      expect(await destination.ensureFolder(path)).toMatchObject({ ok: true })
      expect(walked).not.toHaveBeenCalled()
    } finally {
      walked.mockRestore()
      syncBuiltinESMExports()
    }
  })

  test('a folder that becomes a link while a file in it is opened keeps nothing of it', async () => {
    const folder = join(dest, 'd')
    mkdirSync(folder)
    writeFileSync(join(outside, 'there.part'), 'precious')
    const identity = identifyFolder(folder)
    if (!identity.ok) throw new Error('not made')
    const replaceOnce = () => {
      if (lstatSync(folder).isSymbolicLink()) return whyNotSameFolder(identity.value)
      renameSync(folder, join(dest, 'away'))
      symlinkSync(outside, folder)
      return undefined
    }
    for (const name of ['new', 'there']) {
      const paths = { partPath: join(folder, `${name}.part`), finalPath: join(folder, name) }
      const opened = await openPartFile({ ...paths, size: 3 }, replaceOnce)
      expect(opened).toMatchObject({ ok: false, failure: { class: 'unsafe-path', code: 'folder-replaced' } })
      expect(readdirSync(outside)).toEqual(['there.part'])
      unlinkSync(folder)
      renameSync(join(dest, 'away'), folder)
    }
    expect(readFileSync(join(outside, 'there.part'), 'utf8')).toBe('precious')
  })

  test('a link in place of the folder of the journal is refused', async () => {
    const other = join(base, 'other')
    mkdirSync(other)
    symlinkSync(outside, join(other, '.longhaul'))
    expect(await openDestination({ folder: other, clock: realClock })).toMatchObject({
      ok: false,
      failure: { class: 'unsafe-path' },
    })
  })

  test('the destination itself may be reached through a link', async () => {
    symlinkSync(outside, join(base, 'shortcut'))
    const opened = await openDestination({ folder: join(base, 'shortcut'), clock: realClock })
    expect(opened).toMatchObject({ ok: true, value: { root: outside } })
  })
})

describe('flush', () => {
  const land = (path: string) => {
    const { partPath, finalPath } = destination.locate(path)
    expect(landSync(openPartSync(partPath), { partPath, finalPath, lastModified: MODIFIED })).toBeUndefined()
    destination.noteLanded(path)
  }

  test.each([1, 200])('%i landed files, one of them taken away since', async (count) => {
    for (let number = 0; number < count; number++) land(`f${number}`)
    rmSync(join(dest, 'f0'))
    expect(await destination.flush()).toMatchObject({ ok: true })
    expect(await destination.flush()).toMatchObject({ ok: true, value: { files: 0 } })
  })

  test('open part files are flushed every time', async () => {
    await openPart('x', 3)
    expect(await destination.flush()).toMatchObject({ ok: true, value: { files: 1 } })
    expect(await destination.flush()).toMatchObject({ ok: true, value: { files: 1 } })
  })
})

test('folder markers become folders', async () => {
  expect(await destination.ensureFolder('a/b')).toMatchObject({ ok: true })
  expect(await destination.ensureFolder('')).toMatchObject({ ok: true })
  expect(statSync(join(dest, 'a/b')).isDirectory()).toBe(true)
})

test.each(['../x', '/etc/passwd', '.longhaul/journal', ''])('a path that was never made safe (%j) is a bug', (path) => {
  expect(() => destination.locate(path)).toThrow('not a safe path')
})

test('a file where a folder must be is a named failure', async () => {
  writeFileSync(join(dest, 'a'), '')
  expect(await destination.openPart('a/b', 1)).toMatchObject({ ok: false, failure: { class: 'disk', code: 'ENOTDIR' } })
  expect(await openDestination({ folder: join(dest, 'a'), clock: realClock })).toMatchObject({ ok: false })
})

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'disk-denied'],
  ['EPERM', 'disk-denied'],
  ['EROFS', 'disk-denied'],
  ['ELOOP', 'unsafe-path'],
  ['EIO', 'disk'],
  ['ENAMETOOLONG', 'disk'],
])('%s is %s', (code, expected) => {
  expect(mapDiskError(Object.assign(new Error('x'), { code }), 'path')).toMatchObject({
    class: expected,
    code,
    subject: 'path',
  })
})

test('free space of a folder that does not exist yet is that of its parent', async () => {
  const here = await readFreeSpace(dest)
  const there = await readFreeSpace(join(dest, 'not', 'yet'))
  expect(here).toMatchObject({ ok: true, value: { freeBytes: expect.any(Number), totalBytes: expect.any(Number) } })
  if (here.ok && there.ok) expect(there.value.totalBytes).toBe(here.value.totalBytes)
})

test.each([
  ['FAT32 under Windows: 5 GiB, and 100 GiB are free', 'ENOSPC', 5, 100, true],
  ['a disk that is full', 'ENOSPC', 5, 4.9, false],
  ['no room for a file that FAT32 would take, after another program has made some', 'ENOSPC', 3.9, 100, false],
  ['the user may not take more', 'EDQUOT', 5, 100, false],
])('no file that large: %s', (_name, code, fileGiB, freeGiB, isTooLarge) => {
  const failure = mapDiskError(Object.assign(new Error('x'), { code }))
  expect(isTooLargeForDisk(failure, fileGiB * 2 ** 30, freeGiB * 2 ** 30)).toBe(isTooLarge)
})
