/**
 * Every weather does what its name says, asked by plain HTTP; when it begins and ends
 * it is asked itself. Speeds are read from the bytes the server has let go, over the
 * time that really passed, so that a busy machine makes a test slower and not wrong.
 */
import { connect as connectTcp } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { askPlainly, keepAliveAgent, type PlainQuestion } from '../ask-plainly.ts'
import { type FaultServer, type FaultServerOptions, startFaultServer } from '../fault-server/fault-server.ts'
import type { StoredObject } from '../objects/stored-objects.ts'
import { ageingConnections } from './ageing-connections.ts'
import { badAddress } from './bad-address.ts'
import { blackHoles } from './black-holes.ts'
import { bitFlips, drops, ignoresRange, serverErrors, truncations, wrongRanges } from './broken-answers.ts'
import { calm } from './calm.ts'
import { closesAfter, closesIdle } from './closes-after.ts'
import { capacityChange, connectionSpeed, latency, lineCapacity, lineCut } from './line.ts'
import { objectChanges } from './object-changes.ts'
import { throttling } from './throttling.ts'
import { trickles } from './trickles.ts'
import type { Weather, WeatherContext } from './weather.ts'

const SMALL: StoredObject = { key: 'small', size: 100_000 }
const BIG: StoredObject = { key: 'big', size: 1e9 }

/** macOS answers at 127.0.0.1 only, until an administrator adds others. */
const hasOneLoopbackAddress = process.platform === 'darwin'

let server: FaultServer | undefined
const cancels: (() => void)[] = []
afterEach(async () => {
  for (const cancel of cancels.splice(0)) cancel()
  await server?.close()
})

async function start(weather: Weather[], options: Partial<FaultServerOptions> = {}): Promise<FaultServer> {
  server = await startFaultServer({ buckets: { bucket: [SMALL, BIG] }, weather, ...options })
  return server
}

const ask = (question?: PlainQuestion, key = 'small', at = server as FaultServer) =>
  askPlainly(`${at.endpointUrl}/bucket/${key}`, { ca: at.ca, ...question })

/** Begins this many endless downloads, each on a connection of its own; bytes seen so far, by download. */
function stream(count: number, at = server as FaultServer): number[] {
  const seen = Array<number>(count).fill(0)
  for (let index = 0; index < count; index++) {
    const agent = keepAliveAgent(1)
    cancels.push(() => agent.destroy())
    const onData = (chunk: Buffer) => {
      seen[index] = (seen[index] as number) + chunk.length
    }
    void askPlainly(`${at.endpointUrl}/bucket/big`, { agent, onData })
  }
  return seen
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(5)
}

/** One GET on a bare socket, which sees how the connection ends: an error's code, or `end`. */
function watchConnection(): Promise<{ head: string; bodyBytes: number; end: string }> {
  const { port, ca } = server as FaultServer
  return new Promise((resolve) => {
    const socket = ca ? connectTls({ port, host: '127.0.0.1', ca }) : connectTcp({ port, host: '127.0.0.1' })
    const chunks: Buffer[] = []
    let end = 'end'
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end = error.code ?? error.message
    })
    socket.on('close', () => {
      const all = Buffer.concat(chunks)
      const headBytes = all.indexOf('\r\n\r\n') + 4
      resolve({ head: all.toString('latin1', 0, headBytes), bodyBytes: all.length - headBytes, end })
    })
    socket.write('GET /bucket/small HTTP/1.1\r\nHost: localhost\r\n\r\n')
  })
}

/** Bytes per second the server lets go, from now on. */
async function speedOver(seconds: number): Promise<number> {
  const at = server as FaultServer
  const [bytes, begunAt] = [at.counters.bytesSent, performance.now()]
  await sleep(seconds * 1000)
  return ((at.counters.bytesSent - bytes) * 1000) / (performance.now() - begunAt)
}

/**
 * Resolves once the speed is this, within 15 %: what a busy
 * machine holds up for a moment comes late, and then in a burst.
 */
const speedBecomes = (bytesPerSecond: number) =>
  expect.poll(async () => Math.abs((await speedOver(0.5)) / bytesPerSecond - 1), { interval: 0 }).toBeLessThan(0.15)

/** For a weather that is asked what it would do, at these seconds of its own. */
const context = (seconds: number): WeatherContext => ({ seconds, random: () => 0 })

