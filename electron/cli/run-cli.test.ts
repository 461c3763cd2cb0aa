import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { summarySchema } from '../../shared/job-state.ts'
import { runCli } from './run-cli.ts'
import { BUCKET, type IndependentServer, PREFIX, startIndependentServer } from './testing/independent-server.ts'
import { runProgram, startProgram } from './testing/run-program.ts'

let server: IndependentServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-cli-'))
  server = await startIndependentServer({ objects: 6, bytesEach: 2_000_000 })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const address = `s3://${BUCKET}/${PREFIX}`
const anonymous = () => ['--endpoint-url', server.url, '--no-sign-request']
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

async function inProcess(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const code = await runCli(args, {
    stdout,
    stderr,
    environment: { LONGHAUL_STATE_FOLDER: join(folder, 'state'), ...environment },
    workingFolder: folder,
  })
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

describe('a usage mistake: exit code 2 and one sentence on stderr', () => {
  test.each([
    ['no command', [], 'a command is missing'],
    ['an address without a command', [address, 'd'], `to download, longhaul get ${address} DEST`],
    ['an unknown command', ['fetch'], '"fetch" is no command'],
    ['an unknown flag', ['get', address, 'd', '--thread', '4'], "unknown option '--thread' (Did you mean --threads?)"],
    ['the beginning of a flag', ['ls', address, '--endpoint', 'x'], "'--endpoint' (Did you mean --endpoint-url?)"],
    ['a flag without its value', ['get', address, 'd', '--threads'], "'--threads <N|auto>' argument missing"],
    ['a bad value', ['get', address, 'd', '--threads', 'many'], '--threads: "many"'],
    ['no address', ['get'], 'missing required argument'],
    ['no DEST', ['get', address], 'DEST is missing'],
    ['one argument too many', ['get', address, 'd', 'e'], 'too many arguments'],
    ['an address that is none', ['ls', 'era5'], '"era5" is no S3 address'],
    [
      'a policy file that is not there',
      ['get', address, 'd', '--policy', 'x.json'],
      '--policy: "x.json" cannot be read',
    ],
    ['conflicting flags', ['ls', address, '--path-style', '--virtual-hosted'], 'exclude each other'],
    ['a bad port', ['web', '--port', '99999'], '--port: "99999"'],
    ['a flag of another command', ['ls', address, '--threads', '4'], "unknown option '--threads'"],
  ])('%s', async (_, args, sentence) => {
    const run = await inProcess(args)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toMatch(/^longhaul: [^\n]+\n$/)
    expect(run.stderr).toContain(sentence)
    expect(await readdir(folder)).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('a working folder that was removed', async () => {
    const gone = await mkdtemp(join(tmpdir(), 'longhaul-gone-'))
    const script = 'rmdir "$PWD" && exec "$0" "$@"'
    const args = [process.execPath, join(import.meta.dirname, 'main.ts'), 'get', address, 'd', '--json']
    const run = spawnSync('sh', ['-c', script, ...args], { cwd: gone, encoding: 'utf8' })
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('the working folder is gone') })
    expect(jsonLines(run.stdout).at(-1)).toMatchObject({ type: 'summary', status: 'failed' })
  })

  test.each([
    ['--json', ['--json'], {}],
    ['its environment name', [], { LONGHAUL_JSON: '1' }],
  ])('with %s the summary line says so too', async (_, flag, environment) => {
    const { code, stdout } = await inProcess(['get', address, 'd', ...flag, '--threads', 'x'], environment)
    expect(code).toBe(2)
    expect(jsonLines(stdout)).toMatchObject([{ type: 'summary', status: 'failed', failure: { class: 'usage' } }])
  })

  test('the environment of a flag is checked alike', async () => {
    const { code, stderr } = await inProcess(['get', address, 'd'], { LONGHAUL_THREADS: 'x' })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('LONGHAUL_THREADS: "x"') })
  })
})

