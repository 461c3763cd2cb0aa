import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCredentialProcess } from './credential-process.ts'

/** A process that runs these statements in Node: the same on every system. */
const commandOf = (code: string): string => `"${process.execPath}" -e "${code}"`
const saying = (answer: object): string =>
  commandOf(`process.stdout.write(Buffer.from('${Buffer.from(JSON.stringify(answer)).toString('base64')}','base64'))`)

const NOON = Date.UTC(2025, 9, 31, 12)
const KEYS = { Version: 1, AccessKeyId: 'A', SecretAccessKey: 'S' }

const ask = (command: string, limitMs = 20_000) =>
  runCredentialProcess({ profile: 'lab', command }, { environment: process.env, now: () => NOON, limitMs })

it('gives keys, with their token and their end where they have one', async () => {
  expect(await ask(saying(KEYS))).toEqual({ accessKeyId: 'A', secretAccessKey: 'S' })
  expect(await ask(saying({ ...KEYS, SessionToken: 'T', Expiration: '2025-10-31T13:00:00Z' }))).toEqual({
    accessKeyId: 'A',
    secretAccessKey: 'S',
    sessionToken: 'T',
    expiresAt: NOON + 3_600_000,
  })
})

it.each([
  [
    'the first line it wrote',
    commandOf(`console.error('run lab-login');console.error('x');process.exit(1)`),
    /: run lab-login$/,
  ],
  [
    'no secret in it',
    commandOf(`console.error('password=hunter22 is wrong');process.exit(1)`),
    /: password=\[removed\] is wrong$/,
  ],
  [
    'the last line of a traceback',
    commandOf(
      `console.error('Traceback (most recent call last):');console.error('  File');console.error('E: gone');process.exit(1)`,
    ),
    /: E: gone$/,
  ],
  ['how it ended, where it said nothing', commandOf('process.exit(3)'), /: it ended with 3$/],
  ['that its answer is no JSON', commandOf(`console.log('hello')`), /: its answer is none of version 1$/],
  ['that its answer is of another version', saying({ ...KEYS, Version: 2 }), /: its answer is none of version 1$/],
  ['that its keys are old', saying({ ...KEYS, Expiration: '2025-10-31T11:00:00Z' }), /: its keys have expired at 2025/],
])('one that fails tells %s', async (_name, command, words) => {
  const error = await ask(command).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ name: 'CredentialsProviderError', message: expect.stringMatching(words) })
  expect(error).toMatchObject({ message: expect.stringMatching(/^credential_process of lab: /) })
})

describe('one that hangs is ended, with all it has started', () => {
  let environment: NodeJS.ProcessEnv & { PID_FILE: string }
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credential-process-'))
    environment = { ...process.env, PID_FILE: join(folder, 'pid') }
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const hanging = commandOf(
    `require('fs').writeFileSync(process.env.PID_FILE,String(process.pid));setInterval(() => {},1000)`,
  )
  // The shell does not become the process it starts, as it may with a single command.
  const command = process.platform === 'win32' ? hanging : `${hanging}; true`
  const readPid = async () => Number(await readFile(environment.PID_FILE, 'utf8').catch(() => ''))

  it('after its time', async () => {
    const asked = runCredentialProcess({ profile: 'lab', command }, { environment, now: () => NOON, limitMs: 3000 })
    await expect(asked).rejects.toThrow('no answer in 3 s')
    const pid = await readPid()
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('when the program ends', async () => {
    const module = new URL('credential-process.ts', import.meta.url)
    const program = `
      const { runCredentialProcess } = await import(${JSON.stringify(module.href)})
      void runCredentialProcess({ profile: 'lab', command: ${JSON.stringify(command)} }, { environment: process.env, now: Date.now })
      process.stdin.once('data', () => process.exit(0))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: environment })
    await expect.poll(readPid).toBeGreaterThan(0)
    const pid = await readPid()
    child.stdin.write('end')
    await once(child, 'exit')
    await expect.poll(() => isAlive(pid)).toBe(false)
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