describe('the line', () => {
  it('calm: every answer is whole and right', async () => {
    const { expectedBytes } = await start([calm()])
    expect((await ask()).body.equals(expectedBytes(SMALL))).toBe(true)
  })

  it('gives each connection its speed', async () => {
    await start([connectionSpeed(1e6)])
    stream(4)
    await speedBecomes(4e6)
  })

  it('is shared fairly when it is too thin for all', async () => {
    const { connections, counters } = await start([lineCapacity(4e6), connectionSpeed(1e6)])
    const seen = stream(16)
    await until(() => seen.every((bytes) => bytes > 0))
    const [before, begunAt] = [connections().map(({ bytesSent }) => bytesSent), counters.bytesSent]
    await until(() => counters.bytesSent > begunAt + 4e6)
    const shares = connections().map(({ bytesSent }, index) => bytesSent - (before[index] ?? 0))
    expect(Math.min(...shares) / Math.max(...shares)).toBeGreaterThan(0.7)
  })

  it('changes its capacity at its time, and what is under way follows', async () => {
    const { lineRate } = capacityChange({ atSeconds: 0.6, before: 8e6, after: 1e6 })
    expect([0, 0.59, 0.6, 9].map((seconds) => lineRate?.(context(seconds)))).toEqual([8e6, 8e6, 1e6, 1e6])
    await start([lineCapacity(8e6)])
    stream(4)
    await speedBecomes(8e6)
    server?.setWeather([lineCapacity(1e6)])
    await speedBecomes(1e6)
  })

  it('cut: bodies and answers stand still, then go on as if nothing had been', async () => {
    const { counters, expectedBytes } = await start([lineCapacity(4e6)])
    const begun = stream(1)
    await until(() => (begun[0] as number) > 0)
    const { lineRate } = lineCut({ atSeconds: 1, forSeconds: 60 })
    expect([0.9, 1, 60.9, 61].map((seconds) => lineRate?.(context(seconds)))).toEqual([undefined, 0, 0, undefined])
    server?.setWeather([lineCut({ atSeconds: 0, forSeconds: 3600 })])
    let isAnswered = false
    const asked = ask().finally(() => {
      isAnswered = true
    })
    await sleep(50)
    const sent = counters.bytesSent
    await sleep(200)
    expect([counters.bytesSent, isAnswered]).toEqual([sent, false])
    server?.setWeather([])
    expect((await asked).body.equals(expectedBytes(SMALL))).toBe(true)
    await until(() => counters.bytesSent > sent + 2 * SMALL.size)
  })

  it('delays every answer, and what else would come still comes', async () => {
    await start([latency(60), latency(60), serverErrors({ share: 1 })])
    const begunAt = performance.now()
    expect((await ask()).status).toBe(500)
    expect(performance.now() - begunAt).toBeGreaterThan(115)
  })
})

describe('ageing connections', () => {
  it('lose speed as exp(-age / tau), whatever is asked on them; a new one is fresh', async () => {
    const [tauSeconds, bytesPerSecond] = [0.5, 4e6]
    const ageing = ageingConnections({ tauSeconds, bytesPerSecond })
    const facts = { id: 1, address: '', requests: 1 }
    const shareAt = (ageSeconds: number) =>
      (ageing.connectionRate?.({ ...facts, ageSeconds }, context(9)) ?? Number.NaN) / bytesPerSecond
    for (const taus of [0, 1, 3]) expect(shareAt(taus * tauSeconds)).toBeCloseTo(Math.exp(-taus))

    const { connections } = await start([ageing])
    stream(1)
    await until(() => (connections()[0]?.ageSeconds ?? 0) > 3 * tauSeconds)
    const bytesOf = (index: number) => connections()[index]?.bytesSent ?? 0
    const old = bytesOf(0)
    stream(1)
    await until(() => bytesOf(1) > 500_000)
    expect(bytesOf(1)).toBeGreaterThan((bytesOf(0) - old) * 3)
  })
})

