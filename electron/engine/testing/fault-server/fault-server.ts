/**
 * An S3 look-alike on loopback whose weather can be made as bad as needed. Real
 * sockets, real HTTP; what is sent depends on the seed alone, when it is sent
 * on the clock. For tests, the demo and the benchmarks: it trusts its callers.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createContentMaker } from '../objects/object-content.ts'
import { createObjectSums, type ReadObject } from '../objects/object-sums.ts'
import { identityOf, type ObjectSeries, type StoredObject, seriesOf, sortByKey } from '../objects/stored-objects.ts'
import { createSeededRandom } from '../seeded-random.ts'
import type { Weather } from '../weather/weather.ts'
import { answerRequest } from './answer-request.ts'
import { createBodySender } from './body-sender.ts'
import type { KeyPair } from './check-signature.ts'
import { openServerSockets } from './server-sockets.ts'
import { type Counters, type ServerWorld, smallestOf } from './server-world.ts'
import { makeTestCertificate } from './test-certificate.ts'

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

export async function startFaultServer(options: FaultServerOptions) {
  const { seed = 1, addresses = ['127.0.0.1'], muteAddresses = [], baseHost = 's3.localhost' } = options
  const tls = options.tls === 'self-signed' ? makeCertificate([...addresses, ...muteAddresses], baseHost) : options.tls
  const content = createContentMaker(seed)
  const random = createSeededRandom(seed)
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
    requests: 0,
    gets: 0,
    heads: 0,
    lists: 0,
    refused: 0,
    bytesSent: 0,
    connections: 0,
    maxOpen: 0,
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

  const sockets = await openServerSockets({
    addresses,
    muteAddresses,
    port: options.port,
    tls,
    counters,
    onRequest: (connection, request, response) => void answerRequest(world, connection, request, response),
  }).catch((error) => {
    world.sender.close()
    throw error
  })
  applyIdleTime()

  function applyIdleTime(): void {
    const seconds = smallestOf(weather.map((part) => part.closesIdleAfterSeconds))
    sockets.setIdleSeconds(seconds === Number.POSITIVE_INFINITY ? IDLE_SECONDS : seconds)
  }

  return {
    endpointUrl: `${tls ? 'https' : 'http'}://${addresses[0]?.includes(':') ? `[${addresses[0]}]` : addresses[0]}:${sockets.port}`,
    port: sockets.port,
    addresses,
    /** PEM to trust; undefined without TLS. */
    ca: tls?.cert,
    counters,
    openSockets: sockets.openCount,
    /** Every connection there ever was, oldest first. */
    connections: sockets.connections,
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
      await sockets.close()
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
