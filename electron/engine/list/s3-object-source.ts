/**
 * One bucket through the AWS SDK: listing, HEAD, and the endpoint the data plane asks. The SDK's own retries are
 * off: `govern/requests/retry-delay.ts` is the one place that decides about trying again.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { checkServerIdentity, createSecureContext, type PeerCertificate, rootCertificates } from 'node:tls'
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { ProxyAgent } from 'proxy-agent'
import { bareHost } from '../../../shared/bare-host.ts'
import { type Failure, failed, type Outcome, success, wantsBucketInHost } from '../../../shared/failure.ts'
import { isRegion, type Source } from '../../../shared/job-spec.ts'
import type { Endpoint, ListPage, ObjectHead, ObjectSource, Resolver } from '../engine-ports.ts'
import { unquote } from '../transport/judge-response.ts'
import { followRedirects } from './follow-redirects.ts'
import { endpointUrlOf, planEndpoint } from './plan-endpoint.ts'
import { mergeByKey } from './read-folders.ts'
import { readKeysAlone } from './read-keys-alone.ts'
import { type Listing, timeOf } from './read-listing.ts'
import { acceptAnyDates } from './readable-dates.ts'
import { isUnsigned, keysFailure, sdkFailure } from './sdk-failure.ts'
import { REQUEST_TIMEOUT_MS, sendList } from './send-list.ts'

export type Credentials = NonNullable<Endpoint['credentials']>

/** `requests`: the way to whatever service gives them, through the proxy, DNS and certificates of the source. */
export type CredentialProvider = (areRefused?: boolean, requests?: NodeHttpHandler) => Promise<Credentials>

export type S3SourceOptions = {
  source: Source
  /**
   * Absent: anonymous. May be asked often; caches and renews by itself, unless they are refused: then it looks anew.
   */
  credentials?: CredentialProvider
  /** Region of the profile or the environment, used unless the source names one. */
  defaultRegion?: string
  resolver: Resolver
  /** URL of the proxy for a URL; empty = none. */
  proxyFor(url: string): Promise<string>
  /** Extra certificate authorities, PEM. */
  ca: string[]
}

const CONNECT_TIMEOUT_MS = 10_000
const CONTROL_SOCKETS = 16
/** One that nobody uses gives up its place: a server may have few of them for one client, or only one. */
const IDLE_MS = 2000
/** A bucket names its region once; more hops are a loop. */
const MAX_REGION_HOPS = 2

export type S3ObjectSource = ObjectSource & { listBuckets(signal: AbortSignal): Promise<Outcome<string[]>> }

