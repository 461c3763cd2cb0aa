/** `longhaul doctor` as people run it, against the fault server: every trouble is a verdict, and the run ends well. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CHECK_CODES,
  type Check,
  type CheckCode,
  checkSchema,
  diagnosisReportSchema,
} from '../../../shared/diagnosis.ts'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_BUCKET, ERA5_PREFIX } from '../../engine/testing/objects/era5-objects.ts'
import { connectionSpeed } from '../../engine/testing/weather/line.ts'
import type { Fate, Weather } from '../../engine/testing/weather/weather.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const OBJECTS = createEra5Objects({ totalBytes: 240e6, objectBytes: 20e6 })
const ADDRESS = `s3://${ERA5_BUCKET}/${ERA5_PREFIX}`

const PROMISED_SECONDS = 20
const WORLD = { buckets: { [ERA5_BUCKET]: OBJECTS, empty: [] }, denied: ['closed-bucket'] }
/** Gets the address of the fault server. */
type Args = (url: string) => string[] | Promise<string[]>

let server: FaultServer
let secured: FaultServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-doctor-'))
  await writeFile(join(folder, 'a-file'), '')
  secured = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, tls: 'self-signed' })
  await writeFile(join(folder, 'ca.pem'), secured.ca ?? '')
  server = await startFaultServer(WORLD)
})
afterAll(async () => {
  await server.close()
  await secured.close()
  await rm(folder, { recursive: true })
})

/** A port of this machine that nobody listens on: the one a closed server had. */
async function closedPort(): Promise<number> {
  const gone = await startFaultServer({ buckets: {} })
  await gone.close()
  return Number(new URL(gone.endpointUrl).port)
}

const toGets = (fate: Fate): Weather => ({
  name: 'gets alone',
  fate: ({ kind }) => (kind === 'get' ? fate : undefined),
})
const toAll = (fate: Fate): Weather => ({ name: 'all requests', fate: () => fate })
const named = (url: string) => url.replace('127.0.0.1', 'localhost')

async function diagnose(args: string[]) {
  const run = await runProgram(['doctor', '--folder', folder, ...args, '--json', '--no-sign-request'])
  const lines = run.stdout.trim().split('\n')
  const parsed = lines.map((line) => JSON.parse(line))
  const checks = parsed.slice(0, -1).map((line): Check => checkSchema.parse(line))
  return { ...run, checks, summary: parsed.at(-1) }
}

type Diagnosis = Awaited<ReturnType<typeof diagnose>>

const foundBy = ({ checks }: Diagnosis): Expected =>
  Object.fromEntries(checks.map(({ code, verdict, cause }) => [code, [verdict, cause]]))

/** By its own word the machine was so busy that the times it took say nothing about a server. */
const wasHeldUp = ({ checks }: Diagnosis): boolean =>
  checks.some(({ code, verdict }) => (code === 'cpu' || code === 'loop-lag') && verdict !== 'ok')

const isMatched = (diagnosis: Diagnosis, expected: Expected): boolean =>
  isDeepStrictEqual({ ...foundBy(diagnosis), ...expected }, foundBy(diagnosis)) &&
  diagnosis.summary.seconds < PROMISED_SECONDS

const at = (endpoint: string, ...more: string[]) => [ADDRESS, '--endpoint-url', endpoint, ...more]

type Expected = { [C in CheckCode]?: [verdict: Check['verdict'], cause: Check['cause']] }
const CALM: Expected = {
  addresses: ['ok', 'addresses-found'],
  bucket: ['ok', 'bucket-readable'],
  head: ['ok', 'latency-good'],
  'first-byte': ['ok', 'latency-good'],
  'single-speed': ['ok', 'speed-measured'],
  throttling: ['ok', 'not-throttled'],
  'clock-skew': ['ok', 'clock-right'],
}

