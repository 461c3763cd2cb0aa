/**
 * An S3 look-alike on loopback whose weather can be made as bad as needed. Real sockets, real HTTP; what is sent depends
 * on the seed alone, when it is sent on the clock. For tests, the demo and the benchmarks: it trusts its callers.
 */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerRequest } from './answer-request.ts'
import { createBodySender } from './body-sender.ts'
import type { KeyPair } from './check-signature.ts'
import { createContentMaker } from './object-content.ts'
import { createObjectSums, type ReadObject } from './object-sums.ts'
import { createSeededRandom } from './seeded-random.ts'
import { type Connection, type Counters, type ServerWorld, smallestOf } from './server-world.ts'
import { identityOf, type ObjectSeries, type StoredObject, seriesOf, sortByKey } from './stored-objects.ts'
import { makeTestCertificate } from './test-certificate.ts'
import type { Weather } from './weather/weather.ts'

export type FaultServerOptions = {
  /** By name: all objects in any order, or a series that makes them when asked. */
  buckets: Record<string, readonly StoredObject[] | ObjectSeries>
  seed?: number
  weather?: Weather[]
  /** Loopback addresses to listen on, all on one port. Beyond 127.0.0.1 they need Linux. */
  addresses?: string[]
  /** Further addresses that accept connections and never speak, not even TLS. */
  muteAddresses?: string[]
  port?: number
  /** `self-signed`: a certificate for the addresses, <baseHost> and `*.<baseHost>`; its PEM is in `ca`. */
  tls?: { key: string; cert: string } | 'self-signed'
  /** Only requests signed with these keys are answered. */
  keys?: KeyPair
  /** Asks for signatures in these buckets only; a signature that is there is checked everywhere. */
  privateBuckets?: string[]
  region?: string
  /** Buckets that live in other regions: 301 for whoever does not sign for that region. */
  bucketRegions?: Record<string, string>
  /** Buckets that answer 403. */
  denied?: string[]
  /** `BUCKET.<baseHost>` is a virtual-hosted bucket, known or not. A certificate's `*` needs two names behind it. */
  baseHost?: string
  /** How far the server's clock is ahead; beyond 15 minutes it refuses signatures. */
  clockAheadSeconds?: number
}

export type FaultServer = Awaited<ReturnType<typeof startFaultServer>>

/** S3 closes idle connections after 5 to 20 s (DESIGN 5). */
const IDLE_SECONDS = 20
const CUT_POLL_MS = 10
const LISTEN_ATTEMPTS = 5

