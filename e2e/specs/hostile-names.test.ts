/**
 * Keys that are no file names, or would leave the folder: each object lands inside it, and the manifest tells where.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expect } from 'vitest'
import { decodeRow } from '../../electron/engine/disk/names/manifest-row.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { spec } from '../support/spec.ts'

const BUCKET = 'hostile'
const PREFIX = 'names/'
const NAMES = [
  '../../climbs-out.nc',
  'deep/../../../climbs-too.nc',
  '/absolute.nc',
  'CON',
  'aux.nc',
  'trailing-dots...',
  'trailing-space ',
  'C:\\windows\\drive.nc',
  'two\\segments.nc',
  'star*question?.nc',
  'a',
  'a/b',
  'Case.nc',
  'case.nc',
  '.longhaul/journal',
  '温度 2025.nc',
  'plain.nc',
]

spec('hostile names stay inside the folder, and the manifest tells where each object is', async (workshop) => {
  const objects = NAMES.map((name, index) => ({ key: `${PREFIX}${name}`, size: 1000 + index }))
  const server = await workshop.serve({ buckets: { [BUCKET]: objects } })
  const program = await workshop.start()
  const before = filesBelow(workshop.home)
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  await form.pasteAddress(`${server.endpointUrl}/${BUCKET}/${PREFIX}`)
  await form.setFolder(workshop.destination)
  await page.getByText(WORDS.zh.objectCount(String(NAMES.length))).waitFor()
  await form.start()
  await jobPage(page).banner('completed')

  const landed = filesBelow(workshop.destination).filter((path) => !path.startsWith('.longhaul/'))
  expect(landed).toHaveLength(NAMES.length)
  // Chromium keeps hidden folders in the home of whoever starts it.
  const isOutside = (path: string) => !/^(era5|state|\.[a-z]+)\//.test(path)
  expect(filesBelow(workshop.home).filter((path) => isOutside(path) && !before.includes(path))).toEqual([])

  const manifest = readFileSync(join(workshop.destination, '.longhaul', 'manifest.csv'), 'utf8')
  const rows = manifest.split('\n').flatMap((line) => decodeRow(line) ?? [])
  const pathOf = new Map(rows.filter(({ state }) => state === 'landed').map(({ key, path }) => [key, path]))
  for (const object of objects) {
    const path = pathOf.get(object.key)
    expect(path, `the manifest names ${object.key}`).toBeDefined()
    expect(landed).toContain(path)
    const isEqual = readFileSync(join(workshop.destination, path ?? '')).equals(server.expectedBytes(object))
    expect(isEqual, `${object.key} is whole at ${path}`).toBe(true)
  }
  expect(new Set(pathOf.values()).size).toBe(NAMES.length)
  expect(pathOf.get(`${PREFIX}plain.nc`)).toBe('plain.nc')
})

/** Relative paths with `/`, folders left out. */
function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const isFile = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true
  return names.filter(isFile).map((name) => relative(folder, join(folder, name)).replaceAll(sep, '/'))
}
