/**
 * One bucket through the AWS SDK: listing, HEAD, and the endpoint the data plane asks. The SDK's own retries are
 * off: `govern/retry-delay.ts` is the one place that decides about trying again.
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
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  S3Client,
} from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { ProxyAgent } from 'proxy-agent'
import { bareHost } from '../../../shared/bare-host.ts'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { Source } from '../../../shared/job-spec.ts'
import type { Endpoint, ListPage, ObjectHead, ObjectSource, Resolver } from '../engine-ports.ts'
import { unquote } from '../transport/judge-response.ts'
import { endpointUrlOf, planEndpoint } from './plan-endpoint.ts'
import { readKeysAlone } from './read-keys-alone.ts'
import { decodeListed, type Listing, readListing } from './read-listing.ts'
import { isUnsigned, sdkFailure } from './sdk-failure.ts'

export type Credentials = NonNullable<Endpoint['credentials']>

export type S3SourceOptions = {
  source: Source
  /** Absent: anonymous. May be asked often; caches and renews by itself. */
  credentials?: () => Promise<Credentials>
  /** Region of the profile or the environment, used unless the source names one. */
  defaultRegion?: string
  resolver: Resolver
  /** URL of the proxy for a URL; empty = none. */
  proxyFor(url: string): Promise<string>
  /** Extra certificate authorities, PEM. */
  ca: string[]
}

/** Control calls are small; an answer that takes longer is better asked again. */
const REQUEST_TIMEOUT_MS = 20_000
const CONNECT_TIMEOUT_MS = 10_000
const CONTROL_SOCKETS = 16
/** A bucket names its region once; more hops are a loop. */
const MAX_REGION_HOPS = 2
/** A thousand keys of 1,024 bytes, each byte written as `%XX`, are 3 MB. */
const MAX_LISTING_BYTES = 16 * 1024 ** 2
const MAX_ERROR_BYTES = 256 * 1024

export type S3ObjectSource = ObjectSource & { listBuckets(signal: AbortSignal): Promise<Outcome<string[]>> }

