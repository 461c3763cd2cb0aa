/**
 * The whole program on disks and machines that fail it: really full, read-only, gone, stopped, with a clock that jumps.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { lineCapacity } from '../../engine/testing/weather/line.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const BUCKET = 'bad-disks'
const OBJECTS: StoredObject[] = [
  { key: 'large.nc', size: 12_000_000, upload: 'whole' },
  ...Array.from({ length: 20 }, (_, index): StoredObject => ({ key: `d/${index}.nc`, size: 400_000, upload: 'whole' })),
]
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret-of-the-test' }

let server: FaultServer
let folder: string
let destination: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-bad-disks-'))
  server = await startFaultServer({ buckets: { [BUCKET]: OBJECTS }, keys: KEYS })
})
beforeEach(() => {
  server.setWeather([])
  destination = join(folder, String(++count))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const get = () => [
  ...['get', `s3://${BUCKET}/`, destination, '--json', '--region', 'us-east-1', '--endpoint-url', server.endpointUrl],
]
const SIGNED = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey }
const summaryOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

/** Every file under a final name is right and whole. Returns how many there are. */
async function rightFiles(): Promise<number> {
  let found = 0
  for (const object of OBJECTS) {
    const path = join(destination, object.key)
    if (!existsSync(path)) continue
    expect((await readFile(path)).equals(server.expectedBytes(object)), object.key).toBe(true)
    found++
  }
  return found
}

async function expectWholeOnNextRun(): Promise<void> {
  server.setWeather([])
  const run = await runProgram(get(), SIGNED)
  expect(run.stderr).not.toContain('internal error')
  expect(run.code).toBe(0)
  expect(await rightFiles()).toBe(OBJECTS.length)
}

/** Starts over a line that gives it two seconds, and resolves when so much of it is there. */
async function startSlowly(bytes: number, environment: NodeJS.ProcessEnv = {}) {
  server.setWeather([lineCapacity(10e6)])
  const program = startProgram(get(), { ...SIGNED, ...environment })
  let seen = ''
  await new Promise<void>((resolve) => {
    program.child.stdout?.on('data', (chunk) => {
      seen += chunk
      if ([...seen.matchAll(/"bytesDone":(\d+)/g)].some((match) => Number(match[1]) > bytes)) resolve()
    })
    program.child.once('close', () => resolve())
  })
  return program
}

// Linux can be told to take no file larger than that, as FAT32 takes none of 4 GiB.
describe.runIf(process.platform === 'linux')('a file system that takes no large files', () => {
  const runBelow = async (bytes: number) => {
    const program = startProgram(get(), SIGNED)
    execFileSync('prlimit', ['--pid', String(program.child.pid), `--fsize=${bytes}`])
    return program.ended
  }

  test('names those that are too large and writes the rest', { timeout: 60_000 }, async () => {
    const run = await runBelow(5_000_000)
    expect(run.stderr).toContain('large.nc: The file system takes no file this large. ("EFBIG')
    expect(run.code).toBe(1)
    expect(await rightFiles()).toBe(OBJECTS.length - 1)
    await expectWholeOnNextRun()
  })

  test('ends as a failure of the disk where nothing can be written', { timeout: 60_000 }, async () => {
    const run = await runBelow(300_000)
    expect(summaryOf(run.stdout)).toMatchObject({ status: 'failed', failure: { class: 'disk', code: 'EFBIG' } })
    expect(run.stderr).toMatch(/The file system takes no file as large as .*Choose a folder on another drive/)
    expect(run.code).toBe(5)
  })
})

test('a folder stands where a file must go: said by name, before a byte of a large one is fetched', async () => {
  for (const key of ['large.nc', 'd/3.nc']) await mkdir(join(destination, key), { recursive: true })
  const run = await runProgram(get(), SIGNED)
  expect(run.stderr).toContain('large.nc: A folder stands where the file must go. ("EISDIR')
  expect(run.stderr).toContain('d/3.nc: A folder stands where the file must go. ("EISDIR')
  expect(summaryOf(run.stdout)).toMatchObject({ objectsFailed: 2, objectsDone: OBJECTS.length - 2 })
  expect(summaryOf(run.stdout).bytesFetched).toBeLessThan(12_000_000)
  expect(run.code).toBe(1)
})

