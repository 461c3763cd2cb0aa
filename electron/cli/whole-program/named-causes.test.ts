/**
 * The seed report's diagnosis table end to end: each trouble is made for real, and the program names it. What slows a
 * download is named by `longhaul get`; leaks, slow disks and slow names by `longhaul doctor`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeCheck } from '../../../shared/describe-diagnosis.ts'
import { type Check, checkSchema } from '../../../shared/diagnosis.ts'
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_BUCKET, ERA5_PREFIX } from '../../engine/testing/objects/era5-objects.ts'
import { startFakeDnsServer } from '../../engine/testing/servers/fake-dns-server.ts'
import { ageingConnections } from '../../engine/testing/weather/ageing-connections.ts'
import { badAddress } from '../../engine/testing/weather/bad-address.ts'
import { connectionSpeed, lineCapacity } from '../../engine/testing/weather/line.ts'
import { throttling } from '../../engine/testing/weather/throttling.ts'
import type { Weather } from '../../engine/testing/weather/weather.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const ADDRESS = `s3://${ERA5_BUCKET}/${ERA5_PREFIX}`
/** Preloaded into the program, its threads too. */
const preload = (name: string) => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '..', 'testing', name))}`,
})
const SLOW_DISK = preload('slow-disk.ts')
const BUSY_LOOP = preload('busy-loop.ts')
const OBJECTS = createEra5Objects({ totalBytes: 2e9, objectBytes: 50e6 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-causes-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs a download until it says that this holds it, and gives the numbers it says so with. */
async function evidenceOf(
  code: Limit['code'],
  url: string,
  more: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Limit['evidence']> {
  const destination = await mkdtemp(join(folder, 'get-'))
  const args = ['get', ADDRESS, destination, '--json', '--no-sign-request', '--endpoint-url', url, ...more]
  const program = startProgram(args, environment)
  const seen = new Set<string>()
  let rest = ''
  try {
    return await new Promise((resolve, reject) => {
      program.child.stdout?.on('data', (chunk) => {
        const lines = `${rest}${chunk}`.split('\n')
        rest = lines.pop() ?? ''
        for (const { limit } of lines.map((line): { limit?: Limit } => JSON.parse(line))) {
          if (limit?.code === code) resolve(limit.evidence)
          if (limit) seen.add(limit.code)
        }
      })
      program.child.on('close', () => reject(new Error(`ended, and had named ${[...seen].join(', ')}`)))
    })
  } finally {
    program.child.kill('SIGINT')
    await program.ended
  }
}

describe('a download names what holds it', () => {
  const number = expect.any(Number)
  test.each<[string, Weather[], string[], Limit['code'], Record<string, unknown>]>([
    [
      '503 Slow Down after a burst',
      [throttling({ requestsPerSecond: 4, burst: 8 }), connectionSpeed(2e6)],
      ['--part-size', '1MiB'],
      'throttling',
      { requestsPerSecond: number, successRate: number },
    ],
    ['a line that is full', [lineCapacity(10e6)], [], 'line', { bytesPerSecond: number, concurrency: number }],
    ["the user's own limit", [], ['--limit-rate', '5MB'], 'user-limit', { limitBytesPerSecond: 5e6 }],
  ])('%s', async (_, weather, more, code, evidence) => {
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather })
    try {
      expect(await evidenceOf(code, server.endpointUrl, more)).toMatchObject(evidence)
    } finally {
      await server.close()
    }
  })

  test('connections that age: how fast, within a factor of two, and how old one may become', async () => {
    const tauSeconds = 15
    const weather = [ageingConnections({ tauSeconds, bytesPerSecond: 5e5 })]
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather })
    try {
      const more = ['--threads', '8', '--part-size', '1MiB']
      const evidence = await evidenceOf('ageing', server.endpointUrl, more)
      expect(evidence.tauSeconds).toBeGreaterThan(tauSeconds / 2)
      expect(evidence.tauSeconds).toBeLessThan(tauSeconds * 2)
      expect(evidence.ageSeconds).toBeGreaterThan(0)
      expect(evidence.ageSeconds).toBeLessThan(tauSeconds)
    } finally {
      await server.close()
    }
  })

  test('a network that goes silent in the middle of a download, with how long it has been', async () => {
    const weather = [connectionSpeed(1e6)]
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather })
    // Once some seconds of it have arrived, however long the program takes to start.
    const silence = setInterval(() => {
      if (server.counters.bytesSent > 16e6) server.setWeather([lineCapacity(0)])
    }, 100)
    try {
      const evidence = await evidenceOf('network-lost', server.endpointUrl, ['--threads', '4'])
      expect(evidence.seconds).toBeGreaterThanOrEqual(3)
    } finally {
      clearInterval(silence)
      await server.close()
    }
  })

  test('a disk that takes 400 ms for each write', async () => {
    const weather = [connectionSpeed(1e6)]
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather })
    try {
      const evidence = await evidenceOf('disk', server.endpointUrl, ['--threads', '4'], SLOW_DISK)
      expect(evidence.writeMs).toBeGreaterThanOrEqual(390)
    } finally {
      await server.close()
    }
  })

  test('a processor that is busy with something else, with how late it comes', async () => {
    const weather = [connectionSpeed(1e6)]
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather })
    try {
      const evidence = await evidenceOf('cpu', server.endpointUrl, ['--threads', '4'], BUSY_LOOP)
      expect(evidence.loopLagMs).toBeGreaterThan(200)
    } finally {
      await server.close()
    }
  })

  test('a server that fails every third request', async () => {
    const failing: Weather = {
      name: 'every third fails',
      fate: ({ kind, number }) =>
        kind === 'get' && number % 3 === 0 ? { kind: 'refuse', status: 500, code: 'InternalError' } : undefined,
    }
    const server = await startFaultServer({
      buckets: { [ERA5_BUCKET]: OBJECTS },
      weather: [connectionSpeed(2e6), failing],
    })
    try {
      const more = ['--threads', '4', '--part-size', '1MiB']
      expect(await evidenceOf('server', server.endpointUrl, more)).toMatchObject({
        successRate: number,
        errors: number,
      })
    } finally {
      await server.close()
    }
  })

  // Further loopback addresses need Linux.
  test.runIf(process.platform === 'linux')('one crawling address of four, by its number', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
    const weather = [connectionSpeed(5e5), badAddress({ address: '127.0.0.3' })]
    const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, weather, addresses })
    const dns = await startFakeDnsServer({ addresses })
    try {
      const url = server.endpointUrl.replace('127.0.0.1', 's3.many.test')
      const more = ['--path-style', '--dns-server', dns.server, '--threads', '8', '--part-size', '1MiB']
      expect(await evidenceOf('address', url, more)).toEqual({ addresses: 1, address: '127.0.0.3' })
    } finally {
      await Promise.all([server.close(), dns.close()])
    }
  })
})

async function diagnose(args: string[], environment?: NodeJS.ProcessEnv): Promise<Map<string, Check>> {
  const run = await runProgram(['doctor', ...args, '--json', '--no-sign-request'], environment)
  const lines = run.stdout.trim().split('\n').slice(0, -1)
  return new Map(lines.map((line) => checkSchema.parse(JSON.parse(line))).map((check) => [check.code, check]))
}

test('a disk whose writes and flushes take 400 ms is named: it writes slowly, and it is busy', async () => {
  const checks = await diagnose(['--folder', folder], SLOW_DISK)
  const speed = checks.get('disk-speed')
  expect(speed).toMatchObject({ verdict: 'bad', cause: 'disk-very-slow', threshold: { bad: 5e6 } })
  expect(speed?.value).toBeLessThan(1024 ** 2 / 0.4)
  const latency = checks.get('disk-latency')
  // A write and its flush; on a busy machine it may reach what is called bad.
  expect(latency?.cause).toMatch(/^disk-(very-)?busy$/)
  expect(latency).toMatchObject({ threshold: { notice: 100, bad: 1000 } })
  expect(latency?.value).toBeGreaterThan(780)
})

test('a DNS server that takes a second is named, with the time it took', async () => {
  const dns = await startFakeDnsServer({ addresses: ['127.0.0.1'], delayMs: 1200 })
  const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS } })
  const url = server.endpointUrl.replace('127.0.0.1', 's3.slow.test')
  const to = ['--endpoint-url', url, '--path-style', '--dns-server', dns.server]
  const checks = await diagnose([ADDRESS, ...to, '--folder', folder])
  await Promise.all([server.close(), dns.close()])
  const check = checks.get('dns-server')
  expect(check).toMatchObject({ verdict: 'bad', cause: 'dns-very-slow', threshold: { bad: 1000 } })
  expect(check?.value).toBeGreaterThan(1000)
})

/**
 * A program that opens so many connections and never closes one;
 * with a folder it holds its lock, as a download of ours does.
 */
async function leak(port: number, connections: number, destination?: string): Promise<ChildProcess> {
  if (destination) await mkdir(join(destination, '.longhaul'), { recursive: true })
  const lock = JSON.stringify(join(import.meta.dirname, '..', '..', 'engine', 'disk', 'destination-lock.ts'))
  const script = `
    import { connect } from 'node:net'
    import { lockDestination } from ${lock}
    const destination = ${JSON.stringify(destination ?? '')}
    // Kept: a lock that is collected as garbage is let go.
    if (destination) globalThis.lock = lockDestination(destination + '/.longhaul')
    let open = 0
    for (let n = 0; n < ${connections}; n++)
      connect({ port: ${port}, host: '127.0.0.1', allowHalfOpen: true }, () => ++open === ${connections} && console.log('open')).resume()
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  return child
}