test('help and version are no mistakes', async () => {
  expect(await inProcess(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  const help = await inProcess(['get', '--help'])
  expect((await inProcess(['help', 'get'])).stdout).toBe(help.stdout)
  expect(help.code).toBe(0)
  for (const flag of ['--endpoint-url <URL>', '--resolve <HOST:ADDR[,ADDR...]>', '--limit-rate', '--json']) {
    expect(help.stdout).toContain(flag)
  }
})

test('help names the settings file, and what it shows of it counts', async () => {
  const settingsFile = join(folder, 'state', 'settings.json')
  const { stdout } = await inProcess(['--help'])
  expect((await inProcess(['help'])).stdout).toBe(stdout)
  expect(stdout).toContain(settingsFile)
  const [example = ''] = /\{ "flags".*\}/.exec(stdout) ?? []
  await mkdir(join(folder, 'state'), { recursive: true })
  await writeFile(settingsFile, example.replace('32', '"many"'))
  const { stderr } = await inProcess(['get', address, 'd', ...anonymous(), '--dry-run'])
  await rm(settingsFile)
  expect(stderr).toContain('settings: threads: "many"')
})

describe('against a server that is not ours', () => {
  test('get brings every byte, a second run fetches none', async () => {
    const destination = join(folder, 'get')
    const first = await runProgram(['get', address, destination, ...anonymous()])
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toMatch(/^6 objects \(0 already there\), 12\.0 MB/)
    for (const [name, body] of server.objects) {
      expect((await readFile(join(destination, name))).equals(body)).toBe(true)
    }
    const again = await runProgram(['get', address, destination, '--json', ...anonymous()])
    expect(again.code).toBe(0)
    const lines = jsonLines(again.stdout)
    expect(new Set(lines.map((line) => line.type))).toEqual(new Set(['event', 'snapshot', 'summary']))
    expect(lines.at(-1)).toMatchObject({ type: 'summary', status: 'completed', objectsSkipped: 6, bytesFetched: 0 })
    expect(() => summarySchema.parse(lines.at(-1))).not.toThrow()
    expect(lines.findLast((line) => line.type === 'snapshot')).toMatchObject({
      bytesTotal: 12_000_015,
      concurrency: expect.any(Number),
      connections: { active: expect.any(Number), closeWait: 0 },
      errors: { throttled: 0, stalled: 0 },
      rssBytes: expect.any(Number),
    })
  })

  test('a whole key brings that object alone; flags come from the environment as well', async () => {
    const [name] = [...server.objects.keys()]
    const destination = join(folder, 'one')
    const run = await runProgram(['get', address + name, destination], {
      LONGHAUL_ENDPOINT_URL: server.url,
      LONGHAUL_NO_SIGN_REQUEST: '1',
    })
    expect(run.code).toBe(0)
    expect((await readdir(destination)).filter((entry) => !entry.startsWith('.'))).toEqual([name])
  })

  test('signed access with keys from the environment', async () => {
    const run = await runProgram(['ls', address, '--endpoint-url', server.url, '--json'], {
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    })
    expect(run.code).toBe(0)
    expect(jsonLines(run.stdout).map(({ key }) => key)).toEqual([...server.objects.keys()].map((name) => PREFIX + name))
  })

  test('a dry run lists, counts, and writes nothing', async () => {
    const run = await runProgram([
      'get',
      address,
      join(folder, 'dry'),
      '--dry-run',
      '--include',
      '*2025100[12]*',
      ...anonymous(),
    ])
    expect(run.code).toBe(0)
    expect(run.stdout.trim().split('\n')).toHaveLength(3)
    expect(run.stdout).toContain('2 objects, 4000001 bytes (4.00 MB)')
    expect(await readdir(folder)).not.toContain('dry')
  })

  test('a dry run whose filters leave nothing says so', async () => {
    const run = await runProgram(['get', address, '--dry-run', '--include', '*.zip', ...anonymous()])
    expect([run.code, run.stdout]).toEqual([0, '0 objects, 0 bytes (0 B)\n'])
    expect(run.stderr).toMatch(/^Nothing to fetch: /)
  })

  test('Ctrl-C ends in good order with 130, the same command continues', async () => {
    const destination = join(folder, 'interrupted')
    const args = ['get', address, destination, '--json', ...anonymous()]
    const { child, ended } = startProgram([...args, '--limit-rate', '1MB'])
    let seen = ''
    for await (const chunk of child.stdout ?? []) {
      seen += chunk
      if (/"bytesDone":[1-9]\d{6}/.test(seen)) break
    }
    child.kill('SIGINT')
    // From the launcher, whose shell has gone: no second Ctrl-C.
    child.kill('SIGTERM')
    const interrupted = await ended
    expect(interrupted.code).toBe(130)
    expect(interrupted.stderr).toContain('Interrupted; run the same command again to continue.')
    const resumed = await runProgram(args)
    expect(resumed.code).toBe(0)
    const summary = jsonLines(resumed.stdout).at(-1)
    expect(summary).toMatchObject({ status: 'completed', objectsDone: 6, bytesDone: 12_000_015 })
    expect(summary.bytesFetched).toBeLessThan(12_000_015)
    for (const [name, body] of server.objects) {
      expect((await readFile(join(destination, name))).equals(body)).toBe(true)
    }
  })

  test.skipIf(process.platform === 'win32')('goes on when a terminal hangs up that it does not speak to', async () => {
    const { child, ended } = startProgram(['get', address, join(folder, 'detached'), '--json', ...anonymous()])
    child.stdout?.once('data', () => child.kill('SIGHUP'))
    const run = await ended
    expect(run.code).toBe(0)
    expect(jsonLines(run.stdout).at(-1)).toMatchObject({ status: 'completed', objectsDone: 6 })
  })

  test('a reader that stands still misses snapshots, so that they do not pile up in memory, and nothing else', async () => {
    const policy = join(folder, 'policy.json')
    await writeFile(policy, JSON.stringify({ snapshotSeconds: 0.004 }))
    const told: string[] = []
    // Is never done with the first piece.
    const stdout = new Writable({ write() {} })
    const write = stdout.write.bind(stdout)
    stdout.write = (text: string) => {
      told.push(text)
      return write(text)
    }
    const args = ['get', address, join(folder, 'still'), '--json', '--limit-rate', '4MB', '--policy', policy]
    const environment = { LONGHAUL_STATE_FOLDER: join(folder, 'state') }
    const code = await runCli([...args, ...anonymous()], {
      stdout,
      stderr: new PassThrough(),
      environment,
      workingFolder: folder,
    })
    expect(code).toBe(0)
    expect(stdout.writableLength).toBeLessThan(400_000)
    const codes = jsonLines(told.join('')).map(({ type, code: event }) => event ?? type)
    expect(codes.slice(-2)).toEqual(['job-finished', 'summary'])
  })

  test('a reader that goes away is no error', async () => {
    const { child, ended } = startProgram(['ls', address, ...anonymous()])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const [code] = await once(child, 'exit')
    child.stderr?.destroy()
    await ended
    expect(code).toBe(0)
  })
})

describe('what goes wrong outside ends with its exit code, one sentence and no stack trace', () => {
  test.each<[string, number, () => string[], string]>([
    [
      'a bucket that is not there',
      3,
      () => ['ls', 's3://nowhere', ...anonymous()],
      'There is no bucket named nowhere.',
    ],
    [
      'a prefix without objects',
      3,
      () => ['get', `s3://${BUCKET}/x/`, join(folder, 'e'), ...anonymous()],
      'There is nothing at x/.',
    ],
    [
      'a server that is not there',
      4,
      () => ['ls', address, '--endpoint-url', 'http://127.0.0.1:1', '--no-sign-request'],
      '127.0.0.1:1 cannot be reached.',
    ],
    [
      'a host without an address',
      4,
      () => ['ls', address, '--endpoint-url', 'http://s3.invalid', '--no-sign-request'],
      'No address is known for the host s3.invalid.',
    ],
    [
      'a server without TLS',
      4,
      () => ['ls', address, '--endpoint-url', server.url.replace('http', 'https'), '--no-sign-request'],
      'secure connection',
    ],
    [
      'a folder that is a file',
      5,
      () => ['get', address, join(folder, 'file'), ...anonymous()],
      'A file stands where a folder is needed',
    ],
    [
      'a policy in a device, which may have no end',
      2,
      () => ['get', address, join(folder, 'p'), '--policy', devNull, ...anonymous()],
      'cannot be read (not a regular file)',
    ],
    ['credentials that are not there', 3, () => ['ls', address, '--endpoint-url', server.url], 'credentials'],
    ['a profile that is not there', 3, () => ['ls', address, '--endpoint-url', server.url, '--profile', 'lab'], 'lab'],
  ])('%s: %i', async (_, code, args, sentence) => {
    await writeFile(join(folder, 'file'), '')
    const run = await runProgram(args())
    expect(run.stderr.trim().split('\n').at(-1)).toContain(sentence)
    expect(run.stderr).not.toMatch(/^ {4}at /m)
    expect(run.code).toBe(code)
  })
})

describe('the demo', () => {
  test('ends with every object verified, what happened in a table, and nothing left behind', async () => {
    const temporary = join(folder, 'demo')
    await mkdir(temporary)
    const run = await runProgram(['demo', '--size', '30MiB'], { TMPDIR: temporary })
    expect(run.code).toBe(0)
    expect(run.stderr).toContain('16 of 16 objects are byte for byte what the server meant to send.')
    expect(run.stderr).toMatch(/503 Slow Down +\d+ {2}waited/)
    expect(await readdir(temporary)).toEqual([])
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const temporary = join(folder, 'demo-interrupted')
    await mkdir(temporary)
    const { child, ended } = startProgram(['demo', '--size', '1GiB'], { TMPDIR: temporary })
    let seen = ''
    for await (const chunk of child.stderr ?? []) {
      seen += chunk
      if (/ 1\.07 GB /.test(seen)) break
    }
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(await readdir(temporary)).toEqual([])
  })
})