// Linux has a device that is always full.
describe.runIf(existsSync('/dev/full'))('stdout is on a full disk', () => {
  const FULL = /^longhaul: The disk is full: stdout\. .*ENOSPC/m
  const intoFull = async (args: string[]) => {
    const full = await open('/dev/full', 'w')
    return startProgram(args, SIGNED, full.fd).ended.finally(() => full.close())
  }
  const ls = () => ['ls', `s3://${BUCKET}/`, '--region', 'us-east-1', '--endpoint-url', server.endpointUrl]

  test.each<[string, () => string[]]>([
    ['ls', ls],
    ['ls --json', () => [...ls(), '--json']],
    ['get --dry-run', () => [...get(), '--dry-run']],
    ['--help', () => ['--help']],
  ])('%s fails: a list that is not there must not look like a list of nothing', async (_, args) => {
    const run = await intoFull(args())
    expect(run.stderr).toMatch(FULL)
    expect(run.code).toBe(5)
  })

  test('a download says so and goes on: its objects are there, and that is what its exit code tells', async () => {
    const run = await intoFull(get())
    expect(run.stderr).toMatch(FULL)
    expect(run.code).toBe(0)
    expect(await rightFiles()).toBe(OBJECTS.length)
  })
})

const mayMount = process.platform === 'linux' && canMount()
const mayLock = mayMount && canLock()

// Mounting takes root and Linux; elsewhere `disk/destination.test.ts` knows these disks by their error codes.
describe.skipIf(!mayMount)('a small disk of its own', () => {
  const mount = (...options: string[]) => execFileSync('mount', options)
  beforeEach(async () => {
    await mkdir(destination)
    mount('-t', 'tmpfs', '-o', 'size=6m', 'none', destination)
  })
  afterEach(() => {
    execFileSync('umount', ['-l', destination])
  })

  test('is full: one sentence, exit code 5, nothing half under a final name; with more room the job ends whole', async () => {
    const run = await runProgram(get(), SIGNED)
    expect(run.code).toBe(5)
    expect(summaryOf(run.stdout)).toMatchObject({ status: 'failed', failure: { class: 'disk-full' } })
    const lines = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const { reason } = lines.find(({ code }) => code === 'disk-full')
    expect(reason).toEqual({ path: expect.any(String), needBytes: expect.any(Number), freeBytes: expect.any(Number) })
    expect(reason.needBytes).toBeGreaterThan(20_000_000 - 6 * 2 ** 20 - 1)
    expect(reason.freeBytes).toBeLessThan(6 * 2 ** 20)
    expect(run.stderr).not.toContain('internal error')
    expect(await rightFiles()).toBeLessThan(OBJECTS.length)
    mount('-o', 'remount,size=64m', destination)
    await expectWholeOnNextRun()
  })

  test('is read-only: one sentence, exit code 5, and nothing written', async () => {
    mount('-o', 'remount,ro', destination)
    const run = await runProgram(get(), SIGNED)
    expect(run.code).toBe(5)
    expect(summaryOf(run.stdout)).toMatchObject({ failure: { class: 'disk-denied' } })
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(await readdir(destination)).toEqual([])
  })

  test('is taken away in the middle of the job: one sentence, no object is to blame', async () => {
    mount('-o', 'remount,size=64m', destination)
    const program = await startSlowly(1_000_000)
    execFileSync('umount', ['-l', destination])
    const run = await program.ended
    expect(summaryOf(run.stdout)).toMatchObject({ objectsFailed: 0, failure: { class: 'disk-gone' } })
    expect(run.code).toBe(5)
    // Not a byte went to the disk below.
    expect(await readdir(destination)).toEqual([])
    mount('-t', 'tmpfs', '-o', 'size=64m', 'none', destination)
    await expectWholeOnNextRun()
  })
})

// What bears a mount has a name that cannot be taken: EBUSY, as Windows says of a file that another program holds open.
test.skipIf(!mayMount)('an object whose file is held open is tried once more when all else is done', async () => {
  const held = join(destination, 'd', '0.nc')
  await mkdir(join(destination, 'd'), { recursive: true })
  await writeFile(held, '')
  execFileSync('mount', ['--bind', held, held])
  server.setWeather([lineCapacity(10e6)])
  const program = startProgram(get(), SIGNED)
  let seen = ''
  program.child.stdout?.on('data', (chunk) => {
    if (seen.includes('object-failed')) return
    seen += chunk
    if (seen.includes('object-failed')) execFileSync('umount', [held])
  })
  const run = await program.ended
  expect(summaryOf(run.stdout)).toMatchObject({ status: 'completed', objectsFailed: 0 })
  expect(run.code).toBe(0)
  expect(await rightFiles()).toBe(OBJECTS.length)
})

test.skipIf(!mayMount)('and so is one with nothing beside it, once: what is still held then has failed', async () => {
  const held = join(destination, 'd', '0.nc')
  await mkdir(join(destination, 'd'), { recursive: true })
  await writeFile(held, '')
  execFileSync('mount', ['--bind', held, held])
  const run = await runProgram([...get(), '--include', 'd/0.nc'], SIGNED)
  execFileSync('umount', [held])
  const codes = [...run.stdout.matchAll(/"code":"(object-[a-z]+)"/g)].map(([, code]) => code)
  expect(codes).toEqual(['object-failed', 'object-retried', 'object-failed'])
  expect(run.code).toBe(1)
})

