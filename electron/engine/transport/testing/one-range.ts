/**
 * A data plane, worker thread and all, against one server that says whatever a test wants, and one part file. The object
 * is 4,000 bytes; its bytes 1,000 to 2,000 are asked for.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, beforeEach, expect } from 'vitest'
import type { ConnectionEvent, DataPlane, Endpoint, FetchTask, TaskOutcome } from '../../engine-ports.ts'
import { makeTestCertificate } from '../../testing/fault-server/test-certificate.ts'
import { createDataPlane } from '../data-plane.ts'

export const OBJECT = Buffer.from(Array.from({ length: 4000 }, (_, index) => index % 251))
export const RANGE = { start: 1000, end: 2000 }
export const BODY = OBJECT.subarray(RANGE.start, RANGE.end)

/** What the server does once a request has come. */
export type Answer = (socket: Socket, request: string) => void

export const head = (status: string, ...headers: string[]) => [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
export const good = (...headers: string[]) =>
  head('206 Partial Content', 'content-range: bytes 1000-1999/4000', 'content-length: 1000', ...headers)
/** A good head, and so much of the body. */
export const goodAnswer = (bytes = BODY.length) => Buffer.concat([Buffer.from(good()), BODY.subarray(0, bytes)])

const certificate = makeTestCertificate({ names: ['127.0.0.1'], now: Date.now() })

/** Makes a world before each test of the file or the block, and ends it after. */
export function prepareOneRange(kind: string) {
  const isTls = kind === 'TLS'
  let heard = () => {}
  let fd: number
  const world = {
    folder: '',
    server: undefined as unknown as Server,
    plane: undefined as unknown as DataPlane,
    requests: [] as string[],
    events: [] as ConnectionEvent[],
    /** Of the server, below TLS where there is TLS. */
    sockets: new Set<Socket>(),
    startPlane,
    serve,
    until,
    untilReceived,
    task,
    fetchFrom,
    expectNoWrongByte,
  }

  beforeEach(() => {
    world.folder = mkdtempSync(join(tmpdir(), 'longhaul-data-plane-'))
    fd = openSync(join(world.folder, 'part'), 'w+')
    ftruncateSync(fd, 0)
    world.requests = []
    world.events = []
    startPlane(new URL('../data-plane-worker.ts', import.meta.url))
  })

  afterEach(async () => {
    await world.plane.shutDown()
    await new Promise<void>((resolve) => {
      world.server.close(() => resolve())
      for (const socket of world.sockets) socket.destroy()
    })
    closeSync(fd)
    rmSync(world.folder, { recursive: true })
  })
  return world

  function startPlane(workerUrl: URL): void {
    world.plane = createDataPlane({ workerUrl, workers: 1 })
    world.plane.subscribe((batch) => {
      world.events.push(...batch)
      heard()
    })
  }

  async function serve(answer: Answer): Promise<Endpoint> {
    world.server = isTls ? createTlsServer(certificate) : createServer()
    world.server.on('connection', (socket: Socket) => {
      world.sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => world.sockets.delete(socket))
    })
    world.server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      socket.on('error', () => {})
      let request = ''
      socket.on('data', (chunk) => {
        request += chunk.toString('latin1')
        if (!request.endsWith('\r\n\r\n')) return
        world.requests.push(request)
        answer(socket, request)
        request = ''
      })
    })
    await new Promise<void>((resolve) => world.server.listen(0, '127.0.0.1', resolve))
    const { port } = world.server.address() as AddressInfo
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
    while (world.plane.counters(1).bytes < bytes) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  function task(change: Partial<FetchTask> = {}): FetchTask {
    return {
      taskId: 1,
      key: 'key',
      range: RANGE,
      objectSize: OBJECT.length,
      etag: 'e',
      acceptWhole: false,
      file: { kind: 'open', fd },
      ...change,
    }
  }

  async function fetchFrom(endpoint: Endpoint, change: Partial<FetchTask> = {}, closeAfterBytes?: number) {
    world.plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    await until(() => world.events.find(({ kind }) => kind === 'opened'))
    world.plane.assign(1, task(change), endpoint)
    if (closeAfterBytes !== undefined) {
      await untilReceived(closeAfterBytes)
      world.plane.close(1)
    }
    const finished = await until(() => world.events.find((item) => item.kind === 'finished'))
    return (finished as { outcome: TaskOutcome }).outcome
  }

  /** Every byte of the file is the object's own at that place, or was never written. */
  function expectNoWrongByte(reached: number): void {
    const file = readFileSync(join(world.folder, 'part'))
    for (const [at, byte] of file.entries()) {
      const isOurs = at >= RANGE.start && at < Math.max(reached, RANGE.start)
      if (isOurs) expect(byte).toBe(OBJECT[at])
      // Nothing was written there: a file that grows is zero.
      else expect(byte).toBe(0)
    }
  }
}

/** Sends as fast as it is taken, without end. */
export function flood(socket: Socket, start: string, more: string): void {
  socket.write(start)
  const send = () => {
    while (!socket.destroyed && socket.write(more));
    if (!socket.destroyed) socket.once('drain', send)
  }
  send()
}
