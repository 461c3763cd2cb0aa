/**
 * Calls of the AWS SDK to one bucket. Follows it to its region or its own host name and the server's clock, once found
 * for good, and requests credentials anew where those at hand are refused. The SDK's own retries are off:
 * `govern/requests/retry-delay.ts` is the one place that decides about trying again.
 */
import { S3Client } from '@aws-sdk/client-s3'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Failure, failed, type Outcome, success, wantsBucketInHost } from '../../../shared/failure.ts'
import { isRegion, type Source } from '../../../shared/job-spec.ts'
import type { Clock, Endpoint } from '../engine-ports.ts'
import { followRedirects } from './follow-redirects.ts'
import { parseProxy } from './parse-proxy.ts'
import { endpointUrlOf, planEndpoint } from './plan-endpoint.ts'
import { acceptAnyDates } from './readable-dates.ts'
import { createRequestHandler, type NetworkAccess } from './request-handler.ts'
import { isUnsigned, keysFailure, sdkFailure } from './sdk-failure.ts'

export type Credentials = NonNullable<Endpoint['credentials']>

/** `requests`: the way to whatever service gives them, through the proxy, DNS and certificates of the source. */
export type CredentialProvider = (areRefused?: boolean, requests?: NodeHttpHandler) => Promise<Credentials>

export type BucketClientOptions = NetworkAccess & {
  source: Source
  clock: Pick<Clock, 'now'>
  /**
   * Absent: anonymous. May be called often; caches and renews by itself, unless they are refused: then it looks anew.
   */
  credentials?: CredentialProvider
  /** Region of the profile or the environment, used unless the source names one. */
  defaultRegion?: string
}

/** A bucket names its region once; more hops are a loop. */
const MAX_REGION_HOPS = 2

const NETWORK_CLASSES: readonly Failure['class'][] = ['dns', 'connect', 'tls', 'proxy', 'reset', 'stalled']

export function createBucketClient(options: BucketClientOptions) {
  let { source } = options
  let region = source.region ?? options.defaultRegion ?? 'us-east-1'
  const requests = createRequestHandler(options, planEndpoint(source, region))
  let client = createClient(options, source, region, requests.handler)

  const where = (): Endpoint => planEndpoint(source, region)
  const proxyOf = async (endpoint: Endpoint) => parseProxy(await options.proxyFor(endpointUrlOf(endpoint)))

  return {
    run,
    endpoint,
    /** Host and port of the requests just now. */
    host: (): string => where().hostHeader,
    close() {
      client.destroy()
      requests.close()
    },
  }

  /** Runs one SDK call, again where something was learned from its refusal. */
  async function run<T>(signal: AbortSignal, send: (client: S3Client) => Promise<T>): Promise<Outcome<T>> {
    for (let hop = 0; ; hop++) {
      const { systemClockOffset } = client.config
      let keyId: string | undefined
      try {
        keyId = (await askCredentials(signal))?.accessKeyId
        return success(await send(client))
      } catch (error) {
        if (signal.aborted) return failed({ class: 'cancelled' })
        const failure = sdkFailure(error, source.bucket, options.clock.now())
        // The refusal has brought the server's time, and the SDK signs by that from now on.
        const isClockSet = client.config.systemClockOffset !== systemClockOffset
        if (failure.class === 'clock-skew' && isClockSet && hop < MAX_REGION_HOPS) continue
        if (failure.class === 'credentials' && hop === 0 && keyId && (await hasOthersThan(keyId))) continue
        if (hop < MAX_REGION_HOPS && follow(failure)) continue
        const isOfKeys = options.credentials !== undefined && keyId === undefined
        return { ok: false, failure: isOfKeys ? keysFailure(error, options.clock.now()) : await withHost(failure) }
      }
    }
  }

  /** Goes where the bucket is, if that is known and somewhere else. */
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

  /** A process or a service that gives them may take its time: a job that has stopped does not wait for it. */
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
  async function hasOthersThan(keyId: string): Promise<boolean> {
    const found = await options.credentials?.(true, requests.handler).catch(() => undefined)
    return found !== undefined && found.accessKeyId !== keyId
  }

  /** Names the host in a failure of the network. */
  async function withHost(failure: Failure): Promise<Failure> {
    const endpoint = where()
    const proxy = await proxyOf(endpoint)
    if (proxy && endpoint.tls && isUnsigned(failure)) {
      return { class: 'proxy', code: failure.code, httpStatus: failure.httpStatus, subject: endpoint.hostHeader }
    }
    if (!NETWORK_CLASSES.includes(failure.class) || failure.subject) return failure
    // Where a proxy stands in between, it is the one that is looked up and connected to.
    const isOfProxy = proxy && (failure.class === 'dns' || failure.class === 'connect')
    return { ...failure, subject: isOfProxy ? `${proxy.hostname}:${proxy.port}` : endpoint.hostHeader }
  }

  /** For the data plane. `areRefused`: the credentials are looked for anew. */
  async function endpoint(
    signal: AbortSignal,
    { areRefused, region: named }: { areRefused?: boolean; region?: string } = {},
  ): Promise<Outcome<Endpoint>> {
    if (named && named !== region && isRegion(named)) moveTo(named)
    const place = where()
    const proxy = await proxyOf(place)
    let credentials: Credentials | undefined
    try {
      credentials = await askCredentials(signal, areRefused)
    } catch (error) {
      if (signal.aborted) return failed({ class: 'cancelled' })
      return { ok: false, failure: keysFailure(error, options.clock.now()) }
    }
    const offset = client.config.systemClockOffset
    return success({
      ...place,
      ...(credentials ? { credentials } : {}),
      ...(proxy ? { proxy } : {}),
      ...(options.ca.length > 0 ? { ca: options.ca } : {}),
      ...(offset ? { clockOffsetMs: offset } : {}),
    })
  }
}

function createClient(
  options: BucketClientOptions,
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