describe('throttling', () => {
  it('grants the burst and what has grown since, and refuses exactly the rest', async () => {
    const [requestsPerSecond, burst] = [1, 10]
    await start([throttling({ requestsPerSecond, burst, retryAfterSeconds: 3 })])
    const begunAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask()))
    const grown = ((performance.now() - begunAt) / 1000) * requestsPerSecond
    const granted = answers.filter(({ status }) => status === 200).length
    expect(granted).toBeGreaterThanOrEqual(burst)
    expect(granted).toBeLessThanOrEqual(burst + grown + 1)
    expect(server?.counters).toMatchObject({ refused: 60 - granted, errors: { SlowDown: 60 - granted } })
    const refused = answers.find(({ status }) => status === 503)
    expect(refused?.headers['retry-after']).toBe('3')
    expect(refused?.body.toString()).toContain('<Code>SlowDown</Code>')
  })

  it('counts in its own time, to the request', () => {
    const { fate } = throttling({ requestsPerSecond: 2, burst: 3 })
    const connection = { id: 1, address: '', ageSeconds: 0, requests: 1 }
    const at = (seconds: number) =>
      fate?.({ kind: 'get', key: '', number: 1, connection, bodyStart: 0, bodyBytes: 0 }, { seconds, random: () => 0 })
        ?.kind
    expect([0, 0, 0, 0, 0.4, 0.5, 0.6].map(at)).toEqual([
      ...[undefined, undefined, undefined],
      ...['refuse', 'refuse', undefined, 'refuse'],
    ])
    // The clock starts anew: what was granted before is forgotten, not owed.
    expect([0, 5, 5, 5, 5].map(at)).toEqual(['refuse', undefined, undefined, undefined, 'refuse'])
  })

  it('may say 429, and ends at its time', async () => {
    await start([throttling({ requestsPerSecond: 0.001, burst: 1, status: 429 })])
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429])
    const { fate } = throttling({ requestsPerSecond: 0.001, burst: 1, untilSeconds: 5 })
    const connection = { id: 1, address: '', ageSeconds: 0, requests: 1 }
    const request = { kind: 'get' as const, key: '', number: 1, connection, bodyStart: 0, bodyBytes: 0 }
    const kinds = [0, 0, 5, 5.1, 5.1].map((seconds) => fate?.(request, context(seconds))?.kind)
    expect(kinds).toEqual([undefined, 'refuse', 'refuse', undefined, undefined])
  })
})

describe('silence', () => {
  it('swallows a share of the answers for ever: before the head, or in the body', async () => {
    await start([blackHoles({ share: 1 })], { seed: 3 })
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask({ patienceMs: 1500 })))
    expect(answers.every(({ error }) => error === 'waited')).toBe(true)
    const withHead = answers.filter(({ status }) => status === 200)
    expect(withHead.length).toBeGreaterThan(0)
    expect(withHead.length).toBeLessThan(12)
    expect(server?.counters.fates).toEqual({ silence: 12 })
  })

  it.skipIf(hasOneLoopbackAddress)('an address that accepts and never speaks, neither HTTP nor TLS', async () => {
    await start([], { muteAddresses: ['127.0.0.2'], tls: 'self-signed' })
    const url = `https://127.0.0.2:${server?.port}/bucket/small`
    expect(await askPlainly(url, { ca: server?.ca, patienceMs: 150 })).toMatchObject({ status: 0, error: 'waited' })
    expect((await ask()).status).toBe(200)
  })

  it.skipIf(hasOneLoopbackAddress)('one bad address of eight crawls, the others do not notice', async () => {
    const addresses = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 1}`)
    await start([badAddress({ address: '127.0.0.3', bytesPerSecond: 50_000 })], { addresses })
    const url = (address: string) => `http://${address}:${server?.port}/bucket/small`
    const good = await Promise.all(
      addresses.filter((each) => each !== '127.0.0.3').map((each) => askPlainly(url(each))),
    )
    expect(good.every(({ body }) => body.length === SMALL.size)).toBe(true)
    const begunAt = performance.now()
    expect((await askPlainly(url('127.0.0.3'))).body.length).toBe(SMALL.size)
    expect(performance.now() - begunAt).toBeGreaterThan(1800)
  })

  it('trickles: a kilobyte in a second', async () => {
    await start([trickles({ share: 1 })])
    const begunAt = performance.now()
    stream(1)
    await until(() => (server?.counters.bytesSent ?? 0) > 500)
    // What is paid for a late tick may reach back to the moment before.
    const mostSeconds = (performance.now() - begunAt) / 1000 + 1
    expect(server?.counters.bytesSent).toBeLessThan(1024 * mostSeconds)
  })
})

