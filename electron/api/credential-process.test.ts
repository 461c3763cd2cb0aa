import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
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
    ...{ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' },
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

it('one that hangs is ended, with all it has started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'credential-process-'))
  const file = join(folder, 'pid')
  const hanging = commandOf(
    `require('fs').writeFileSync(process.env.PID_FILE,String(process.pid));setInterval(() => {},1000)`,
  )
  try {
    const environment = { ...process.env, PID_FILE: file }
    // The shell does not become the process it starts, as it may with a single command.
    const command = process.platform === 'win32' ? hanging : `${hanging}; true`
    const asked = runCredentialProcess({ profile: 'lab', command }, { environment, now: () => NOON, limitMs: 3000 })
    await expect(asked).rejects.toThrow('no answer in 3 s')
    const pid = Number(await readFile(file, 'utf8'))
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
