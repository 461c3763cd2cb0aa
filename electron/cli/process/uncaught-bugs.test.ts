import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUCKET, type IndependentServer, PREFIX, startIndependentServer } from '../testing/independent-server.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

let server: IndependentServer
let folder: string
let environment: NodeJS.ProcessEnv
let bug: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-bugs-'))
  server = await startIndependentServer({ objects: 4, bytesEach: 500_000 })
  bug = join(folder, 'bug')
  const preload = pathToFileURL(join(import.meta.dirname, '..', 'testing', 'planted-bug.ts')).href
  environment = { NODE_OPTIONS: `--import ${preload}`, BUG_FILE: bug, LONGHAUL_STATE_FOLDER: join(folder, 'state') }
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const plant = async (content: '' | 'rejection') => {
  await writeFile(`${bug}.new`, content)
  await rename(`${bug}.new`, bug)
  await expect.poll(() => existsSync(bug)).toBe(false)
}
const log = () => readFile(join(folder, 'state', 'longhaul.log'), 'utf8')

test.each([
  ['an exception', '', ''],
  // As Electron sets its own Node.
  ['a rejection that is only warned of', 'rejection', '--unhandled-rejections=warn-with-error-code'],
] as const)(
  'a download that meets a bug ends with one sentence, its details are in the log, and the same command goes on: %s',
  async (_, content, option) => {
    const args = [
      'get',
      `s3://${BUCKET}/${PREFIX}`,
      join(folder, `data ${content}`),
      '--endpoint-url',
      server.url,
      '--no-sign-request',
    ]
    const { child, ended } = startProgram([...args, '--limit-rate', '200K', '--json'], {
      ...environment,
      NODE_OPTIONS: `${environment.NODE_OPTIONS} ${option}`,
    })
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    await plant(content)
    const run = await ended
    expect([run.code, run.stderr]).toEqual([
      1,
      `longhaul: internal error: a planted bug. Details are in ${join(folder, 'state', 'longhaul.log')}\n`,
    ])
    expect(await log()).toContain('planted-bug.ts')
    expect((await runProgram(args, { LONGHAUL_STATE_FOLDER: join(folder, 'state') })).code).toBe(0)
  },
)