describe('connections', () => {
  it.each([
    ['announced', true, 'close'],
    ['unannounced', false, 'keep-alive'],
  ])('close after three requests, %s', async (_, isAnnounced, said) => {
    await start([closesAfter(3, { isAnnounced })])
    const agent = keepAliveAgent(1)
    cancels.push(() => agent.destroy())
    const heads: (string | undefined)[] = []
    for (let count = 0; count < 3; count++) heads.push((await ask({ agent })).headers.connection)
    expect(heads).toEqual(['keep-alive', 'keep-alive', said])
    await until(() => server?.openSockets() === 0)
    expect((await ask({ agent })).status).toBe(200)
    expect(server?.connections().map(({ requests }) => requests)).toEqual([3, 1])
  })

  it('close when they rest', async () => {
    await start([closesIdle(1)])
    const agent = keepAliveAgent(1)
    cancels.push(() => agent.destroy())
    await ask({ agent })
    expect(server?.openSockets()).toBe(1)
    await until(() => server?.openSockets() === 0)
  })
})

describe('broken answers', () => {
  it.each([
    ['drop in mid-body: RST', drops({ share: 1 }), 'ECONNRESET', undefined],
    ['drop in mid-body over TLS: RST', drops({ share: 1 }), 'ECONNRESET', 'self-signed' as const],
    ['end early, politely: FIN', truncations({ share: 1 }), 'end', undefined],
  ])('%s', async (_, weather, ending, tls) => {
    await start([weather], tls ? { tls } : {})
    const { head, bodyBytes, end } = await watchConnection()
    expect(end).toBe(ending)
    expect(head).toContain('content-length: 100000')
    expect(bodyBytes).toBeLessThan(SMALL.size)
  })

  it('ignore the range: 200 with everything', async () => {
    await start([ignoresRange()])
    const { status, headers, body } = await ask({ headers: { range: 'bytes=10-19' } })
    expect(status).toBe(200)
    expect(headers).not.toHaveProperty('content-range')
    expect(body.equals((server as FaultServer).expectedBytes(SMALL))).toBe(true)
  })

  it('give another range than asked for', async () => {
    await start([wrongRanges({ share: 1 })])
    const { status, headers, body } = await ask({ headers: { range: 'bytes=10-19' } })
    expect(status).toBe(206)
    expect(headers['content-range']).toBe('bytes 11-20/100000')
    expect(body.equals((server as FaultServer).expectedBytes(SMALL, 11, 21))).toBe(true)
  })

  it('flip one bit of one byte, once', async () => {
    const { expectedBytes } = await start([bitFlips({ key: 'small', atByte: 5000, times: 1 })])
    const [first, second] = [(await ask()).body, (await ask()).body]
    const right = expectedBytes(SMALL)
    const wrong = [...first.keys()].filter((index) => first[index] !== right[index])
    expect(wrong).toEqual([5000])
    expect(second.equals(right)).toBe(true)
  })

  it('fail with 500 in their share, the same requests for the same seed', async () => {
    const run = async () => {
      await start([serverErrors({ share: 0.3 })], { seed: 11 })
      const statuses: number[] = []
      for (let count = 0; count < 30; count++) statuses.push((await ask()).status)
      await server?.close()
      return statuses
    }
    const first = await run()
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(await run()).toEqual(first)
  })

  it('belong to another object, from the moment it was uploaded anew', async () => {
    const { version } = objectChanges({ key: 'small', atSeconds: 0.3 })
    expect([0.2, 0.3].map((seconds) => version?.('small', context(seconds)))).toEqual([undefined, 1])
    const { expectedBytes } = await start([])
    const before = await ask()
    server?.setWeather([objectChanges({ key: 'small', atSeconds: 0 })])
    const after = await ask()
    expect(before.body.equals(expectedBytes(SMALL))).toBe(true)
    expect(after.body.equals(expectedBytes({ ...SMALL, version: 1 }))).toBe(true)
    const pinned = await ask({ headers: { 'if-match': String(before.headers.etag), range: 'bytes=0-9' } })
    expect(pinned.status).toBe(412)
    const listed = await askPlainly(`${server?.endpointUrl}/bucket?list-type=2&prefix=small`)
    expect(listed.body.toString()).toContain(String(after.headers.etag).replaceAll('"', ''))
  })
})

it('a client that goes away leaves no body behind', async () => {
  await start([latency(1000), connectionSpeed(1000)])
  expect((await ask({ patienceMs: 30 })).error).toBe('waited')
  await until(() => server?.openSockets() === 0)
  await sleep(1100)
  expect(server?.counters.bytesSent).toBe(0)
})
