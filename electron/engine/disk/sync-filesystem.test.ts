import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runTool } from '../diagnose/machine/run-tool.ts'
import { syncFilesystem } from './sync-filesystem.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-sync-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const isLinux = process.platform === 'linux'

it.runIf(isLinux)('flushes the file system of a folder', async () => {
  expect(await syncFilesystem(folder)).toBe(true)
  expect(await syncFilesystem(join(folder, 'missing'))).toBe(false)
})

it.runIf(isLinux)('ends no job where the system cannot start a process: Node throws such errors at once', async () => {
  symlinkSync(join(folder, 'sync'), join(folder, 'sync'))
  vi.stubEnv('PATH', folder)
  expect(await syncFilesystem(folder)).toBe(false)
  expect(await runTool('sync', [], new AbortController().signal)).toBeUndefined()
})
