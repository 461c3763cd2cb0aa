/** The data plane, worker threads and all, against servers that break every rule; what is on disk is compared. */
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionNews, DataPlane, Endpoint, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { makeTestCertificate } from '../testing/test-certificate.ts'
import { createDataPlane } from './data-plane.ts'

/** The object is 4,000 bytes; its bytes 1,000 to 2,000 are asked for. */
const OBJECT = Buffer.from(Array.from({ length: 4000 }, (_, index) => index % 251))
const RANGE = { start: 1000, end: 2000 }
const BODY = OBJECT.subarray(RANGE.start, RANGE.end)
/** What an untouched byte of the file is; no byte of the object. */
const UNTOUCHED = 255

type Misdeed = (socket: Socket, request: string) => void

const head = (status: string, ...headers: string[]) => [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
const good = (...headers: string[]) =>
  head('206 Partial Content', 'content-range: bytes 1000-1999/4000', 'content-length: 1000', ...headers)

let folder: string
let fd: number
let server: Server
let requests: string[]
let plane: DataPlane
let news: ConnectionNews[]
let heard: () => void

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-data-plane-'))
  fd = openSync(join(folder, 'part'), 'w+')
  ftruncateSync(fd, 0)
  requests = []
  news = []
  heard = () => {}
  plane = createDataPlane({ workerUrl: new URL('./data-plane-worker.ts', import.meta.url), workers: 1 })
  plane.subscribe((batch) => {
    news.push(...batch)
    heard()
  })
})

afterEach(async () => {
  await plane.shutDown()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

/** Of the server, below TLS where there is TLS. */
const sockets = new Set<Socket>()
const certificate = makeTestCertificate({ names: ['127.0.0.1'], now: Date.now() })
let isTls = false

async function serve(misdeed: Misdeed): Promise<Endpoint> {
  server = isTls ? createTlsServer(certificate) : createServer()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    socket.on('error', () => {})
    let request = ''
    socket.on('data', (chunk) => {
      request += chunk.toString('latin1')
      if (!request.endsWith('\r\n\r\n')) return
      requests.push(request)
      misdeed(socket, request)
      request = ''
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const host = { hostname: '127.0.0.1', hostHeader: `127.0.0.1:${port}`, port, basePath: '/bucket/' }
  return { tls: isTls, region: 'us-east-1', credentials, ...host, ...(isTls ? { ca: [certificate.cert] } : {}) }
}

async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      heard = resolve
    })
  }
}

async function untilReceived(bytes: number): Promise<void> {
  while (plane.counters(1).bytes < bytes) await new Promise((resolve) => setTimeout(resolve, 5))
}

const task = (change: Partial<FetchTask> = {}): FetchTask => ({
  ...{ taskId: 1, key: 'key', range: RANGE, objectSize: OBJECT.length, etag: 'e', acceptWhole: false },
  file: { kind: 'open', fd },
  ...change,
})

async function fetchFrom(endpoint: Endpoint, change: Partial<FetchTask> = {}, closeAfterBytes?: number) {
  plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
  await until(() => news.find(({ kind }) => kind === 'opened'))
  plane.assign(1, task(change), endpoint)
  if (closeAfterBytes !== undefined) {
    await untilReceived(closeAfterBytes)
    plane.close(1)
  }
  const finished = await until(() => news.find((item) => item.kind === 'finished'))
  return (finished as { outcome: TaskOutcome }).outcome
}

/** Every byte of the file is the object's own at that place, or untouched. */
function expectNoWrongByte(reached: number): void {
  const file = readFileSync(join(folder, 'part'))
  for (const [at, byte] of file.entries()) {
    const isOurs = at >= RANGE.start && at < Math.max(reached, RANGE.start)
    if (isOurs) expect(byte).toBe(OBJECT[at])
    // A file that grows is zero where nothing was written.
    else expect([0, UNTOUCHED]).toContain(byte)
  }
}