// At once, each with a server and a folder of its own: most of their time is waiting.
describe('a table of troubles', () => {
  test.concurrent.each<[string, Args, Weather[], Expected]>([
    ['calm', (url) => at(url), [], { ...CALM, 'dns-system': ['ok', 'dns-not-needed'] }],
    [
      'a server that is slow on the first byte',
      (url) => at(url),
      [toGets({ kind: 'delay', milliseconds: 5200 })],
      { ...CALM, 'first-byte': ['bad', 'latency-unhealthy'] },
    ],
    [
      'a server that never sends one',
      (url) => at(url),
      [toGets({ kind: 'silence', afterBytes: -1 })],
      {
        head: ['ok', 'latency-good'],
        'first-byte': ['bad', 'failed-timeout'],
        'parallel-speed': ['bad', 'failed-timeout'],
      },
    ],
    [
      'a server that throttles',
      (url) => at(url),
      [toGets({ kind: 'refuse', status: 503, code: 'SlowDown' })],
      { throttling: ['bad', 'throttled'], 'first-byte': ['bad', 'failed-throttled'], head: ['ok', 'latency-good'] },
    ],
    [
      'a server that stops sending behind a first piece',
      (url) => at(url),
      [toGets({ kind: 'silence', afterBytes: 20_000 })],
      { 'single-speed': ['bad', 'speed-very-low'], 'parallel-speed': ['bad', 'speed-very-low'] },
    ],
    [
      'one dead address of two: it is named, and the other one is asked',
      (url) => at(url.replace('127.0.0.1', 's3.two.test'), '--resolve', 's3.two.test:127.0.0.9,127.0.0.1'),
      [],
      { ...CALM, addresses: ['notice', 'addresses-dead'] },
    ],
    [
      'a service that wants the bucket in its host name',
      (url) => at(url),
      [toAll({ kind: 'refuse', status: 403, code: 'SecondLevelDomainForbidden' })],
      { bucket: ['bad', 'failed-addressing'] },
    ],
    [
      'connections that crawl',
      (url) => at(url),
      [connectionSpeed(20_000)],
      { 'single-speed': ['bad', 'speed-very-low'], 'parallel-speed': ['bad', 'speed-very-low'] },
    ],
    [
      'connections that are each held to a speed: more of them help',
      (url) => at(url),
      [connectionSpeed(1e6)],
      { ...CALM, 'parallel-speed': ['ok', 'many-help'] },
    ],
    [
      'a denied bucket',
      (url) => ['s3://closed-bucket/x/', '--endpoint-url', url],
      [],
      { bucket: ['bad', 'failed-denied'], head: ['unknown', 'not-reached'], throttling: ['ok', 'not-throttled'] },
    ],
    [
      'a bucket that does not exist',
      (url) => ['s3://no-such-bucket/', '--endpoint-url', url],
      [],
      { bucket: ['bad', 'failed-missing-bucket'] },
    ],
    [
      'a certificate that nobody vouches for',
      () => ['s3://era5/', '--endpoint-url', secured.endpointUrl],
      [],
      { bucket: ['bad', 'failed-tls'], 'first-byte': ['unknown', 'not-reached'] },
    ],
    [
      'TLS with its authority',
      () => [ADDRESS, '--endpoint-url', secured.endpointUrl, '--ca-file', join(folder, 'ca.pem')],
      [],
      { ...CALM, 'first-byte': ['ok', 'latency-good'] },
    ],
    ['an empty bucket', (url) => ['s3://empty/', '--endpoint-url', url], [], { bucket: ['notice', 'bucket-empty'] }],
    [
      'a DNS server that is dead: the system stands in',
      async (url) => at(named(url), '--dns-server', `127.0.0.1:${await closedPort()}`),
      [],
      { ...CALM, 'dns-server': ['bad', 'dns-server-dead'] },
    ],
    [
      'a host that has no address',
      async () => at('http://s3.nowhere.invalid', '--dns-server', `127.0.0.1:${await closedPort()}`),
      [],
      { addresses: ['bad', 'failed-dns'], 'dns-system': ['bad', 'dns-dead'], bucket: ['bad', 'failed-dns'] },
    ],
    [
      'a port that nobody listens on',
      async () => at(`http://127.0.0.1:${await closedPort()}`),
      [],
      {
        bucket: ['bad', 'failed-connect'],
        'clock-skew': ['unknown', 'not-reached'],
        throttling: ['unknown', 'not-reached'],
      },
    ],
    [
      'no address: this machine alone',
      () => [],
      [],
      { sockets: ['ok', 'sockets-idle'], bucket: ['unknown', 'not-asked'], 'parallel-speed': ['unknown', 'not-asked'] },
    ],
    [
      'a folder that can be none',
      () => ['--folder', join(folder, 'a-file', 'below')],
      [],
      { 'disk-speed': ['bad', 'failed-disk'], 'disk-latency': ['bad', 'failed-disk'] },
    ],
  ])('%s', async (_, args, weather, expected) => {
    const server = await startFaultServer({ ...WORLD, weather })
    const own = await mkdtemp(join(folder, 'own-'))
    const flags = ['--folder', own, ...(await args(server.endpointUrl))]
    let diagnosis = await diagnose(flags)
    while (wasHeldUp(diagnosis) && !isMatched(diagnosis, expected)) diagnosis = await diagnose(flags)
    await server.close()
    const { code, stderr, checks, summary } = diagnosis
    expect(foundBy(diagnosis)).toMatchObject(expected)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(checks.map((check) => check.code).sort()).toEqual([...CHECK_CODES].sort())
    expect(summary).toMatchObject({ type: 'summary', status: 'completed', seconds: expect.any(Number) })
    expect(summary.ok + summary.notice + summary.bad + summary.unknown).toBe(CHECK_CODES.length)
    expect(summary.seconds).toBeLessThan(PROMISED_SECONDS)
    expect(await readdir(own)).toEqual([])
  })
})