export function createS3ObjectSource(options: S3SourceOptions): S3ObjectSource {
  let { source } = options
  const bucket = { Bucket: source.bucket, RequestPayer: source.requestPayer }
  const requests = createRequestHandler(options)
  let region = source.region ?? options.defaultRegion ?? 'us-east-1'
  let client = createClient(options, source, region, requests.handler)

  /**
   * Runs one SDK call; follows the bucket to its region or its own host and the server's clock, once found for good.
   */
  async function run<T>(signal: AbortSignal, send: (client: S3Client) => Promise<T>): Promise<Outcome<T>> {
    for (let hop = 0; ; hop++) {
      const { systemClockOffset } = client.config
      let keyId: string | undefined
      try {
        keyId = (await askCredentials(signal))?.accessKeyId
        return success(await send(client))
      } catch (error) {
        if (signal.aborted) return failed({ class: 'cancelled' })
        const failure = sdkFailure(error, source.bucket)
        // The refusal has told the server's time, and the SDK signs by that from now on.
        const isClockSet = client.config.systemClockOffset !== systemClockOffset
        if (failure.class === 'clock-skew' && isClockSet && hop < MAX_REGION_HOPS) continue
        if (failure.class === 'credentials' && hop === 0 && keyId && (await hasOthersThan(keyId))) continue
        if (hop < MAX_REGION_HOPS && follow(failure)) continue
        const isOfKeys = options.credentials !== undefined && keyId === undefined
        return { ok: false, failure: isOfKeys ? keysFailure(error) : await withHost(failure) }
      }
    }
  }

  /** Goes where the bucket is, if that is told and somewhere else. */
  function follow(failure: Failure): boolean {
    if (failure.class !== 'wrong-region') return false
    if (wantsBucketInHost(failure.code)) {
      // Several requests may have been sent by path at once.
      if (options.source.addressing !== 'auto') return false
      if (source.addressing === 'auto') moveTo(region, { ...source, addressing: 'virtual' })
      return true
    }
    const { region: named } = failure
    if (named === undefined || named === region || !isRegion(named)) return false
    moveTo(named)
    return true
  }

  /** What is under way at the old place may end there: the requests of both go through one handler. */
  function moveTo(named: string, addressed: Source = source): void {
    region = named
    source = addressed
    client = createClient(options, source, region, requests.handler)
  }

  /** A process or a service that gives them may take its time: whoever has stopped does not wait for it. */
  async function askCredentials(signal: AbortSignal, areRefused?: boolean): Promise<Credentials | undefined> {
    if (!options.credentials) return undefined
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([options.credentials(areRefused, requests.handler), stopped.promise])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** A file of keys, say, was written anew while the job ran. */
  const hasOthersThan = async (keyId: string): Promise<boolean> => {
    const found = await options.credentials?.(true, requests.handler).catch(() => undefined)
    return found !== undefined && found.accessKeyId !== keyId
  }

  const NETWORK_CLASSES: readonly Failure['class'][] = ['dns', 'connect', 'tls', 'proxy', 'reset', 'stalled']
  async function withHost(failure: Failure): Promise<Failure> {
    const endpoint = planEndpoint(source, region)
    const proxy = parseProxy(await options.proxyFor(endpointUrlOf(endpoint)))
    if (proxy && endpoint.tls && isUnsigned(failure)) {
      return { class: 'proxy', code: failure.code, httpStatus: failure.httpStatus, subject: endpoint.hostHeader }
    }
    if (!NETWORK_CLASSES.includes(failure.class) || failure.subject) return failure
    // Where a proxy stands in between, it is the one that is looked up and connected to.
    const isOfProxy = proxy && (failure.class === 'dns' || failure.class === 'connect')
    return { ...failure, subject: isOfProxy ? `${proxy.hostname}:${proxy.port}` : endpoint.hostHeader }
  }

  const missingBucket = { class: 'missing-bucket', subject: source.bucket } as const
  /** ... and where it bears no sign of S3, that a web server without such a page is there. */
  const noService = (failure: Failure) =>
    failed({ ...failure, class: 'protocol', subject: planEndpoint(source, region).hostHeader })

  return readKeysAlone({
    async listPage({ prefix, delimiter, continuation, pageSize, startAfter }, signal) {
      const marker = continuation?.startsWith(MARKER) ? continuation.slice(MARKER.length) : undefined
      const input = {
        ...bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        MaxKeys: pageSize,
        StartAfter: startAfter,
        ContinuationToken: marker === undefined ? continuation : undefined,
        // Keys may hold characters that XML cannot. Huawei's gives the first page again where a marker comes with it.
        EncodingType: marker === undefined ? ('url' as const) : undefined,
      }
      const page = await run(signal, (s3) => sendList(s3, signal, input, marker))
      if (page.ok) return readPage(page.value, { prefix, continuation })
      // A listing has no key that could be missing: a 404 means the bucket, ...
      if (page.failure.class !== 'missing') return page
      return isUnsigned(page.failure) ? noService(page.failure) : failed({ ...page.failure, ...missingBucket })
    },

    async headObject(key, { checksums, partNumber }, signal) {
      const head = await run(signal, (s3) =>
        s3.send(
          new HeadObjectCommand({
            ...bucket,
            Key: key,
            PartNumber: partNumber,
            ...(checksums ? { ChecksumMode: 'ENABLED' as const } : {}),
          }),
          { abortSignal: signal },
        ),
      )
      if (!head.ok) return head.failure.subject ? head : failed({ ...head.failure, subject: key })
      const { value } = head
      const objectHead: ObjectHead = {
        size: value.ContentLength ?? 0,
        etag: unquote(value.ETag ?? ''),
        lastModified: timeOf(value.LastModified?.getTime() ?? 0),
        checksums: definedOnly({
          CRC64NVME: value.ChecksumCRC64NVME,
          CRC32C: value.ChecksumCRC32C,
          CRC32: value.ChecksumCRC32,
          SHA256: value.ChecksumSHA256,
          SHA1: value.ChecksumSHA1,
        }),
        checksumType: value.ChecksumType ?? '',
        partCount: value.PartsCount ?? 1,
        ...encryptionOf(value),
      }
      return success(objectHead)
    },

    async tryObject({ key, etag }, signal) {
      const input = { ...bucket, Key: key, Range: 'bytes=0-0' }
      const answer = await run(signal, (s3) => s3.send(new GetObjectCommand(input), { abortSignal: signal }))
      if (!answer.ok) return answer.failure.subject ? answer : failed({ ...answer.failure, subject: key })
      // Who ignores ranges sends all of it.
      if (answer.value.Body instanceof Readable) answer.value.Body.destroy()
      // A network that wants a login first answers whatever it is asked.
      const isForeign = etag !== '' && !answer.value.ETag
      return isForeign ? failed({ class: 'protocol', code: 'no-etag', subject: key }) : success(undefined)
    },

    async listBuckets(signal) {
      const answer = await run(signal, (s3) => s3.send(new ListBucketsCommand({}), { abortSignal: signal }))
      if (answer.ok) return success((answer.value.Buckets ?? []).map((bucket) => bucket.Name ?? ''))
      return answer.failure.class === 'missing' && isUnsigned(answer.failure) ? noService(answer.failure) : answer
    },

    async endpoint(signal, { areRefused, region: named } = {}) {
      if (named && named !== region && isRegion(named)) moveTo(named)
      const endpoint = planEndpoint(source, region)
      const proxy = parseProxy(await options.proxyFor(endpointUrlOf(endpoint)))
      let credentials: Credentials | undefined
      try {
        credentials = await askCredentials(signal, areRefused)
      } catch (error) {
        if (signal.aborted) return failed({ class: 'cancelled' })
        return { ok: false, failure: keysFailure(error) }
      }
      const offset = client.config.systemClockOffset
      return success({
        ...endpoint,
        ...(credentials ? { credentials } : {}),
        ...(proxy ? { proxy } : {}),
        ...(options.ca.length > 0 ? { ca: options.ca } : {}),
        ...(offset ? { clockOffsetMs: offset } : {}),
      })
    },

    close() {
      client.destroy()
      requests.close()
    },
  })

  function readPage(listing: Listing, asked: { prefix: string; continuation: string | undefined }): Outcome<ListPage> {
    const { isTruncated, nextToken } = listing
    const next = isTruncated ? (nextToken ?? markerBehind(listing)) : undefined
    if (isTruncated && (!next || next === asked.continuation)) {
      return failed({ class: 'protocol', code: 'list-does-not-advance', subject: source.bucket })
    }
    return success({
      // What lies elsewhere was not asked for, and its name below the prefix would be a piece of nonsense.
      objects: listing.objects.filter(({ key }) => key.startsWith(asked.prefix)),
      prefixes: listing.prefixes.filter((name) => name.startsWith(asked.prefix)),
      ...(next ? { continuation: next } : {}),
    })
  }
}

/**
 * Some services answer as in the first version of the listing, whatever is asked: Huawei's parallel file system, old
 * Ceph, IBM's and Netease's. There a page goes on behind the last name of the one before. What begins so is such a
 * name; no token does, as XML has no place for it.
 */
const MARKER = '\u0000'

function markerBehind(listing: Listing): string | undefined {
  const last = mergeByKey(listing).at(-1)
  const name = listing.nextMarker ?? (last?.kind === 'folder' ? last.prefix : last?.objects.at(-1)?.key)
  return name ? MARKER + name : undefined
}

function createClient(
  options: S3SourceOptions,
  source: Source,
  region: string,
  requestHandler: NodeHttpHandler,
): S3Client {
  const endpoint = planEndpoint(source, region)
  const isVirtual = endpoint.basePath === '/'
  const client = new S3Client({
    region,
    maxAttempts: 1,
    requestHandler,
    forcePathStyle: !isVirtual,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(source.endpointUrl ? { endpoint: source.endpointUrl } : {}),
    ...(options.credentials
      ? { credentials: expiring(options.credentials, requestHandler) }
      : { credentials: { accessKeyId: '', secretAccessKey: '' }, signer: { sign: async (request) => request } }),
  })
  followRedirects(client)
  acceptAnyDates(client)
  return client
}

/**
 * As the SDK names it: what bears no `expiration` it keeps for ever. What has none to tell may be replaced at any time.
 */
const expiring = (provide: CredentialProvider, requests: NodeHttpHandler) => async () => {
  const { expiresAt = 0, ...keys } = await provide(false, requests)
  return { ...keys, expiration: new Date(expiresAt) }
}

function createRequestHandler(options: S3SourceOptions) {
  const lookup: LookupFunction = (host, lookupOptions, done) => {
    options.resolver.resolve(host, AbortSignal.timeout(CONNECT_TIMEOUT_MS)).then((resolution) => {
      if (!resolution.ok) {
        done(Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND' }), '', 4)
        return
      }
      const { addresses, alternatives = [] } = resolution.value
      const all = [...addresses, ...alternatives].map((address) => ({ address, family: isIP(address) }))
      if (lookupOptions.all) done(null, all)
      else done(null, all[0]?.address ?? '', all[0]?.family ?? 4)
    })
  }
  const isExtended = options.ca.length > 0
  const ca = isExtended ? { secureContext: createSecureContext({ ca: [...rootCertificates, ...options.ca] }) } : {}
  const { hostname, tls } = planEndpoint(options.source, 'us-east-1')
  const shared = {
    keepAlive: true,
    timeout: IDLE_MS,
    maxSockets: CONTROL_SOCKETS,
    lookup,
    ...ca,
    // Through a tunnel the proxy agent tells no host that is an address, and Node takes it for `localhost`.
    ...(isIP(hostname) ? { checkServerIdentity: identityOf(hostname) } : {}),
  }
  const httpAgent = new HttpAgent(shared)
  const httpsAgent = new HttpsAgent(shared)
  // The proxy looks names up, as it does for the data plane: where one is needed, they often cannot be looked up here.
  const getProxyForUrl = async (url: string) => {
    const proxy = await options.proxyFor(url)
    return isSocks(proxy) ? proxy.replace(/^[^:]+/, 'socks5h') : proxy
  }
  // Without a tunnel the agent tells the proxy the whole URL on fresh connections only.
  const agent = new ProxyAgent({ ...shared, keepAlive: tls, getProxyForUrl, httpAgent, httpsAgent })
  const handler = new NodeHttpHandler({
    httpAgent: agent,
    httpsAgent: agent as unknown as HttpsAgent,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  })
  return {
    handler,
    close() {
      handler.destroy()
      // The proxy agent does not close the agents it was given.
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

const isSocks = (url: string): boolean => /^socks/i.test(url)

const identityOf = (address: string) => (host: string, certificate: PeerCertificate) =>
  checkServerIdentity(host === 'localhost' ? address : host, certificate)

const encryptionOf = (head: HeadObjectCommandOutput): { encryption?: string } => {
  const encryption = head.SSECustomerAlgorithm ? 'customer' : head.ServerSideEncryption
  return encryption ? { encryption } : {}
}

const definedOnly = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** `http://user:password@host:port`, or `socks5://` and the rest, as the data plane needs it. */
export function parseProxy(url: string): Endpoint['proxy'] {
  if (!url || !URL.canParse(url)) return undefined
  const { protocol, hostname, port, username, password } = new URL(url)
  const address = bareHost(hostname)
  if (isSocks(url)) {
    const socks = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
    return { hostname: address, port: Number(port) || 1080, tls: false, socks }
  }
  const tls = protocol === 'https:'
  const login = username ? Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`) : undefined
  return {
    hostname: address,
    port: Number(port) || (tls ? 443 : 80),
    tls,
    ...(login ? { authorization: `Basic ${login.toString('base64')}` } : {}),
  }
}