export async function startFaultServer(options: FaultServerOptions) {
  const { seed = 1, addresses = ['127.0.0.1'], muteAddresses = [], baseHost = 's3.localhost' } = options
  const tls = options.tls === 'self-signed' ? makeCertificate([...addresses, ...muteAddresses], baseHost) : options.tls
  const content = createContentMaker(seed)
  const random = createSeededRandom(seed)
  const connections: Connection[] = []
  const sockets = new Map<Socket, Connection>()
  let weather = options.weather ?? []
  let startedAt = performance.now()
  let isClosed = false

  const read: ReadObject = (object, target, start, length) => {
    if (object.content) object.content.copy(target, 0, start, start + length)
    else content.fill(identityOf(object), target, start, length)
  }
  const context = () => ({ seconds: (performance.now() - startedAt) / 1000, random })
  const lineRate = () => smallestOf(weather.map((part) => part.lineRate?.(context())))
  const counters: Counters = {
    ...{ requests: 0, gets: 0, heads: 0, lists: 0, refused: 0, bytesSent: 0, connections: 0, maxOpen: 0 },
    errors: {},
    fates: {},
  }
  const world: ServerWorld = {
    buckets: new Map(Object.entries(options.buckets).map(([name, objects]) => [name, asSeries(objects)])),
    region: options.region ?? 'us-east-1',
    bucketRegions: options.bucketRegions ?? {},
    denied: options.denied ?? [],
    keys: options.keys,
    privateBuckets: options.privateBuckets,
    baseHost,
    now: () => Date.now() + (options.clockAheadSeconds ?? 0) * 1000,
    counters,
    weather: () => weather,
    context,
    lineRate,
    async untilLineIsUp() {
      while (lineRate() === 0 && !isClosed) await sleep(CUT_POLL_MS)
    },
    sender: createBodySender(lineRate),
    sums: createObjectSums(read),
    read,
  }

  const { servers, port } = await listenOnAll()
  const httpServers = servers.filter((server): server is Server => 'keepAliveTimeout' in server)
  applyIdleTime()

  function makeServer(address: string): Server {
    const server = tls ? createTlsServer(tls) : createServer()
    server.on('request', (request, response) => {
      const connection = sockets.get(request.socket)
      if (connection) void answerRequest(world, connection, request, response)
    })
    if (!tls) return server.on('connection', (socket: Socket) => noteConnection(socket, socket, address))
    // A TLS socket cannot be reset, the one below can: they are the two ends of one remote port.
    const below = new Map<number | undefined, Socket>()
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket
      below.set(remotePort, socket)
      socket.once('close', () => below.delete(remotePort))
    })
    return server.on('secureConnection', (socket: Socket) =>
      noteConnection(socket, below.get(socket.remotePort) ?? socket, address),
    )
  }

  function makeMuteServer(address: string): TcpServer {
    return createTcpServer((socket) => {
      noteConnection(socket, socket, address)
      socket.resume()
    })
  }

  function noteConnection(socket: Socket, tcpSocket: Socket, address: string): void {
    const openedAt = performance.now()
    const connection: Connection = {
      id: ++counters.connections,
      address,
      requests: 0,
      bytesSent: 0,
      isOpen: true,
      get ageSeconds() {
        return (performance.now() - openedAt) / 1000
      },
      reset: () => tcpSocket.resetAndDestroy(),
    }
    connections.push(connection)
    sockets.set(socket, connection)
    counters.maxOpen = Math.max(counters.maxOpen, sockets.size)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => {
      connection.isOpen = false
      sockets.delete(socket)
    })
  }

  /** One port for all: where a port that was free at the first address is taken at another, the next one is tried. */
  async function listenOnAll(): Promise<{ servers: (Server | TcpServer)[]; port: number }> {
    for (let attempt = 1; ; attempt++) {
      const all = [...addresses.map(makeServer), ...muteAddresses.map(makeMuteServer)]
      try {
        let common = options.port ?? 0
        for (const [index, address] of [...addresses, ...muteAddresses].entries()) {
          common = await listen(all[index] as Server, common, address)
        }
        return { servers: all, port: common }
      } catch (error) {
        await Promise.all(all.map(closeServer))
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!isTaken || options.port || attempt === LISTEN_ATTEMPTS) {
          world.sender.close()
          throw error
        }
      }
    }
  }

  function applyIdleTime(): void {
    const seconds = smallestOf(weather.map((part) => part.closesIdleAfterSeconds))
    for (const server of httpServers) {
      server.keepAliveTimeout = (seconds === Number.POSITIVE_INFINITY ? IDLE_SECONDS : seconds) * 1000
      server.keepAliveTimeoutBuffer = 0
      server.requestTimeout = 0
    }
  }

  return {
    endpointUrl: `${tls ? 'https' : 'http'}://${addresses[0]?.includes(':') ? `[${addresses[0]}]` : addresses[0]}:${port}`,
    port,
    addresses,
    /** PEM to trust; undefined without TLS. */
    ca: tls?.cert,
    counters,
    openSockets: () => sockets.size,
    /** Every connection there ever was, oldest first. */
    connections: (): readonly Connection[] => connections,
    /** Starts the weather's clock anew. */
    setWeather(next: Weather[]) {
      weather = next
      startedAt = performance.now()
      applyIdleTime()
    },
    /** Replaces or adds an object, as an upload would. */
    put(bucket: string, object: StoredObject) {
      const series = world.buckets.get(bucket) ?? seriesOf([])
      const others = Array.from({ length: series.count }, (_, index) => series.objectAt(index))
      world.buckets.set(bucket, asSeries([...others.filter((other) => other.key !== object.key), object]))
    },
    /** Bytes [start, end) as they are meant. */
    expectedBytes(object: StoredObject, start = 0, end = object.size): Buffer {
      const bytes = Buffer.allocUnsafe(end - start)
      read(object, bytes, start, end - start)
      return bytes
    },
    /** Hex. */
    expectedSha256: (object: StoredObject): string =>
      object.content
        ? createHash('sha256').update(object.content).digest('hex')
        : content.digest(identityOf(object), object.size, 'sha256'),
    async close() {
      isClosed = true
      world.sender.close()
      const ends = [...sockets.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of sockets.keys()) socket.destroy()
      for (const server of httpServers) server.closeAllConnections()
      await Promise.all([...servers.map(closeServer), ...ends])
    },
  }
}

const asSeries = (objects: readonly StoredObject[] | ObjectSeries): ObjectSeries =>
  'objectAt' in objects ? objects : seriesOf(sortByKey(objects))

/** IPv6 addresses are left out: the certificate is asked for by name there. */
const makeCertificate = (addresses: readonly string[], baseHost: string) =>
  makeTestCertificate({
    names: [...addresses.filter((address) => !address.includes(':')), baseHost, `*.${baseHost}`, 'localhost'],
    now: Date.now(),
  })

function listen(server: Server | TcpServer, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port))
  })
}

const closeServer = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()))
