import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectFolder, listFolders } from './folders.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'longhaul-folders-'))
  await mkdir(join(root, 'era5', '.longhaul'), { recursive: true })
  await writeFile(join(root, 'era5', '.longhaul', 'journal'), '')
  await mkdir(join(root, 'empty'))
  await mkdir(join(root, '.hidden'))
  await writeFile(join(root, 'file'), '')
})
afterAll(() => rm(root, { recursive: true }))

test.each([
  ['a folder with a journal would resume', 'era5', { exists: true, writable: true, hasJournal: true }],
  ['an empty folder', 'empty', { exists: true, isBelowFile: false, writable: true, hasJournal: false }],
  [
    'a folder that is not there yet is judged by its parent',
    'new/deep',
    { exists: false, writable: true, hasJournal: false },
  ],
  ['nothing can be written below a file', 'file/deep', { exists: false, writable: false, isBelowFile: true }],
  ['nor into one', 'file', { writable: false, isBelowFile: true }],
])('%s', async (_, path, expected) => {
  const inspected = await inspectFolder(join(root, path))
  expect(inspected).toMatchObject({ ok: true, value: { path: join(root, path), ...expected } })
  if (inspected.ok) expect(inspected.value.freeBytes).toBeGreaterThan(0)
})

test('a relative path is refused by name', async () => {
  expect(await inspectFolder('data')).toMatchObject({ ok: false, failure: { class: 'usage', subject: 'data' } })
})

test('sub-folders are listed by name, files and hidden ones are not', async () => {
  expect(await listFolders(root)).toMatchObject({
    ok: true,
    value: { path: root, parent: tmpdir(), folders: [join(root, 'empty'), join(root, 'era5')] },
  })
  expect(await listFolders(join(root, 'gone'))).toMatchObject({ ok: false, failure: { class: 'disk', code: 'ENOENT' } })
})
