import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import { createJobLogs, ERROR_LOG, type ErrorLogEntry } from './job-logs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-logs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const KEY = 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc'
const entry = (failure: Failure, key = KEY): ErrorLogEntry => ({
  time: '2025-10-01T12:00:00.000Z',
  key,
  start: 0,
  reached: 4096,
  end: 16_777_216,
  attempt: 2,
  action: 'retry',
  failure,
})

async function lineOf(failure: Failure, key?: string): Promise<string> {
  const logs = createJobLogs(folder)
  logs.error(entry(failure, key))
  await logs.close()
  return readFileSync(join(folder, ERROR_LOG), 'utf8')
}

describe('one line per error', () => {
  test('says when, what, which part, where, how often, and what was done', async () => {
    const failure: Failure = {
      class: 'throttled',
      code: 'SlowDown',
      httpStatus: 503,
      address: '192.0.2.7',
      requestId: 'R1',
    }
    expect(JSON.parse(await lineOf(failure))).toMatchObject({
      time: '2025-10-01T12:00:00.000Z',
      class: 'throttled',
      key: KEY,
      part: '0-16777216',
      reached: 4096,
      address: '192.0.2.7',
      httpStatus: 503,
      requestId: 'R1',
      attempt: 2,
      action: 'retry',
      code: 'SlowDown',
    })
  })
  test.each(['a\nb\r\u0000c', 'a\u007f\u009b31mb', 'a\u2028b\u202ec\u061c\u2066'])(
    'control characters of a key stay out: %j',
    async (key) => {
      const line = await lineOf({ class: 'reset' }, key)
      expect(line.split('\n')).toHaveLength(2)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e\u061c\u2066]/)
    },
  )
  test('a signed address loses its query', async () => {
    const detail = 'GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIASECRET&X-Amz-Signature=abc failed'
    const line = await lineOf({ class: 'redirect-refused', detail, subject: 'https://b.example/k?X-Amz-Signature=abc' })
    expect(line).toContain('https://b.s3.amazonaws.com/k?... failed')
    expect(line).not.toMatch(/Signature|AKIA/)
  })
})

describe('a log is not written through what somebody planted in its place', () => {
  const rows: [string, (path: string, precious: string) => void][] = [
    ['a link', (path, precious) => symlinkSync(precious, path)],
    ['a second name of a file', (path, precious) => linkSync(precious, path)],
    ['a folder', (path) => mkdirSync(path)],
  ]
  test.each(rows)('%s', async (_what, plant) => {
    const precious = join(folder, 'precious')
    writeFileSync(precious, 'precious')
    plant(join(folder, ERROR_LOG), precious)
    const logs = createJobLogs(folder)
    logs.error(entry({ class: 'reset' }))
    await logs.close()
    expect(readFileSync(precious, 'utf8')).toBe('precious')
  })
})

test('the log is rolled by size, and few old parts are kept', async () => {
  const rollAtBytes = 2000
  for (let run = 0; run < 40; run++) {
    const logs = createJobLogs(folder, { rollAtBytes })
    for (let count = 0; count < 10; count++) logs.error(entry({ class: 'reset', code: 'ECONNRESET' }))
    await logs.close()
  }
  const parts = readdirSync(folder).filter((name) => name.startsWith(ERROR_LOG))
  expect(parts.sort()).toEqual([0, 1, 2, 3].map((old) => (old === 0 ? ERROR_LOG : `${ERROR_LOG}.${old}`)))
  for (const part of parts) expect(statSync(join(folder, part)).size).toBeLessThan(10 * rollAtBytes)
})

test('a line that an earlier run was torn away in is one bad line, and the next one whole', async () => {
  writeFileSync(join(folder, ERROR_LOG), '{"time":"2025-10-01T11:59:00.000Z","cla')
  const [torn, next, end] = (await lineOf({ class: 'reset' })).split('\n')
  expect([torn, JSON.parse(next ?? '').class, end]).toEqual(['{"time":"2025-10-01T11:59:00.000Z","cla', 'reset', ''])
})