export function createS3ObjectSource(options: S3SourceOptions): S3ObjectSource {
  const { source } = options
  const requests = createRequestHandler(options)
  let region = source.region ?? options.defaultRegion ?? 'us-east-1'
  let client = createClient(options, region, requests.handler)

  /** Runs one SDK call; follows the bucket to its region and the server's clock, once found for good. */
  async function run<T>(signal: AbortSignal, send: (client: S3Client) => Promise<T>): Promise<Outcome<T>> {
    for (let hop = 0; ; hop++) {
      const { systemClockOffset } = client.config
      try {
        return success(await send(client))
      } catch (error) {
        if (signal.aborted) return failed({ class: 'cancelled' })
        const failure = sdkFailure(error, source.bucket)
        // The refusal has told the server's time, and the SDK signs by that from now on.
        const isClockSet = client.config.systemClockOffset !== systemClockOffset
        if (failure.class === 'clock-skew' && isClockSet && hop < MAX_REGION_HOPS) continue
        if (
          failure.class !== 'wrong-region' ||
          !failure.region ||
          failure.region === region ||
          hop >= MAX_REGION_HOPS
        ) {
          return { ok: false, failure: await withHost(failure) }
        }
        region = failure.region
        client.destroy()
        client = createClient(options, region, requests.handler)
      }
    }
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
      const page = await run(signal, (s3) =>
        sendList(s3, signal, {
          Bucket: source.bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          ContinuationToken: continuation,
          MaxKeys: pageSize,
          StartAfter: startAfter,
          // Keys may hold characters that XML cannot.
          EncodingType: 'url',
        }),
      )
      if (page.ok) return readPage(page.value, { prefix, continuation })
      // A listing has no key that could be missing: a 404 means the bucket, ...
      if (page.failure.class !== 'missing') return page
      return isUnsigned(page.failure) ? noService(page.failure) : failed({ ...page.failure, ...missingBucket })
    },

    async headObject(key, { checksums, partNumber }, signal) {
      const head = await run(signal, (s3) =>
        s3.send(
          new HeadObjectCommand({
            Bucket: source.bucket,
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
        lastModified: value.LastModified?.getTime() ?? 0,
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
      const input = { Bucket: source.bucket, Key: key, Range: 'bytes=0-0' }
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

    async endpoint() {
      const endpoint = planEndpoint(source, region)
      const proxy = parseProxy(await options.proxyFor(endpointUrlOf(endpoint)))
      let credentials: Credentials | undefined
      try {
        credentials = await options.credentials?.()
      } catch (error) {
        return { ok: false, failure: sdkFailure(error, source.bucket) }
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
    if (isTruncated && (!nextToken || nextToken === asked.continuation)) {
      return failed({ class: 'protocol', code: 'list-does-not-advance', subject: source.bucket })
    }
    return success({
      // What lies elsewhere was not asked for, and its name below the prefix would be a piece of nonsense.
      objects: listing.objects.filter(({ key }) => key.startsWith(asked.prefix)),
      prefixes: listing.prefixes.filter((name) => name.startsWith(asked.prefix)),
      ...(isTruncated && nextToken ? { continuation: nextToken } : {}),
    })
  }
}

/** The SDK signs, sends and explains failures; a good answer is read by read-listing.ts before its parser sees it. */
async function sendList(s3: S3Client, signal: AbortSignal, input: ListObjectsV2CommandInput): Promise<Listing> {
  const command = new ListObjectsV2Command(input)
  let listing: Listing | undefined
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as SdkResponse
      const body = await boundBody(response)
      if (response.statusCode !== 200) return result
      const text = body.toString('utf8')
      // S3 declares nothing; who does so wants a parser to multiply it.
      if (text.includes('<!DOCTYPE')) throw new Error('the listing brings declarations of its own')
      // The SDK takes any document, the page of a hotel's network too, for a listing without objects.
      if (!/<(?:ListBucketResult|Error)[\s>]/.test(text)) throw new Error('the answer is no listing')
      listing = readListing(text)
      if (listing) response.body = EMPTY_LISTING
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  const output = await s3.send(command, { abortSignal: signal })
  return listing ?? requireSizes(listingOf(output))
}

type SdkResponse = { statusCode: number; body: Readable | Uint8Array }

/**
 * Puts the whole body in place of the stream, and no more of it than S3 could ever send. The SDK's own timers end with the
 * head of the answer: a body that stops would be waited for without an end (aws-sdk-js-v3#8098).
 */
async function boundBody(response: SdkResponse): Promise<Buffer> {
  const isGood = response.statusCode === 200
  const limit = isGood ? MAX_LISTING_BYTES : MAX_ERROR_BYTES
  if (!(response.body instanceof Uint8Array)) {
    const stream = response.body
    const late = () => stream.destroy(Object.assign(new Error('the answer has stopped'), { name: 'TimeoutError' }))
    const silence = setTimeout(late, REQUEST_TIMEOUT_MS)
    const chunks: Buffer[] = []
    let size = 0
    try {
      // Leaving the loop destroys the stream.
      for await (const chunk of stream) {
        silence.refresh()
        chunks.push(chunk)
        size += chunk.length
        if (size <= limit) continue
        if (isGood) throw new Error('the answer has no end')
        break
      }
    } finally {
      clearTimeout(silence)
    }
    response.body = Buffer.concat(chunks).subarray(0, limit)
  }
  return Buffer.from(response.body)
}

/** An unusual document, read by the SDK. */
function listingOf(output: ListObjectsV2CommandOutput): Listing {
  const decode = output.EncodingType === 'url' ? decodeListed : (text: string) => text
  return {
    objects: (output.Contents ?? []).map((item) => ({
      key: decode(item.Key ?? ''),
      size: item.Size ?? Number.NaN,
      etag: unquote(item.ETag ?? ''),
      lastModified: item.LastModified?.getTime() ?? 0,
      storageClass: item.StorageClass ?? 'STANDARD',
    })),
    prefixes: (output.CommonPrefixes ?? []).map((item) => decode(item.Prefix ?? '')),
    isTruncated: output.IsTruncated === true,
    nextToken: output.NextContinuationToken,
  }
}

/** What cannot be a size is not guessed at. */
function requireSizes(listing: Listing): Listing {
  const odd = listing.objects.find(({ size }) => !Number.isSafeInteger(size) || size < 0)
  if (odd) throw new Error(`the listing gives ${JSON.stringify(odd.key.slice(0, 100))} no possible size`)
  return listing
}

const EMPTY_LISTING = Buffer.from('<ListBucketResult></ListBucketResult>')

function createClient(options: S3SourceOptions, region: string, requestHandler: NodeHttpHandler): S3Client {
  const endpoint = planEndpoint(options.source, region)
  const isVirtual = endpoint.basePath === '/'
  return new S3Client({
    region,
    maxAttempts: 1,
    requestHandler,
    forcePathStyle: !isVirtual,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.source.endpointUrl ? { endpoint: options.source.endpointUrl } : {}),
    ...(options.credentials
      ? { credentials: options.credentials }
      : { credentials: { accessKeyId: '', secretAccessKey: '' }, signer: { sign: async (request) => request } }),
  })
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
  const { hostname } = planEndpoint(options.source, 'us-east-1')
  const shared = {
    keepAlive: true,
    maxSockets: CONTROL_SOCKETS,
    lookup,
    ...ca,
    // Through a tunnel the proxy agent tells no host that is an address, and Node takes it for `localhost`.
    ...(isIP(hostname) ? { checkServerIdentity: identityOf(hostname) } : {}),
  }
  const httpAgent = new HttpAgent(shared)
  const httpsAgent = new HttpsAgent(shared)
  const getProxyForUrl = (url: string) => options.proxyFor(url)
  const agent = new ProxyAgent({ ...shared, getProxyForUrl, httpAgent, httpsAgent })
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

const identityOf = (address: string) => (host: string, certificate: PeerCertificate) =>
  checkServerIdentity(host === 'localhost' ? address : host, certificate)

const encryptionOf = (head: HeadObjectCommandOutput): { encryption?: string } => {
  const encryption = head.SSECustomerAlgorithm ? 'customer' : head.ServerSideEncryption
  return encryption ? { encryption } : {}
}

const definedOnly = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** `http://user:password@host:port` as the data plane needs it. */
export function parseProxy(url: string): Endpoint['proxy'] {
  if (!url || !URL.canParse(url)) return undefined
  const { protocol, hostname, port, username, password } = new URL(url)
  const tls = protocol === 'https:'
  const login = username ? Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`) : undefined
  return {
    hostname: bareHost(hostname),
    port: Number(port) || (tls ? 443 : 80),
    tls,
    ...(login ? { authorization: `Basic ${login.toString('base64')}` } : {}),
  }
}
