import { expect, it } from 'vitest'
import { createProcessCredentials } from './credential-process.ts'

/** A process that runs these statements in Node: the same on every system. */
const commandOf = (code: string): string => `"${process.execPath}" -e "${code}"`
const saying = (answer: object): string =>
  commandOf(`process.stdout.write(Buffer.from('${Buffer.from(JSON.stringify(answer)).toString('base64')}','base64'))`)

const NOON = Date.UTC(2025, 9, 31, 12)
const KEYS = { Version: 1, AccessKeyId: 'A', SecretAccessKey: 'S' }

const ask = (command: string, limitMs = 20_000) =>
  createProcessCredentials({ profile: 'lab', command }, { environment: process.env, now: () => NOON, limitMs })()

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

it('one that hangs is ended', async () => {
  await expect(ask(commandOf('setInterval(() => {}, 1000)'), 500)).rejects.toThrow('no answer in 0.5 s')
})

it('runs once for all who ask, and again when its keys are refused or run out', async () => {
  let now = NOON
  const command = commandOf(
    `console.log(JSON.stringify({Version:1,AccessKeyId:String(process.pid),SecretAccessKey:'S',Expiration:'2025-10-31T13:00:00Z'}))`,
  )
  const provide = createProcessCredentials({ profile: 'lab', command }, { environment: process.env, now: () => now })
  const [one, same] = await Promise.all([provide(), provide()])
  expect(same).toBe(one)
  expect(await provide()).toBe(one)
  const afterRefusal = await provide(true)
  expect(afterRefusal.accessKeyId).not.toBe(one?.accessKeyId)
  now = NOON + 3_500_000
  // Soon over: the old ones are given while the new ones are fetched.
  expect(await provide()).toBe(afterRefusal)
  await expect.poll(() => provide(), { timeout: 20_000 }).not.toBe(afterRefusal)
  now = NOON + 3_600_000
  await expect(provide()).rejects.toThrow('expired')
})