test('a limit of bytes per second is kept to, and named as what holds the speed', async () => {
  server.setWeather([])
  const { checks } = await diagnose(at(server.endpointUrl, '--limit-rate', '500KB'))
  const single = checks.find(({ code }) => code === 'single-speed')
  expect(single).toMatchObject({ verdict: 'ok', cause: 'speed-at-limit' })
  expect(single?.value).toBeLessThan(600e3)
  expect(checks.find(({ code }) => code === 'parallel-speed')).toMatchObject({ cause: 'speed-at-limit', value: null })
})

test('a proxy is named, its login is not; the report holds no secret', async () => {
  const port = await closedPort()
  const secret = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'verysecretkey' }
  const run = await runProgram(
    ['doctor', ...at(server.endpointUrl, '--proxy', `http://me:hushhush@127.0.0.1:${port}`), '--folder', folder],
    secret,
  )
  expect(run.code).toBe(0)
  expect(run.stdout).toContain(`Everything passes through the proxy 127.0.0.1:${port}.`)
  expect(run.stdout + run.stderr).not.toMatch(/hushhush|AKIAEXAMPLE|verysecretkey/)
})

test.each([
  ['with the right keys the ranges are signed too', 'right', ['ok', 'latency-good']],
  ['with wrong ones nothing is reached', 'wrong', ['unknown', 'not-reached']],
])('a private bucket: %s', async (_, secretAccessKey, firstByte) => {
  const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'right' }
  const closed = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, keys })
  const environment = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  const run = await runProgram(['doctor', ...at(closed.endpointUrl), '--json', '--folder', folder], environment)
  await closed.close()
  const lines = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const found = lines.find(({ code }) => code === 'first-byte')
  expect({ code: run.code, found: [found.verdict, found.cause] }).toEqual({ code: 0, found: firstByte })
  if (secretAccessKey === 'wrong') expect(lines.find(({ code }) => code === 'bucket').cause).toBe('failed-credentials')
})

test('--out: diagnostics.txt in both languages, the terminal in its own', async () => {
  server.setWeather([])
  const out = join(folder, 'diagnostics.txt')
  const run = await runProgram(
    ['doctor', ...at(server.endpointUrl), '--no-sign-request', '--folder', folder, '--out', out],
    {
      LANG: 'zh_CN.UTF-8',
    },
  )
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(run.stdout).toMatch(/诊断报告[\s\S]+项正常[\s\S]+首字节时间/)
  expect(run.stdout).not.toContain('Time to first byte')
  const text = await readFile(out, 'utf8')
  expect(text).toMatch(/^Longhaul 诊断报告[\s\S]+Longhaul diagnosis[\s\S]+Time to first byte/)
  await rm(out)
})

test('--out with --json: the report as one value', async () => {
  const out = join(folder, 'report.json')
  const { code } = await diagnose(['--out', out])
  expect(code).toBe(0)
  expect(diagnosisReportSchema.parse(JSON.parse(await readFile(out, 'utf8'))).checks).toHaveLength(CHECK_CODES.length)
  await rm(out)
})

test.each([
  ['an address that is none', ['era5'], 2, '"era5" is no S3 address'],
  ['a rate that is none', ['--limit-rate', 'fast'], 2, '--limit-rate: "fast"'],
  ['a flag of another command', ['--threads', '4'], 2, "unknown option '--threads'"],
  ['a report that cannot be written', ['--out', '/nowhere/at/all.txt'], 5, 'The file system refuses'],
])('%s', async (_, args, code, sentence) => {
  const run = await runProgram(['doctor', ...args])
  expect(run.code).toBe(code)
  expect(run.stderr).toContain(sentence)
})

test.runIf(process.platform === 'linux')(
  'beside the download of another program: its sockets are counted, and nothing of size is fetched',
  async () => {
    const destination = join(folder, 'running')
    server.setWeather([connectionSpeed(300_000)])
    const before = server.counters.gets
    const get = startProgram(['get', ...at(server.endpointUrl), destination, '--no-sign-request', '--threads', '8'])
    await expect.poll(() => server.counters.gets - before).toBeGreaterThan(7)
    const run = await runProgram([
      'doctor',
      ...at(server.endpointUrl),
      '--no-sign-request',
      '--json',
      '--folder',
      destination,
    ])
    get.child.kill('SIGINT')
    expect((await get.ended).code).toBe(130)
    const checks = new Map(
      run.stdout
        .trim()
        .split('\n')
        .map((line) => [JSON.parse(line).code, JSON.parse(line)]),
    )
    expect(checks.get('sockets')).toMatchObject({ verdict: 'ok', cause: 'sockets-healthy' })
    expect(checks.get('close-wait')?.value).toBe(0)
    expect(checks.get('parallel-speed')).toMatchObject({ cause: 'speed-not-disturbed' })
    expect(checks.get('first-byte')).toMatchObject({ verdict: 'ok' })
    await rm(destination, { recursive: true })
  },
)
