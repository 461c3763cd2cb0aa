import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Io } from '../output/terminal-io.ts'
import { runCli } from '../run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-analyze-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(argv: string[], language = 'en_US.UTF-8') {
  let [out, err] = ['', '']
  const sink = (add: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        add(String(chunk))
        done()
      },
    })
  const io = {
    stdout: sink((text) => {
      out += text
    }),
    stderr: sink((text) => {
      err += text
    }),
    environment: { LANG: language, LONGHAUL_STATE_FOLDER: folder },
    workingFolder: folder,
  } as unknown as Io
  const exitCode = await runCli(['analyze-log', ...argv], io)
  return { exitCode, out, err }
}

beforeAll(() => {
  const line = (second: number, failureClass: string) =>
    JSON.stringify({
      time: new Date(Date.UTC(2025, 9, 1, 12, 0, second)).toISOString(),
      class: failureClass,
      key: 'e5.oper.an.pl/202510/\u001b[31mevil.nc',
      address: '192.0.2.1',
      action: 'retry',
    })
  writeFileSync(
    join(folder, 'download_errors.log'),
    Array.from({ length: 50 }, (_, n) => line(n, n % 10 ? 'throttled' : 'reset')).join('\n'),
  )
  writeFileSync(join(folder, 'no-errors.log'), '')
  mkdirSync(join(folder, 'a-folder'))
})

describe('longhaul analyze-log', () => {
  test('names cause and cure in English', async () => {
    const { exitCode, out, err } = await run(['download_errors.log'])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toContain('1. S3 throttles: 45 of 50 errors are 503 Slow Down or 429.')
    expect(out).toContain('Cure: Use fewer threads')
    expect(out).toContain('e5.oper.an.pl/202510/')
    expect(out).not.toContain('\u001b')
  })
  test('an empty log is good news, not a file of another kind', async () => {
    const { out } = await run(['no-errors.log'])
    expect(out).toContain('The log is empty: no error was written to it.')
  })
  test('and in Chinese', async () => {
    const { out } = await run(['download_errors.log'], 'zh_CN.UTF-8')
    expect(out).toContain('1. S3 限流：50 个错误中有 45 个是 503 Slow Down 或 429。')
  })
  test('--json is one line of codes and numbers', async () => {
    const { out } = await run(['download_errors.log', '--json'])
    const [line = '', ...more] = out.trimEnd().split('\n')
    expect(more).toEqual([])
    expect(JSON.parse(line)).toMatchObject({
      type: 'analysis',
      errors: 50,
      findings: [{ cause: 'throttling', share: 0.9, evidence: { count: 45 } }, { cause: 'resets' }],
    })
  })
  test.each<[string, string[], string]>([
    ['a file that is not there', ['none.log'], 'longhaul: FILE: "none.log" is not there\n'],
    ['a folder', ['a-folder'], 'longhaul: FILE: "a-folder" is not a file\n'],
  ])('%s is one sentence and exit code 2', async (_, argv, sentence) =>
    expect(await run(argv)).toEqual({ exitCode: 2, out: '', err: sentence }),
  )
  test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'a-pipe')])
    expect(await run(['a-pipe'])).toMatchObject({ exitCode: 2, err: 'longhaul: FILE: "a-pipe" is not a file\n' })
  })
  test('no file at all is a mistake of usage', async () => expect((await run([])).exitCode).toBe(2))
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a file we may not read ends with 5',
    async () => {
      writeFileSync(join(folder, 'secret.log'), '')
      chmodSync(join(folder, 'secret.log'), 0)
      expect((await run(['secret.log'])).exitCode).toBe(5)
    },
  )
})
