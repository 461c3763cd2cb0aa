/** An S3 look-alike on loopback whose weather can be made as bad as needed. Tests only: it trusts its callers. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { crc32 } from 'node:zlib'
import { createBodySender } from './body-sender.ts'
import { checkSignature, type KeyPair } from './check-signature.ts'
import { createContentMaker } from './object-content.ts'
import { errorXml, listBucketsXml, listBucketXml } from './s3-answers.ts'
import { createSeededRandom } from './seeded-random.ts'
import { describe, findByKey, identityOf, pageOf, type StoredObject, sortByKey } from './stored-objects.ts'
import type { ConnectionFacts, Fate, RequestFacts, Weather, WeatherContext } from './weather/weather.ts'

export type FaultServerOptions = {
  buckets: Record<string, readonly StoredObject[]>
  seed?: number
  weather?: Weather[]
  /** Loopback addresses to listen on, all on one port. */
  addresses?: string[]
  port?: number
  tls?: { key: string; cert: string }
  /** Only requests signed with these keys are answered. */
  keys?: KeyPair
  region?: string
  /** Buckets that answer 403. */
  denied?: string[]
}

export type FaultServer = Awaited<ReturnType<typeof startFaultServer>>

const MAX_KEYS = 1000

export async function startFaultServer(options: FaultServerOptions) {
  const { seed = 1, addresses = ['127.0.0.1'], region = 'us-east-1', denied = [] } = options
  const content = createContentMaker(seed)
  const random = createSeededRandom(seed)
  const buckets = new Map(Object.entries(options.buckets).map(([name, objects]) => [name, sortByKey(objects)]))
  const sockets = new Map<Socket, ConnectionFacts & { openedAt: number }>()
  const counters = { requests: 0, gets: 0, heads: 0, lists: 0, refused: 0, bytesSent: 0, connections: 0, maxOpen: 0 }
  let weather = options.weather ?? []
  let startedAt = performance.now()
  let nextConnectionId = 1

  const context = (): WeatherContext => ({ seconds: (performance.now() - startedAt) / 1000, random })
  const smallest = (rates: (number | undefined)[]) => Math.min(...rates.map((rate) => rate ?? Number.POSITIVE_INFINITY))
  const sender = createBodySender(() => smallest(weather.map((part) => part.lineRate?.(context()))))
  const handler = (request: IncomingMessage, response: ServerResponse) => void answer(request, response)

  const servers: Server[] = []
  let port = options.port ?? 0
  for (const address of addresses) {
    const server = options.tls ? createTlsServer(options.tls, handler) : createServer(handler)
    server.keepAliveTimeout = 20_000
    server.requestTimeout = 0
    server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => onConnection(socket, address))
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
    port = (server.address() as AddressInfo).port
    servers.push(server)
  }

  function onConnection(socket: Socket, address: string): void {
    const openedAt = performance.now()
    sockets.set(socket, {
      id: nextConnectionId++,
      address,
      requests: 0,
      openedAt,
      get ageSeconds() {
        return (performance.now() - openedAt) / 1000
      },
    })
    counters.connections++
    counters.maxOpen = Math.max(counters.maxOpen, sockets.size)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = sockets.get(request.socket)
    if (!connection) return
    connection.requests++
    counters.requests++
    request.resume()
    const { bucket, key, query } = locate(request, [...buckets.keys()])
    const closesAfter = smallest(weather.map((part) => part.closesAfterRequests))
    if (connection.requests >= closesAfter) response.setHeader('connection', 'close')

    const refusal = authorize(request, bucket)
    if (refusal) return refuse(response, refusal.status, refusal.code, refusal.extra)
    if (bucket === '') return sendXml(response, listBucketsXml([...buckets.keys()]))
    const objects = buckets.get(bucket)
    if (!objects) return refuse(response, 404, 'NoSuchBucket')
    const kind = request.method === 'HEAD' ? 'head' : key === '' ? 'list' : 'get'
    const object = key === '' ? undefined : findByKey(objects, key)
    const range = object ? readRange(request.headers.range, object.size) : undefined
    const bodyBytes = range && range !== 'unsatisfiable' ? range.end - range.start : (object?.size ?? 0)
    const fate = fateOf({ kind, key, number: counters.requests, connection, bodyBytes })
    if (fate?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fate.milliseconds))
    if (fate?.kind === 'refuse') {
      counters.refused++
      if (fate.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fate.retryAfterSeconds))
      return refuse(response, fate.status, fate.code)
    }
    if (kind === 'list') {
      counters.lists++
      return sendList(response, bucket, objects, query)
    }
    if (key === '') return void response.writeHead(200, { 'x-amz-bucket-region': region }).end()
    if (!object) return refuse(response, 404, 'NoSuchKey')
    sendObject(request, response, object, range, fate, connection)
  }

  function authorize(request: IncomingMessage, bucket: string) {
    if (denied.includes(bucket)) return { status: 403, code: 'AccessDenied', extra: '' }
    if (!options.keys) return undefined
    const code = checkSignature(request, options.keys, region)
    if (!code) return undefined
    const extra = code === 'AuthorizationHeaderMalformed' ? `<Region>${region}</Region>` : ''
    return { status: extra ? 400 : 403, code, extra }
  }

  function fateOf(request: RequestFacts): Fate | undefined {
    for (const part of weather) {
      const fate = part.fate?.(request, context())
      if (fate) return fate
    }
    return undefined
  }

  function refuse(response: ServerResponse, status: number, code: string, extra = ''): void {
    const requestId = `R${counters.requests}`
    const body = errorXml(code, `The fault server answers ${code}`, requestId, extra)
    const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-bucket-region': region }
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
    response.end(response.req.method === 'HEAD' ? undefined : body)
  }

  function sendXml(response: ServerResponse, xml: string): void {
    response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml)
  }

  function sendList(
    response: ServerResponse,
    bucket: string,
    objects: readonly StoredObject[],
    query: URLSearchParams,
  ): void {
    const prefix = query.get('prefix') ?? ''
    const delimiter = query.get('delimiter') ?? ''
    const maxKeys = Math.min(MAX_KEYS, Number(query.get('max-keys') ?? MAX_KEYS))
    const token = query.get('continuation-token')
    const after = token ? Buffer.from(token, 'base64url').toString() : (query.get('start-after') ?? '')
    const page = pageOf(objects, { prefix, delimiter, maxKeys, after })
    const xml = listBucketXml({
      bucket,
      prefix,
      delimiter,
      maxKeys,
      urlEncoded: query.get('encoding-type') === 'url',
      entries: page.objects.map((object) => ({ ...describe(object), key: object.key, size: object.size })),
      prefixes: page.prefixes,
      continuation: page.last === undefined ? undefined : Buffer.from(page.last).toString('base64url'),
    })
    sendXml(response, xml)
  }

  function sendObject(
    request: IncomingMessage,
    response: ServerResponse,
    object: StoredObject,
    range: { start: number; end: number } | 'unsatisfiable' | undefined,
    fate: Fate | undefined,
    connection: ConnectionFacts,
  ): void {
    const { etag, lastModified } = describe(object)
    const match = request.headers['if-match']
    const changed = match !== undefined && match.replaceAll('"', '') !== etag
    if (changed || range === 'unsatisfiable') {
      refuse(response, changed ? 412 : 416, changed ? 'PreconditionFailed' : 'InvalidRange')
      return
    }
    const partial = range && fate?.kind !== 'ignore-range' ? range : undefined
    let { start, end } = partial ?? { start: 0, end: object.size }
    if (fate?.kind === 'wrong-range' && partial && end < object.size) [start, end] = [start + fate.by, end + fate.by]
    const headers: Record<string, string | number> = {
      etag: `"${etag}"`,
      'last-modified': new Date(lastModified).toUTCString(),
      'accept-ranges': 'bytes',
      'content-length': end - start,
      'x-amz-request-id': `R${counters.requests}`,
    }
    if (partial) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`
    if (request.headers['x-amz-checksum-mode'] === 'ENABLED' && !partial) {
      headers['x-amz-checksum-crc32'] = checksumOf(object)
      headers['x-amz-checksum-type'] = 'FULL_OBJECT'
    }
    if (request.method === 'HEAD') {
      counters.heads++
      return void response.writeHead(200, headers).end()
    }
    counters.gets++
    if (fate?.kind === 'silence' && fate.afterBytes < 0) return
    response.writeHead(partial ? 206 : 200, headers)
    response.flushHeaders()
    const stopsAt = fate && 'afterBytes' in fate ? Math.min(fate.afterBytes, end - start) : end - start
    sender.send({
      response,
      length: stopsAt,
      fill(target, at, length) {
        read(object, target, start + at, length)
        const flipped = fate?.kind === 'flip' ? fate.atByte - start - at : -1
        if (flipped >= 0 && flipped < length) target[flipped] = (target[flipped] as number) ^ 1
      },
      rate: () =>
        smallest([
          ...weather.map((part) => part.connectionRate?.(connection, context())),
          fate?.kind === 'trickle' ? fate.bytesPerSecond : undefined,
        ]),
      onSent: (bytes) => {
        counters.bytesSent += bytes
      },
      onEnd() {
        if (fate?.kind === 'silence') return
        if (fate?.kind === 'reset') request.socket.resetAndDestroy()
        else if (fate?.kind === 'truncate') request.socket.end()
        else response.end()
      },
    })
  }

  function read(object: StoredObject, target: Buffer, start: number, length: number): void {
    if (object.content) object.content.copy(target, 0, start, start + length)
    else content.fill(identityOf(object), target, start, length)
  }

  function checksumOf(object: StoredObject): string {
    let value = 0
    const chunk = Buffer.allocUnsafe(1024 * 1024)
    for (let at = 0; at < object.size; at += chunk.length) {
      const length = Math.min(chunk.length, object.size - at)
      read(object, chunk, at, length)
      value = crc32(chunk.subarray(0, length), value)
    }
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes.toString('base64')
  }

  return {
    endpointUrl: `${options.tls ? 'https' : 'http'}://${addresses[0]?.includes(':') ? `[${addresses[0]}]` : addresses[0]}:${port}`,
    port,
    addresses,
    counters,
    openSockets: () => sockets.size,
    /** Starts the weather's clock anew. */
    setWeather(next: Weather[]) {
      weather = next
      startedAt = performance.now()
    },
    /** Replaces or adds an object, as an upload would. */
    put(bucket: string, object: StoredObject) {
      const others = (buckets.get(bucket) ?? []).filter((other) => other.key !== object.key)
      buckets.set(bucket, sortByKey([...others, object]))
    },
    expectedBytes(object: StoredObject, start = 0, end = object.size): Buffer {
      const bytes = Buffer.allocUnsafe(end - start)
      read(object, bytes, start, end - start)
      return bytes
    },
    expectedSha256: (object: StoredObject): string =>
      object.content
        ? createHash('sha256').update(object.content).digest('hex')
        : content.digest(identityOf(object), object.size, 'sha256'),
    async close() {
      sender.close()
      for (const socket of sockets.keys()) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '')
  if (!match) return undefined
  const start = Number(match[1])
  const end = match[2] === '' ? size : Math.min(size, Number(match[2]) + 1)
  return start >= size || end <= start ? 'unsatisfiable' : { start, end }
}

/** Path style, or virtual-hosted where the host begins with the name of a bucket. */
function locate(request: IncomingMessage, buckets: string[]) {
  const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split('?')
  const path = decodeURIComponent(rawPath.slice(1))
  const query = new URLSearchParams(rawQuery)
  const host = request.headers.host ?? ''
  const virtual = buckets.find((bucket) => host.startsWith(`${bucket}.`))
  if (virtual) return { bucket: virtual, key: path, query }
  const slash = path.indexOf('/')
  return slash < 0
    ? { bucket: path, key: '', query }
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1), query }
}
