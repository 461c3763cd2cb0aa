/**
 * The whole program against servers that mean harm: no wrong
 * byte, no credentials elsewhere, no memory eaten, and an end.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { listBucketXml } from '../../engine/testing/fault-server/s3-answers.ts'
import { runProgram } from '../testing/run-program.ts'

const SIZE = 5000
const BYTES = Buffer.alloc(SIZE, 'good')
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-test',
  AWS_SESSION_TOKEN: 'a-token-of-the-test',
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void

let folder: string
let elsewhere: Server
let askedElsewhere: string[] = []
const servers: Server[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-hostile-servers-'))
  elsewhere = await listen((response, request) => {
    askedElsewhere.push(JSON.stringify(request.headers))
    response.end()
  })
})
afterEach(() => {
  askedElsewhere = []
  endlessBytes = 0
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await rm(folder, { recursive: true, force: true })
})

async function listen(answer: Answer): Promise<Server> {
  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(response, request)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const away = (): string => `http://localhost:${(elsewhere.address() as AddressInfo).port}/bucket/key`

/** At most this much, so that a test that fails does not take the machine with it. */
const ENDLESS_BYTES = 600e6
let endlessBytes = 0
const CHUNK = Buffer.alloc(256 * 1024, 'x')

function endless(response: ServerResponse, chunk: Buffer | string = CHUNK): void {
  let sent = 0
  const more = () => {
    while (!response.destroyed && sent < ENDLESS_BYTES) {
      sent += chunk.length
      endlessBytes += chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.destroy()
  }
  more()
}

const partial = (length = SIZE, range = `bytes 0-${SIZE - 1}/${SIZE}`) => ({
  etag: '"e"',
  'content-length': length,
  'content-range': range,
})

const OBJECTS: Record<string, Answer> = {
  'good.nc': (response) => response.writeHead(206, partial()).end(BYTES),
  'other-range.nc': (response) => response.writeHead(206, partial(SIZE, `bytes 1-${SIZE}/${SIZE}`)).end(BYTES),
  'compressed.nc': (response) => {
    const body = gzipSync(BYTES)
    response.writeHead(206, { ...partial(body.length), 'content-encoding': 'gzip' }).end(body)
  },
  // As S3 sends what was uploaded compressed: its bytes are the object's bytes.
  'stored-compressed.nc': (response) =>
    response.writeHead(206, { ...partial(), 'content-encoding': 'gzip' }).end(Buffer.alloc(SIZE, 'z')),
  'redirected-away.nc': (response) => response.writeHead(307, { location: away(), 'content-length': 0 }).end(),
  'redirected-in-circles.nc': (response, request) =>
    response.writeHead(302, { location: request.url ?? '/', 'content-length': 0 }).end(),
  'endless-error.nc': (response) => endless(response.writeHead(403, { 'content-length': 10e9 })),
  'endless-head.nc': (response) => endless(raw(response), `x-more: ${'y'.repeat(1000)}\r\n`),
}

/** Everything written goes out as it is. */
function raw(response: ServerResponse): ServerResponse {
  const { socket } = response
  socket?.write('HTTP/1.1 206 Partial Content\r\n')
  return socket as unknown as ServerResponse
}

const flags = (server: Server) => ['--endpoint-url', urlOf(server), '--region', 'us-east-1', '--path-style']

const listed = Object.keys(OBJECTS).map((key) => ({ key, size: SIZE }))

test('objects that lie fail by their names, the good one arrives, and nobody else is asked', async () => {
  const server = await listen((response, request) => {
    const answer = OBJECTS[(request.url ?? '').split('?')[0]?.slice('/bucket/'.length) ?? '']
    if (answer && request.method === 'GET') answer(response, request)
    else sendListing(response, listed)
  })
  const destination = join(folder, 'objects')
  const run = await runProgram(['get', 's3://bucket/', destination, '--json', ...flags(server)], ENVIRONMENT)
  expect(run.code).toBe(1)
  const { failed } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')
  const classOf = Object.fromEntries(failed.map(({ key, failure }: { key: string; failure: string }) => [key, failure]))
  expect(classOf).toEqual({
    'other-range.nc': 'protocol',
    'compressed.nc': 'protocol',
    'redirected-away.nc': 'redirect-refused',
    'redirected-in-circles.nc': 'redirect-refused',
    'endless-error.nc': 'denied',
    'endless-head.nc': 'protocol',
  })
  expect((await readdir(destination)).filter((name) => name.endsWith('.nc')).sort()).toEqual([
    'good.nc',
    'stored-compressed.nc',
  ])
  expect(askedElsewhere).toEqual([])
})

const BOMB = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "ha">${Array.from(
  { length: 30 },
  (_, index) => `<!ENTITY a${index + 1} "&a${index};&a${index};&a${index};&a${index};">`,
).join('')}]><ListBucketResult><Name>&a30;</Name><IsTruncated>false</IsTruncated></ListBucketResult>`

let pages = 0
function sendListing(response: ServerResponse, objects: { key: string; size: number }[], continuation?: string): void {
  const xml = listBucketXml({
    bucket: 'bucket',
    prefix: '',
    delimiter: '',
    maxKeys: 1000,
    urlEncoded: true,
    prefixes: [],
    entries: objects.map((object) => ({ ...object, etag: 'e', lastModified: 1e12 })),
    continuation,
  })
  response.writeHead(200, { 'content-type': 'application/xml' }).end(xml)
}

const listings: [string, Answer][] = [
  ['an XML bomb', (response) => response.writeHead(200, { 'content-type': 'application/xml' }).end(BOMB)],
  ['a listing without end', (response) => endless(response.writeHead(200, { 'content-type': 'application/xml' }))],
  ['an error without end', (response) => endless(response.writeHead(500, { 'content-type': 'application/xml' }))],
  ['a head without end', (response) => endless(raw(response), `x-more: ${'y'.repeat(1000)}\r\n`)],
  ['a redirect to another host', (response) => response.writeHead(307, { location: away() }).end()],
  ["a hotel's page", (response) => response.writeHead(200).end('<html><body>Welcome! Please log in.</body></html>')],
  ['a size below zero', (response) => sendListing(response, [{ key: 'a', size: -7 }])],
  ['pages for ever', (response) => sendListing(response, [{ key: 'a', size: 1 }], String(++pages))],
  ['a redirect to itself', (response, { url }) => response.writeHead(301, { location: url ?? '/' }).end()],
]
test.each(listings)(
  'instead of a listing, %s: one sentence, no crash, and nobody else is asked',
  async (_title, answer) => {
    const server = await listen(answer)
    const run = await runProgram(['ls', 's3://bucket/', ...flags(server)], ENVIRONMENT)
    expect([1, 3, 4]).toContain(run.code)
    expect(run.stderr).toMatch(/^longhaul: [^\n]+\n$/)
    expect(run.stderr).not.toContain('internal error')
    expect(run.stderr.length).toBeLessThan(2000)
    // Nobody waits for, or keeps, what has no end.
    expect(endlessBytes).toBeLessThan(200e6)
    expect(askedElsewhere).toEqual([])
  },
)

test.each([
  ['a web server without such a page', {}, /does not speak S3/, 4],
  ['a service that says nothing but its number', { 'x-amz-request-id': 'R1' }, /no bucket named bucket/, 3],
])('a 404 of %s', async (_title, headers, sentence, code) => {
  const page = '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>nginx<hr></body></html>'
  const server = await listen((response) =>
    response.writeHead(404, { 'content-type': 'text/html', ...headers }).end(page),
  )
  const run = await runProgram(['ls', 's3://bucket/a/', ...flags(server)], ENVIRONMENT)
  expect(run.stderr).toMatch(sentence)
  expect(run.code).toBe(code)
})

test('keys that are listed twice are fetched once, and those from outside the prefix not at all', async () => {
  const inside = ['a/1.nc', 'a/2.nc', 'a/3.nc'].map((key) => ({ key, size: SIZE }))
  const outside = ['b/other.nc', '../../climbs.nc'].map((key) => ({ key, size: SIZE }))
  let fetched = 0
  const server = await listen((response, request) => {
    const isListing = request.url?.includes('list-type')
    if (isListing) return sendListing(response, [...inside, ...outside, ...inside.toReversed(), ...inside])
    if (request.method === 'GET') fetched++
    response.writeHead(206, partial()).end(BYTES)
  })
  const destination = join(folder, 'twice')
  const run = await runProgram(['get', 's3://bucket/a/', destination, '--json', ...flags(server)], ENVIRONMENT)
  expect(run.code).toBe(0)
  expect(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ objectsDone: 3, bytesDone: 3 * SIZE })
  expect(fetched).toBe(3)
  expect((await readdir(destination)).sort()).toEqual(['.longhaul', '1.nc', '2.nc', '3.nc'])
  const look = await runProgram(['get', 's3://bucket/a/', '--dry-run', '--json', ...flags(server)], ENVIRONMENT)
  expect(JSON.parse(look.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ objects: 3, bytes: 3 * SIZE })
})
