/**
 * The whole program on bad days: flipped bytes under each kind
 * of verification, changed worlds between two runs, and secrets.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { bitFlips, drops } from '../../engine/testing/weather/broken-answers.ts'
import { lineCapacity } from '../../engine/testing/weather/line.ts'
import type { Fate, Weather } from '../../engine/testing/weather/weather.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const BUCKET = 'bad-days'
const SMALL: StoredObject = { key: 'small.nc', size: 100_000, checksum: 'CRC64NVME' }
const LARGE: StoredObject = { key: 'large.nc', size: 20_000_000, checksum: 'CRC32C' }
/** No checksum is kept of these two, but their ETags are made of MD5s. */
const UPLOADED: StoredObject = { key: 'uploaded.nc', size: 300_000, upload: 'whole', checksum: 'none' }
const PARTS: StoredObject = { key: 'parts.nc', size: 12_000_000, upload: { partBytes: 5_000_000 }, checksum: 'none' }
const OBJECTS = [SMALL, LARGE, UPLOADED, PARTS]
const MANY: StoredObject[] = Array.from({ length: 600 }, (_, at) => ({ key: `${at}.nc`, size: 1000 }))

let server: FaultServer
let folder: string
let destination: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-bad-days-'))
  server = await startFaultServer({ buckets: { [BUCKET]: OBJECTS, many: MANY } })
  // Sums are worked out when they are first asked for. A connection that waited for
  // them would be replaced, and with it the answer whose byte was to be flipped.
  for (const { key } of OBJECTS) {
    await fetch(`${server.endpointUrl}/${BUCKET}/${key}`, {
      method: 'HEAD',
      headers: { 'x-amz-checksum-mode': 'ENABLED' },
    })
  }
})
beforeEach(() => {
  server.setWeather([])
  destination = join(folder, String(++count))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const get = (...more: string[]) => [
  ...['get', `s3://${BUCKET}/`, destination, '--json', '--no-sign-request', '--region', 'us-east-1'],
  ...['--endpoint-url', server.endpointUrl, ...more],
]

type Summary = {
  status: string
  retries: number
  bytesFetched: number
  failed: { key: string; failure: string }[]
  failure?: { class: string }
}
const summaryOf = (stdout: string): Summary => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

const isRight = async (object: StoredObject): Promise<boolean> =>
  (await readFile(join(destination, object.key))).equals(server.expectedBytes(object))

describe('what gives access is withdrawn in mid-job', () => {
  const many = () => get().toSpliced(1, 1, 's3://many/')
  const DENIED = { kind: 'refuse', status: 403, code: 'AccessDenied' } as const
  const EXPIRED = { kind: 'refuse', status: 400, code: 'ExpiredToken' } as const
  let asked = 0
  /** Of objects; `isMeant`: by how many GETs went before. */
  const denies = (isMeant: (before: number, key: string) => boolean, how: Fate = DENIED): Weather => ({
    name: 'denies',
    fate: ({ kind, key }) => (kind === 'get' && isMeant(asked++, key) ? how : undefined),
  })
  beforeEach(() => {
    asked = 0
  })

  test.each([
    ['the permission', DENIED, 'has been withdrawn', { class: 'denied', code: 'access-withdrawn' }],
    ['credentials, which are tried once each', EXPIRED, 'have run out', { class: 'credentials', code: 'ExpiredToken' }],
  ] as const)('%s: nothing more is asked for, no object is blamed, and a later run goes on', async (...row) => {
    const [, how, words, failure] = row
    server.setWeather([denies((before) => before >= 100, how)])
    const policy = join(folder, 'impatient.json')
    await writeFile(policy, '{"maxAttempts": 1}')
    const run = await runProgram([...many(), '--policy', policy])
    expect(run.code).toBe(3)
    expect(run.stderr).toContain(words)
    expect(asked).toBeLessThan(300)
    const summary = summaryOf(run.stdout)
    expect(summary).toMatchObject({ failed: [], failure })
    expect(summary).toMatchObject({ objectsDone: 100, objectsFailed: 0, objectsLeft: 500 })
    server.setWeather([])
    const again = await runProgram(many())
    expect([again.code, summaryOf(again.stdout)]).toMatchObject([0, { objectsDone: 600, objectsSkipped: 100 }])
  })

  test('objects that are denied one by one fail by name, however many', async () => {
    server.setWeather([denies((_, key) => /[13579]\.nc$/.test(key))])
    const run = await runProgram(many())
    expect([run.code, summaryOf(run.stdout)]).toMatchObject([1, { objectsDone: 300, objectsFailed: 300 }])
  })
})

describe('one byte that the server flips', () => {
  const rows: [verify: string, object: StoredObject, isFound: boolean][] = [
    // They look at size and ETag: docs/trust.md says what that is worth.
    ['off', SMALL, false],
    ['etag', SMALL, false],
    ['checksum', SMALL, true],
    ['checksum', LARGE, true],
    ['checksum', UPLOADED, true],
    ['checksum', PARTS, true],
    ['reread', SMALL, true],
    ['reread', LARGE, true],
    ['reread', PARTS, true],
  ]
  test.each(rows)('--verify %s, $key: found = %s', async (verify, object, isFound) => {
    server.setWeather([bitFlips({ key: object.key, atByte: 70_000, times: 1 })])
    const run = await runProgram(get('--verify', verify))
    expect(run.code).toBe(0)
    // What is found is fetched once more, and right then.
    expect(await isRight(object)).toBe(isFound)
    expect(run.stdout.includes('"object-changed"')).toBe(isFound)
  })

  test('connections that break, stall and are replaced never make right bytes look wrong', async () => {
    const policy = join(folder, 'impatient.json')
    const impatience = { stallSeconds: 1, slowSeconds: 1, connectionMaxAgeSeconds: 1, retryBaseSeconds: 0.01 }
    await writeFile(policy, JSON.stringify({ ...impatience, maxAttempts: 20 }))
    server.setWeather([drops({ share: 0.3 }), lineCapacity(8e6)])
    const run = await runProgram(get('--verify', 'checksum', '--policy', policy, '--part-size', '3000000'))
    expect(run.code).toBe(0)
    expect(summaryOf(run.stdout).retries).toBeGreaterThan(0)
    expect(run.stdout).not.toContain('"object-changed"')
    for (const object of OBJECTS) expect(await isRight(object)).toBe(true)
  })

  test('again and again: the object fails by its name, and nothing wrong lies under it', async () => {
    server.setWeather([bitFlips({ key: SMALL.key, atByte: 5, times: 99 })])
    const run = await runProgram(get('--verify', 'checksum'))
    expect(run.code).toBe(1)
    expect(summaryOf(run.stdout).failed).toMatchObject([{ key: SMALL.key, failure: 'corrupt' }])
    expect(await readdir(destination)).not.toContain(SMALL.key)
    expect(await isRight(LARGE)).toBe(true)
  })

  test('in every object, each time the same: who asked for proof gets none of them', async () => {
    server.setWeather(OBJECTS.map(({ key }) => bitFlips({ key, atByte: 5, times: 99 })))
    const run = await runProgram(get('--verify', 'checksum'))
    expect(run.code).toBe(1)
    expect(summaryOf(run.stdout)).toMatchObject({ objectsDone: 0, objectsFailed: OBJECTS.length })
    const files = await readdir(destination)
    for (const { key } of OBJECTS) expect(files).not.toContain(key)
  })
})

/** Downloads until about half of it is there, and dies. */
async function halfARun(of: FaultServer = server, address: string[] = []): Promise<void> {
  of.setWeather([lineCapacity(6e6)])
  const run = startProgram(get(...address))
  await new Promise<void>((resolve) => {
    let seen = ''
    run.child.stdout?.on('data', (chunk) => {
      seen += chunk
      const done = [...seen.matchAll(/"bytesDone":(\d+)/g)].map((match) => Number(match[1]))
      if (done.some((bytes) => bytes > 8e6)) resolve()
    })
    run.child.once('close', () => resolve())
  })
  run.child.kill('SIGKILL')
  await run.ended
  of.setWeather([])
}

describe('what may happen between a hard kill and the next run', () => {
  const journal = () => join(destination, '.longhaul')

  const rows: [string, () => Promise<unknown>][] = [
    ['nothing', async () => {}],
    ['the journal is cut in its middle', async () => damage(journal(), (bytes) => bytes.subarray(0, bytes.length / 2))],
    ['a bit of the journal is flipped', async () => damage(journal(), (bytes) => flip(bytes))],
    ['the journal is full of zeros', async () => damage(journal(), (bytes) => Buffer.alloc(bytes.length))],
    ['the journal is gone', () => rm(journal(), { recursive: true })],
    ['the part file is cut', async () => damage(destination, (bytes) => bytes.subarray(0, 1000), '.part')],
    ['the part file is full of zeros', async () => damage(destination, (bytes) => Buffer.alloc(bytes.length), '.part')],
    ['a bit of the part file is flipped', async () => damage(destination, flip, '.part')],
    ['the part file is gone', async () => rm(join(destination, 'large.nc.part'), { force: true })],
    ['the whole folder is gone', () => rm(destination, { recursive: true })],
    [
      'the folder was moved away and back',
      async () => {
        await rename(destination, `${destination}-moved`)
        await rename(`${destination}-moved`, destination)
      },
    ],
    ['the object has become another one', async () => server.put(BUCKET, { ...LARGE, version: 2 })],
  ]
  test.each(rows)('%s: the next run ends with the right bytes', async (_title, happen) => {
    server.put(BUCKET, LARGE)
    await halfARun()
    await happen()
    const run = await runProgram(get())
    expect(run.stderr).not.toContain('internal error')
    expect(run.code).toBe(0)
    const large = (await readFile(join(destination, LARGE.key))).equals(
      server.expectedBytes(_title.includes('another one') ? { ...LARGE, version: 2 } : LARGE),
    )
    expect(large).toBe(true)
    for (const object of [SMALL, UPLOADED, PARTS]) expect(await isRight(object)).toBe(true)
  })

  test('ETags that look like MD5s and are none: what is there is kept', async () => {
    const etags = { [SMALL.key]: '1'.repeat(32), [UPLOADED.key]: '2'.repeat(32), [LARGE.key]: '3'.repeat(32) }
    const objects = [SMALL, UPLOADED, LARGE].map(
      ({ key, size }): StoredObject => ({ key, size, etag: etags[key] ?? '', checksum: 'none' }),
    )
    const other = await startFaultServer({ buckets: { [BUCKET]: objects } })
    try {
      const address = ['--endpoint-url', other.endpointUrl]
      await halfARun(other, address)
      const before = await readdir(destination)
      expect(before).toContain('large.nc.part')
      expect(before).toContain(UPLOADED.key)
      const run = await runProgram(get(...address))
      expect(run.code).toBe(0)
      expect(summaryOf(run.stdout).bytesFetched).toBeLessThan(15e6)
      const large = await readFile(join(destination, LARGE.key))
      expect(large.equals(other.expectedBytes(objects[2] as StoredObject))).toBe(true)
    } finally {
      await other.close()
    }
  })

  test.each([
    ['of another time: nothing is believed of what is there', Date.UTC(2025, 11, 1)],
    ['as it was: what is there is kept', 0],
  ])('a service without ETags, and the object %s', async (_title, later) => {
    const object: StoredObject = { ...LARGE, etag: '', checksum: 'none' }
    const now: StoredObject = later ? { ...object, version: 2, lastModified: later } : object
    const other = await startFaultServer({ buckets: { [BUCKET]: [object] } })
    try {
      const address = ['--endpoint-url', other.endpointUrl]
      await halfARun(other, address)
      other.put(BUCKET, now)
      const run = await runProgram(get(...address))
      expect(run.code).toBe(0)
      expect((await readFile(join(destination, LARGE.key))).equals(other.expectedBytes(now))).toBe(true)
      expect(summaryOf(run.stdout).bytesFetched >= LARGE.size).toBe(later > 0)
    } finally {
      await other.close()
    }
  })

  test('every file has its row in the manifest', async () => {
    server.put(BUCKET, LARGE)
    await halfARun()
    expect((await runProgram(get())).code).toBe(0)
    const rows = (await readFile(join(destination, '.longhaul', 'manifest.csv'), 'utf8')).trim().split('\n').slice(1)
    expect(rows.map((row) => row.split(',')[1]).sort()).toEqual(OBJECTS.map(({ key }) => key).sort())
  })

  test('a link planted in the folder is not followed', async () => {
    server.put(BUCKET, LARGE)
    const outside = join(folder, 'outside')
    await mkdir(outside, { recursive: true })
    await writeFile(join(outside, 'precious'), 'precious')
    await mkdir(destination, { recursive: true })
    await symlink(join(outside, 'precious'), join(destination, 'large.nc.part'))
    await symlink(join(outside, 'precious'), join(destination, 'small.nc'))
    await runProgram(get())
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious')
    expect(await readdir(outside)).toEqual(['precious'])
  })

  test.skipIf(process.getuid?.() === 0)(
    'a folder nobody may write to is said in one sentence: exit code 5',
    async () => {
      await mkdir(destination)
      await chmod(destination, 0o500)
      const run = await runProgram(get())
      expect(run.code).toBe(5)
      await chmod(destination, 0o700)
    },
  )

  test('a log folder that cannot be made is said in one sentence: exit code 5', async () => {
    await mkdir(destination)
    await writeFile(join(destination, 'file'), '')
    const run = await runProgram(get('--log-dir', join(destination, 'file', 'logs')))
    expect(run.code).toBe(5)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })

  test('a file in the place of the folder is said in one sentence: exit code 5', async () => {
    await writeFile(destination, 'not a folder')
    const run = await runProgram(get())
    expect(run.code).toBe(5)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(await readFile(destination, 'utf8')).toBe('not a folder')
  })
})

test('an object of a service without ETags that is replaced in mid-job, by one of its size, is fetched anew', async () => {
  const object: StoredObject = { ...LARGE, etag: '', checksum: 'none' }
  const now: StoredObject = { ...object, version: 2, lastModified: Date.UTC(2025, 11, 1) }
  // Something is left to be asked for, however late the first snapshot is read.
  const breaksOff: Weather = {
    name: 'every answer breaks off half-way',
    fate: ({ kind, bodyBytes }) =>
      kind === 'get' ? { kind: 'reset', afterBytes: Math.floor(bodyBytes / 2) } : undefined,
  }
  const other = await startFaultServer({ buckets: { [BUCKET]: [object] }, weather: [breaksOff] })
  const program = startProgram(get('--endpoint-url', other.endpointUrl))
  const hasBegun = /"bytesDone":[1-9]/
  let seen = ''
  program.child.stdout?.on('data', (chunk) => {
    seen += chunk
    if (!hasBegun.test(seen)) return
    other.put(BUCKET, now)
    other.setWeather([])
  })
  const run = await program.ended
  await other.close()
  expect(run.code).toBe(0)
  expect(run.stdout).toContain('"object-changed"')
  expect((await readFile(join(destination, LARGE.key))).equals(other.expectedBytes(now))).toBe(true)
})

test('a server whose clock is two hours ahead is signed for by its own time', async () => {
  const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret-of-the-test' }
  const ahead = await startFaultServer({
    buckets: { [BUCKET]: [SMALL] },
    privateBuckets: [BUCKET],
    keys,
    region: 'us-east-1',
    clockAheadSeconds: 7200,
  })
  const args = get('--endpoint-url', ahead.endpointUrl).filter((flag) => flag !== '--no-sign-request')
  const run = await runProgram(args, {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  })
  await ahead.close()
  expect(run.code).toBe(0)
  expect(await isRight(SMALL)).toBe(true)
})

describe('secrets', () => {
  const SECRET = 'wJalrXUtnFEMI+K7MDENG+bPxRfiCYsecret'
  const TOKEN = 'FwoGZXIvYXdzEBYsessiontoken'
  const PROXY_PASSWORD = 'proxy-pass-word'
  const environment = () => ({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: TOKEN,
    LONGHAUL_STATE_FOLDER: join(folder, `state-${count}`),
  })

  async function textsBelow(path: string): Promise<string> {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.nc'))
    return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')))).join('\n')
  }

  const signed = () => get('--log-dir', join(folder, `logs-${count}`)).filter((flag) => flag !== '--no-sign-request')
  const rows: [string, string[], number][] = [
    ['a download that succeeds', [], 0],
    ['one that is refused', ['--endpoint-url', 'DENIED'], 3],
    ['one through a proxy that is not there', ['--proxy', `http://user:${PROXY_PASSWORD}@127.0.0.1:9`], 4],
    ['a wrong flag', ['--threads', 'many'], 2],
  ]
  test.each(rows)('are in no file and no output: %s', async (_title, more, code) => {
    const refusing = await startFaultServer({ buckets: { [BUCKET]: OBJECTS }, denied: [BUCKET] })
    const args = [...signed(), ...more.map((flag) => (flag === 'DENIED' ? refusing.endpointUrl : flag))]
    const run = await runProgram(args, environment())
    await refusing.close()
    expect(run.code).toBe(code)
    const written = await Promise.all(
      [destination, join(folder, `logs-${count}`), join(folder, `state-${count}`)].map(textsBelow),
    )
    const all = [run.stdout, run.stderr, ...written].join('\n')
    if (code === 0) expect(written.join('').length).toBeGreaterThan(100)
    for (const secret of [SECRET, TOKEN, PROXY_PASSWORD, encodeURIComponent(SECRET)]) expect(all).not.toContain(secret)
  })
})

async function damage(path: string, change: (bytes: Buffer) => Buffer, ending = ''): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isFile() || !(ending ? entry.name.endsWith(ending) : entry.name.startsWith('journal'))) continue
    const file = join(path, entry.name)
    await writeFile(file, change(await readFile(file)))
  }
}

function flip(bytes: Buffer): Buffer {
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes
}
