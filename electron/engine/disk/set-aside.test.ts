import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setAside } from './set-aside.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-aside-'))
  file = join(folder, 'a.nc')
  await writeFile(file, 'mine')
})
afterEach(() => rm(folder, { recursive: true }))

test('a file is kept under a free name, and bears its own until another takes its place', async () => {
  await writeFile(`${file}.before-longhaul`, 'older')
  expect(await setAside(file)).toBe('.before-longhaul-2')
  expect(await readFile(`${file}.before-longhaul`, 'utf8')).toBe('older')
  expect(await readFile(`${file}.before-longhaul-2`, 'utf8')).toBe('mine')
  expect(await readFile(file, 'utf8')).toBe('mine')
})

test('a run that was cut off between the two names leaves no third', async () => {
  await link(file, `${file}.before-longhaul`)
  expect(await setAside(file)).toBe('.before-longhaul')
  expect((await readdir(folder)).sort()).toEqual(['a.nc', 'a.nc.before-longhaul'])
})

test('what is no plain file, or is gone, is not kept', async () => {
  await mkdir(join(folder, 'b.nc'))
  expect(await setAside(join(folder, 'b.nc'))).toBeUndefined()
  expect(await setAside(join(folder, 'c.nc'))).toBeUndefined()
})

test.skipIf(process.getuid?.() === 0)('a folder that takes no name is said of the file, not of the job', async () => {
  await chmod(folder, 0o555)
  await expect(setAside(file)).rejects.toMatchObject({ code: 'write-protected' })
  await chmod(folder, 0o755)
})
