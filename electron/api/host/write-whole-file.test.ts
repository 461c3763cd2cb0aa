import { spawnSync } from 'node:child_process'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeWholeFile } from './write-whole-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-whole-'))
  path = join(folder, 'job.json')
})
afterEach(() => rm(folder, { recursive: true }))
const text = () => readFile(path, 'utf8')

test('the last of several writes at once stays, and nothing lies beside it', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat((20 - index) * 10_000))
  await Promise.all(texts.map((each) => writeWholeFile(path, each)))
  expect([await text(), await readdir(folder)]).toEqual([texts.at(-1), ['job.json']])
})

test('a write that fails is told, and keeps none that follows', async () => {
  const below = join(folder, 'later', 'job.json')
  const failing = writeWholeFile(below, 'a')
  const next = writeWholeFile(below, 'b')
  await expect(failing).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(next).rejects.toMatchObject({ code: 'ENOENT' })
  await writeWholeFile(path, 'c')
  expect(await text()).toBe('c')
})

// Linux can be told to take no file larger than that: the first write is cut short without an error, as on a full disk.
test.runIf(process.platform === 'linux')('a disk that takes only half of it keeps what was there', async () => {
  await writeFile(path, 'before')
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'write-whole-file.ts')).href)
  const script = `const { writeWholeFile } = await import(${module})
    await writeWholeFile(${JSON.stringify(path)}, 'x'.repeat(200_000)).catch((error) => console.log(error.code))`
  const args = ['--fsize=61440', process.execPath, '--input-type=module', '-e', script]
  const { stdout } = spawnSync('prlimit', args, { encoding: 'utf8' })
  expect([stdout.trim(), await text(), await readdir(folder)]).toEqual(['EFBIG', 'before', ['job.json']])
})

test.runIf(process.platform !== 'win32')(
  'a link stays a link, and a file that was closed to others stays closed',
  async () => {
    const elsewhere = join(folder, 'elsewhere.json')
    await writeFile(elsewhere, 'before')
    await chmod(elsewhere, 0o600)
    await symlink(elsewhere, path)
    await writeWholeFile(path, 'now')
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect([await readFile(elsewhere, 'utf8'), (await stat(elsewhere)).mode & 0o777]).toEqual(['now', 0o600])
    await writeWholeFile(join(folder, 'keys.json'), '{}', 0o600)
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600)
  },
)
