import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText } from './read-text.ts'

test.each([
  ['plain', Buffer.from('{"名": 1}')],
  ['with a mark in front', Buffer.from('\ufeff{"名": 1}')],
  ["from PowerShell's >", Buffer.from('\ufeff{"名": 1}', 'utf16le')],
])('text %s', (_title, bytes) => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-text-'))
  const path = join(folder, 'policy.json')
  writeFileSync(path, bytes)
  expect(readText(path)).toBe('{"名": 1}')
  rmSync(folder, { recursive: true })
})