describe.runIf(process.platform === 'linux')('a program that leaks', () => {
  const listen = async (endsAtOnce: boolean): Promise<Server> => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      if (endsAtOnce) socket.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  }
  const LEAK = { verdict: 'bad', cause: 'sockets-leak', value: 60 }
  const UNCLOSED = { verdict: 'bad', cause: 'close-wait-stuck', value: 8, evidence: { stuck: 8 } }
  test.each([
    ['60 connections of a download of ours: a leak', 60, false, true, 'sockets', LEAK],
    ['60 connections of an older tool, told by where they lead', 60, false, false, 'sockets', LEAK],
    ['8 answers that nobody closed: CLOSE_WAIT', 8, true, true, 'close-wait', UNCLOSED],
    ['8 answers that an older tool did not close', 8, true, false, 'close-wait', UNCLOSED],
  ])('%s', async (_, connections, endsAtOnce, isOurs, code, expected) => {
    const destination = await mkdtemp(join(folder, 'leak-'))
    const server = await listen(endsAtOnce)
    const { port } = server.address() as AddressInfo
    const child = await leak(port, connections, isOurs ? destination : undefined)
    // It does not answer: what matters is where it is.
    const address = isOurs ? [] : [ADDRESS, '--endpoint-url', `http://127.0.0.1:${port}`]
    try {
      const check = (await diagnose([...address, '--folder', destination])).get(code)
      expect(check).toMatchObject(expected)
      expect(check?.evidence.programs).toMatch(new RegExp(`^node \\(${child.pid}\\) `))
      for (const language of ['zh', 'en'] as const)
        expect(describeCheck(check as Check, language).cause).toContain(`node (${child.pid})`)
    } finally {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      server.close()
    }
  })
})
