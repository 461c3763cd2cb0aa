import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openProblemLog } from './problem-log.ts'
import { systemClock } from './system-clock.ts'

test('a problem has a line of its own, after one that power tore in two as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-problems-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'longhaul.log')
  writeFileSync(path, '{"time":"2025-10-01T11:5')
  const log = openProblemLog(path, systemClock)
  log('main', new Error('the first'))
  log('main', 'the second')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)
  expect(lines.map((line) => JSON.parse(line).text.split('\n')[0])).toEqual(['Error: the first', 'the second'])
})