describe.each(['plain', 'TLS'])('over a %s connection', (kind) => {
  beforeEach(() => {
    isTls = kind === 'TLS'
  })

  it('a good answer: every byte at its place, nothing else, and the connection stays', async () => {
    const outcome = await fetchFrom(await serve((socket) => socket.write(Buffer.concat([Buffer.from(good()), BODY]))))
    expect(outcome).toMatchObject({ reached: 2000, received: 1000, connectionEnds: false })
    expect(outcome.failure).toBeUndefined()
    expect(readFileSync(join(folder, 'part')).subarray(1000)).toEqual(BODY)
    expect(plane.socketCounts()).toEqual({ opened: 1, closed: 0 })
  })

  describe('a server that breaks the rules writes no wrong byte', () => {
    const rows: [string, Misdeed, failureClass: string, code: string, reached: number][] = [
      [
        'headers without end',
        (socket) => flood(socket, 'HTTP/1.1 206 OK\r\n', 'x-more: and more\r\n'),
        'protocol',
        'bad-http',
        1000,
      ],
      [
        'a header line without end',
        (socket) => flood(socket, 'HTTP/1.1 206 OK\r\nx: ', 'y'.repeat(1000)),
        'protocol',
        'bad-http',
        1000,
      ],
      ['no HTTP at all', (socket) => socket.write('220 smtp.example.org ESMTP\r\n'), 'protocol', 'bad-http', 1000],
      [
        'a longer length than its range',
        (socket) => socket.write(good().replace('h: 1000', 'h: 1001')),
        'protocol',
        'length-differs',
        1000,
      ],
      [
        'a shorter length than its range',
        (socket) => socket.write(good().replace('h: 1000', 'h: 999')),
        'protocol',
        'length-differs',
        1000,
      ],
      [
        'another range',
        (socket) => socket.write(good().replace('1000-1999', '1001-2000')),
        'protocol',
        'other-range',
        1000,
      ],
      [
        'no range',
        (socket) => socket.write(head('206 OK', 'content-length: 1000')),
        'protocol',
        'bad-content-range',
        1000,
      ],
      [
        'another size',
        (socket) => socket.write(good('etag: "e"').replace('/4000', '/4001')),
        'changed',
        'size-differs',
        1000,
      ],
      ['another ETag', (socket) => socket.write(good('etag: "other"')), 'changed', 'etag-differs', 1000],
      [
        'the whole object instead',
        (socket) => socket.write(head('200 OK', 'content-length: 4000')),
        'protocol',
        'range-ignored',
        1000,
      ],
      [
        'a compressed answer of unknown length that is shorter',
        (socket) => socket.write(`${chunked('content-encoding: gzip')}3\r\nabc\r\n0\r\n\r\n`),
        'protocol',
        'body-too-short',
        1003,
      ],
      [
        'an answer of unknown length that is longer',
        (socket) => socket.write(`${chunked()}7d0\r\n${'x'.repeat(2000)}\r\n`),
        'protocol',
        'body-too-long',
        1000,
      ],
      [
        'an encoding nobody asked for',
        (socket) => socket.write(head('206 OK', 'content-range: bytes 1000-1999/4000', 'transfer-encoding: gzip')),
        'protocol',
        'bad-http',
        1000,
      ],
      ['an end before the head', (socket) => socket.end(), 'reset', 'closed-in-answer', 1000],
      [
        'an end in the middle of the head',
        (socket) => socket.end('HTTP/1.1 206 Par'),
        'reset',
        'closed-in-answer',
        1000,
      ],
      [
        'an end in mid-body',
        (socket) => socket.end(Buffer.concat([Buffer.from(good()), BODY.subarray(0, 300)])),
        'reset',
        'closed-in-answer',
        1300,
      ],
      [
        'a redirect to another host',
        (socket) => socket.write(head('307 Temporary Redirect', 'location: http://127.0.0.2:1/', 'content-length: 0')),
        'redirect-refused',
        'HTTP 307',
        1000,
      ],
      [
        'a redirect to itself',
        (socket) => socket.write(head('301 Moved', 'location: /bucket/key', 'content-length: 0')),
        'redirect-refused',
        'HTTP 301',
        1000,
      ],
      [
        'an error body without end',
        (socket) => flood(socket, head('500 Oops', 'content-length: 10000000000'), 'x'.repeat(10_000)),
        'server-error',
        'HTTP 500',
        1000,
      ],
      [
        'an error named like a part of JavaScript',
        (socket) => socket.write(withBody('503 No', '<Error><Code>constructor</Code></Error>')),
        'throttled',
        'constructor',
        1000,
      ],
      [
        'an XML bomb',
        (socket) =>
          socket.write(withBody('403 No', '<!DOCTYPE x [<!ENTITY a "ha">]><Error><Code>&a;&a;</Code></Error>')),
        'denied',
        '&a;&a;',
        1000,
      ],
    ]
    it.each(rows)('%s', async (title, misdeed, failureClass, code, reached) => {
      const outcome = await fetchFrom(await serve(misdeed))
      expect(outcome.failure).toMatchObject({ class: failureClass, code })
      expect(outcome.reached).toBe(reached)
      // What came in a compressed answer are bytes of the answer: they may lie in the range, never beyond it.
      if (!title.startsWith('a compressed')) expectNoWrongByte(reached)
      expect(readFileSync(join(folder, 'part')).length).toBeLessThanOrEqual(RANGE.end)
    })

    it('a reset in mid-body keeps what came before it', async () => {
      const outcome = await fetchFrom(
        await serve((socket) => {
          socket.write(Buffer.concat([Buffer.from(good()), BODY.subarray(0, 500)]))
          // What is reset before it was read is lost, by TCP's own rule.
          void untilReceived(500).then(() => {
            for (const raw of sockets) raw.resetAndDestroy()
          })
        }),
      )
      expect(outcome).toMatchObject({
        reached: 1500,
        connectionEnds: true,
        failure: { class: 'reset', address: '127.0.0.1' },
      })
      expectNoWrongByte(1500)
    })

    it.each<[string, Misdeed, number]>([
      ['silence after the request', () => {}, 0],
      [
        'silence in mid-body',
        (socket) => socket.write(Buffer.concat([Buffer.from(good()), BODY.subarray(0, 500)])),
        500,
      ],
      ['a drip', (socket) => drip(socket), 3],
    ])('%s holds nobody up: it is closed when the control plane says so', async (_title, misdeed, bytes) => {
      const outcome = await fetchFrom(await serve(misdeed), {}, bytes)
      expect(outcome.failure?.class).toBe('cancelled')
      expect(outcome.reached).toBeGreaterThanOrEqual(RANGE.start + bytes)
      expectNoWrongByte(outcome.reached)
    })

    it('bytes that nobody asked for end the connection before they are taken for an answer', async () => {
      const endpoint = await serve((socket) =>
        socket.write(Buffer.concat([Buffer.from(good()), BODY, Buffer.from(good()), BODY])),
      )
      await fetchFrom(endpoint)
      await until(() => news.find((item) => item.kind === 'closed'))
      expect(plane.socketCounts()).toEqual({ opened: 1, closed: 1 })
      expectNoWrongByte(2000)
    })
  })

  it('a redirect within the host is followed, signed anew, and a loop is not', async () => {
    const endpoint = await serve((socket, request) => {
      const isFirst = request.startsWith('GET /bucket/key ')
      socket.write(
        isFirst
          ? `${head('307 Temporary Redirect', 'location: /moved/key?node=2', 'content-length: 5')}moved`
          : Buffer.concat([Buffer.from(good()), BODY]),
      )
    })
    expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
    expectNoWrongByte(2000)
    expect(requests.map((request) => request.split(' ')[1])).toEqual(['/bucket/key', '/moved/key?node=2'])
    const signatures = requests.map((request) => /Signature=(\w+)/.exec(request)?.[1])
    expect(new Set(signatures).size).toBe(2)
    expect(requests[1]).toMatch(/^range: bytes=1000-1999$/m)
  })

  it('credentials go to the host they are for, once, and never where a redirect points', async () => {
    const elsewhere: string[] = []
    const other = createServer((socket) => socket.on('data', (chunk) => elsewhere.push(chunk.toString())))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/bucket/key`
    const endpoint = await serve((socket) =>
      socket.write(head('302 Found', `location: ${location}`, 'content-length: 0')),
    )
    expect((await fetchFrom(endpoint)).failure).toMatchObject({ class: 'redirect-refused' })
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatch(/^authorization: AWS4-HMAC-SHA256 /m)
    expect(requests[0]).not.toContain('secret')
    expect(elsewhere).toEqual([])
    await new Promise<void>((resolve) => other.close(() => resolve()))
  })

  it('a task that is made shorter while it runs ends there, and what comes after is dropped', async () => {
    const endpoint = await serve((socket) => {
      socket.write(Buffer.concat([Buffer.from(good()), BODY.subarray(0, 100)]))
      setTimeout(() => socket.write(BODY.subarray(100)), 100)
    })
    plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    await until(() => news.find(({ kind }) => kind === 'opened'))
    plane.assign(1, task(), endpoint)
    plane.shrink(1, 1600)
    const finished = await until(() => news.find((item) => item.kind === 'finished'))
    expect(finished).toMatchObject({ outcome: { reached: 1600, connectionEnds: true } })
    await until(() => news.find((item) => item.kind === 'closed'))
    expectNoWrongByte(1600)
  })

  it.each<[string, Misdeed]>([
    ['ends', (socket) => socket.end()],
    [
      'resets',
      () => {
        for (const raw of sockets) raw.resetAndDestroy()
      },
    ],
  ])(
    'a kept connection that the server %s when the next request comes has not failed in an answer',
    async (_, close) => {
      const endpoint = await serve((socket, request) =>
        requests.length === 1 ? socket.write(Buffer.concat([Buffer.from(good()), BODY])) : close(socket, request),
      )
      expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
      plane.assign(1, task({ taskId: 2 }), endpoint)
      const second = await until(() => news.find((item) => item.kind === 'finished' && item.outcome.taskId === 2))
      expect(second).toMatchObject({ outcome: { failure: { class: 'reset', code: 'closed-before-answer' } } })
    },
  )

  describe('a task that asks for sums is told them, of exactly what was written', () => {
    const sumTask = { check: { kind: 'sum' as const, algorithm: 'CRC32' as const, cutEvery: 300 } }
    const sumsOf = (...borders: number[]) =>
      borders.slice(1).map((end, at) => {
        const start = borders[at] as number
        const digest = Buffer.alloc(4)
        digest.writeUInt32BE(crc32(OBJECT.subarray(start, end)))
        return { start, end, digest: new Uint8Array(digest) }
      })

    it('of all of it, cut where parts of the upload end', async () => {
      const outcome = await fetchFrom(
        await serve((socket) => socket.write(Buffer.concat([Buffer.from(good()), BODY]))),
        sumTask,
      )
      expect(outcome.sums).toEqual(sumsOf(1000, 1200, 1500, 1800, 2000))
    })

    it('of what came before the connection broke', async () => {
      const outcome = await fetchFrom(
        await serve((socket) => socket.end(Buffer.concat([Buffer.from(good()), BODY.subarray(0, 450)]))),
        sumTask,
      )
      expect(outcome).toMatchObject({ reached: 1450, failure: { class: 'reset' } })
      expect(outcome.sums).toEqual(sumsOf(1000, 1200, 1450))
    })

    it('of what is left when a whole object comes for its end', async () => {
      const endpoint = await serve((socket) =>
        socket.write(Buffer.concat([Buffer.from(head('200 OK', 'content-length: 4000')), OBJECT])),
      )
      const outcome = await fetchFrom(endpoint, { ...sumTask, range: { start: 3500, end: 4000 }, acceptWhole: true })
      expect(outcome.sums).toEqual(sumsOf(3500, 3600, 3900, 4000))
    })

    it('and nobody else is', async () => {
      const outcome = await fetchFrom(await serve((socket) => socket.write(Buffer.concat([Buffer.from(good()), BODY]))))
      expect(outcome).not.toHaveProperty('sums')
      expect(requests[0]).not.toContain('x-amz-checksum-mode')
    })
  })

  describe('a small object is compared with what its answer promises before it gets its name', () => {
    const RIGHT = createHash('md5').update(OBJECT).digest('hex')
    const sha256 = createHash('sha256').update(OBJECT).digest('base64')
    const rows: [string, headers: string[], code: string | undefined][] = [
      ['the right MD5', [`etag: "${RIGHT}"`], undefined],
      ['the MD5 of other bytes', [`etag: "${RIGHT.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}"`], 'MD5'],
      ['the right checksum', [`x-amz-checksum-sha256: ${sha256}`, 'x-amz-checksum-type: FULL_OBJECT'], undefined],
      ['the checksum of other bytes', ['x-amz-checksum-crc32: AAAAAA=='], 'CRC32'],
      // Not a wrong byte, but nothing that a worker can tell.
      ['nothing', [], 'UNPROVEN'],
      ['something about two parts', [`etag: "${RIGHT}-2"`], 'UNPROVEN'],
    ]
    it.each(rows)('%s', async (_title, headers, code) => {
      const [partPath, finalPath] = [join(folder, 'small.part'), join(folder, 'small')]
      const outcome = await fetchFrom(
        await serve((socket) =>
          socket.write(Buffer.concat([Buffer.from(head('200 OK', 'content-length: 4000', ...headers)), OBJECT])),
        ),
        {
          ...{ range: { start: 0, end: 4000 }, etag: '', check: { kind: 'compare' } },
          file: { kind: 'whole', partPath, finalPath, lastModified: 0 },
        },
      )
      expect(requests[0]).toMatch(/^x-amz-checksum-mode: ENABLED\r$/m)
      expect(requests[0]).toMatch(/SignedHeaders=[^,]*x-amz-checksum-mode/)
      expect(outcome.reached).toBe(4000)
      expect(outcome.failure?.code).toBe(code)
      if (code) expect(outcome.failure?.class).toBe('corrupt')
      expect(readdirSync(folder)).toContain(code ? 'small.part' : 'small')
      expect(readdirSync(folder)).not.toContain(code ? 'small' : 'small.part')
    })
  })

  it('nobody listens: the connection closes with its reason, and every socket is accounted for', async () => {
    const endpoint = await serve(() => {})
    await new Promise<void>((resolve) => server.close(() => resolve()))
    plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    const closed = await until(() => news.find((item) => item.kind === 'closed'))
    expect(closed).toMatchObject({ failure: { class: 'connect', code: 'ECONNREFUSED' } })
    expect(plane.socketCounts()).toEqual({ opened: 1, closed: 1 })
  })

  it('a connection that takes the place of a closed one has received nothing, from the first moment', async () => {
    const endpoint = await serve((socket) => socket.end(Buffer.concat([Buffer.from(good('connection: close')), BODY])))
    expect(await fetchFrom(endpoint)).toMatchObject({ received: BODY.length })
    await until(() => news.find(({ kind }) => kind === 'closed'))
    plane.open({ connectionId: 2, address: '127.0.0.1', endpoint })
    expect(plane.counters(2)).toEqual({ bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 })
  })

  it('a rate limit is shared: no connection waits while others take all of it', async () => {
    const size = 64 * 1024 ** 2
    const answer = head('206 Partial Content', `content-range: bytes 0-${size - 1}/${size}`, `content-length: ${size}`)
    const endpoint = await serve((socket) => flood(socket, answer, 'x'.repeat(64 * 1024)))
    plane.setRateLimit(4 * 1024 ** 2)
    const connections = [1, 2, 3, 4, 5, 6, 7, 8]
    for (const connectionId of connections) {
      plane.open({ connectionId, address: '127.0.0.1', endpoint })
      plane.assign(
        connectionId,
        task({ taskId: connectionId, range: { start: 0, end: size }, objectSize: size }),
        endpoint,
      )
    }
    const received = () => connections.map((connectionId) => plane.counters(connectionId).bytes)
    const sumReaches = async (wanted: number) => {
      while (received().reduce((sum, bytes) => sum + bytes, 0) < wanted) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return received()
    }
    // Who is connected first has a start.
    const before = await sumReaches(2 * 1024 ** 2)
    const after = await sumReaches(6 * 1024 ** 2)
    const shares = after.map((bytes, index) => bytes - (before[index] ?? 0))
    expect(Math.min(...shares)).toBeGreaterThan(Math.max(...shares) / 10)
  })

  it('a worker that dies of a bug leaves nobody waiting: its tasks and connections end, the job hears of it', async () => {
    await plane.shutDown()
    const code = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (all) => { if (all.some(({ kind }) => kind === 'assign')) throw new Error('a bug') })`
    plane = createDataPlane({ workerUrl: new URL(`data:text/javascript,${encodeURIComponent(code)}`), workers: 1 })
    plane.subscribe((batch) => {
      news.push(...batch)
      heard()
    })
    const endpoint = await serve(() => {})
    plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    plane.assign(1, task(), endpoint)
    await until(() => news.find(({ kind }) => kind === 'broken'))
    expect(news.map(({ kind }) => kind)).toEqual(['finished', 'closed', 'broken'])
    expect(news[0]).toMatchObject({ outcome: { taskId: 1, reached: 1000, failure: { code: 'internal' } } })
  })
})

function flood(socket: Socket, start: string, more: string): void {
  socket.write(start)
  const send = () => {
    while (!socket.destroyed && socket.write(more));
    if (!socket.destroyed) socket.once('drain', send)
  }
  send()
}

function drip(socket: Socket): void {
  socket.write(good())
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer)
    else socket.write(BODY.subarray(at, ++at))
  }, 20)
}

const chunked = (...headers: string[]) =>
  head('206 OK', 'content-range: bytes 1000-1999/4000', 'transfer-encoding: chunked', ...headers)

const withBody = (status: string, body: string) => `${head(status, `content-length: ${body.length}`)}${body}`