test.skipIf(!mayLock)('objects whose files may not be replaced fail by their names; all others land', async () => {
  const locked = ['large.nc', 'd/0.nc']
  await mkdir(join(destination, 'd'), { recursive: true })
  for (const key of locked) await writeFile(join(destination, key), key)
  execFileSync('chattr', ['+i', ...locked.map((key) => join(destination, key))])
  const run = await runProgram(get(), SIGNED)
  execFileSync('chattr', ['-i', ...locked.map((key) => join(destination, key))])
  const { objectsDone, failed } = summaryOf(run.stdout)
  expect(failed.map(({ key }: { key: string }) => key).sort()).toEqual([...locked].sort())
  expect(objectsDone).toBe(OBJECTS.length - locked.length)
  expect(run.stderr).toContain('write-protected')
  expect(run.code).toBe(1)
  for (const key of locked) expect(await readFile(join(destination, key), 'utf8')).toBe(key)
  await expectWholeOnNextRun()
})

describe('the folder goes away in the middle of the job', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['deleted', () => rm(destination, { recursive: true, maxRetries: 20, retryDelay: 10 })],
    ['moved', () => rename(destination, `${destination}-moved`)],
  ])('%s: one sentence, no object is to blame, and the next run ends whole', async (_title, happen) => {
    const program = await startSlowly(5_000_000)
    await happen()
    const run = await program.ended
    expect(summaryOf(run.stdout)).toMatchObject({ objectsFailed: 0, failure: { class: 'disk-gone' } })
    expect(run.stderr).toContain(`${destination} is not there`)
    expect(run.code).toBe(5)
    await expectWholeOnNextRun()
  })

  const rows: [string, () => Promise<unknown>][] = [
    [
      'its inner folder is deleted',
      () => rm(join(destination, 'd'), { recursive: true, maxRetries: 20, retryDelay: 10 }),
    ],
    ['our own folder in it is deleted', () => rm(join(destination, '.longhaul'), { recursive: true, maxRetries: 20 })],
  ]
  test.each(rows)('%s: right bytes or a named failure, and the next run ends whole', async (_title, happen) => {
    const program = await startSlowly(5_000_000)
    await happen()
    const run = await program.ended
    expect(run.stderr).not.toContain('internal error')
    expect([0, 1, 5]).toContain(run.code)
    const { failed, failure } = summaryOf(run.stdout)
    if (run.code !== 0) expect(failure?.class ?? failed[0]?.failure).toMatch(/^(?:disk|locked|unsafe-path)/)
    await rightFiles()
    await expectWholeOnNextRun()
  })
})

describe('the machine', () => {
  test('sleeps and wakes with every connection dead: the job ends whole', async () => {
    const program = await startSlowly(5_000_000)
    program.child.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 3000))
    for (const connection of server.connections()) if (connection.isOpen) connection.reset()
    program.child.kill('SIGCONT')
    const run = await program.ended
    expect(run.code).toBe(0)
    expect(await rightFiles()).toBe(OBJECTS.length)
  })

  /** In every thread of the program: once the file `JUMP_FILE` is there the clock is off by `JUMP_MS`. */
  const JUMPING_CLOCK = `import { existsSync } from 'node:fs'
    const real = Date.now, by = Number(process.env.JUMP_MS)
    const now = () => existsSync(process.env.JUMP_FILE) ? real() + by : real()
    globalThis.Date = class extends Date {
      constructor(...parts) { if (parts.length) super(...parts); else super(now()) }
      static now() { return now() }
    }`
  test.each([
    ['a day ahead', 86_400_000],
    ['a day back', -86_400_000],
    ['ten minutes back', -600_000],
  ])('has a clock that jumps %s: signatures follow the server, the job ends whole', async (_title, by) => {
    const jumpFile = `${destination}.jump`
    const program = await startSlowly(3_000_000, {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(JUMPING_CLOCK)}`,
      JUMP_FILE: jumpFile,
      JUMP_MS: String(by),
    })
    await writeFile(jumpFile, '')
    const run = await program.ended
    expect(run.stderr).not.toContain('internal error')
    expect(run.code).toBe(0)
    expect(await rightFiles()).toBe(OBJECTS.length)
  })
})

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const point = join(tmpdir(), `longhaul-mount-${process.pid}`)
  try {
    execFileSync('mkdir', ['-p', point])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', point], { stdio: 'ignore' })
    execFileSync('umount', [point])
    return true
  } catch {
    return false
  } finally {
    execFileSync('rmdir', [point])
  }
}

/** A file system of a container, say, knows no such attribute. */
function canLock(): boolean {
  const file = join(tmpdir(), `longhaul-lock-${process.pid}`)
  try {
    execFileSync('touch', [file])
    execFileSync('chattr', ['+i', file], { stdio: 'ignore' })
    execFileSync('chattr', ['-i', file])
    return true
  } catch {
    return false
  } finally {
    execFileSync('rm', ['-f', file])
  }
}
