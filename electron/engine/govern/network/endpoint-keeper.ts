/**
 * Where the bucket is and what opens it: keeps the endpoint and its credentials fresh, and distinguishes
 * credentials that have expired from such as are refused for good.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { Clock, Endpoint, ObjectSource } from '../../engine-ports.ts'

export type EndpointKeeperOptions = {
  clock: Clock
  source: ObjectSource
  /** The endpoint, or the proxy before it, is another machine than before. Called for the first one as well. */
  onMoved(hostname: string, isFirst: boolean): Promise<void>
  onFatal(failure: Failure): void
}

/** Credentials are requested anew this often; the provider renews them well before they expire. */
const REFRESH_MS = 60_000
/** After a refusal they are requested at once, but not more often than this. */
const REFUSED_REFRESH_MS = 1000
const RENEW_TIMEOUT_MS = 30_000
/** Fresh credentials that are refused as well will not be accepted later: so many times by each connection. */
const MAX_REFUSALS = 3

export type EndpointKeeper = ReturnType<typeof createEndpointKeeper>

export function createEndpointKeeper({ clock, source, onMoved, onFatal }: EndpointKeeperOptions) {
  let endpoint: Endpoint | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let isRenewing = false
  let refusals = 0
  /** When the first of these came. */
  let refusedAt = Number.NEGATIVE_INFINITY
  /** Some request has been granted with the present credentials. */
  let hasAccepted = false
  let skewSeenAt = Number.NEGATIVE_INFINITY

  async function renew(
    signal: AbortSignal = AbortSignal.timeout(RENEW_TIMEOUT_MS),
    hint: Parameters<ObjectSource['endpoint']>[1] = {},
  ): Promise<void> {
    if (isRenewing) return
    isRenewing = true
    const renewed = await source.endpoint(signal, hint)
    renewedAt = clock.monotonic()
    if (renewed.ok) {
      const before = endpoint
      endpoint = renewed.value
      const hostname = connectsTo(endpoint)
      if (before?.credentials?.accessKeyId !== endpoint.credentials?.accessKeyId) hasAccepted = false
      const isMoved = !before || connectsTo(before) !== hostname || before.port !== endpoint.port
      if (isMoved) await onMoved(hostname, before === undefined)
    } else if (renewed.failure.class !== 'cancelled' && !isOfNetwork(renewed.failure)) onFatal(renewed.failure)
    isRenewing = false
  }

  /**
   * The provider of new credentials cannot be reached: a matter of the network, as long as there are old ones.
   */
  const isOfNetwork = (failure: Failure): boolean => endpoint !== undefined && failure.class !== 'credentials'

  /** From any signed answer the source learns how far off this machine's clock is; the next endpoint carries it. */
  async function renewClock(): Promise<void> {
    const signal = AbortSignal.timeout(RENEW_TIMEOUT_MS)
    await source.listPage({ prefix: '', pageSize: 1 }, signal)
    await renew(signal)
  }

  return {
    /** Undefined until the first answer. */
    current: () => endpoint,
    renew,
    tick(): void {
      if (clock.monotonic() - renewedAt > REFRESH_MS) void renew()
    },
    /** A request sent before the first refusal is no evidence about the present credentials. Monotonic milliseconds. */
    noteAccepted(sentAt: number): void {
      if (sentAt >= refusedAt) refusals = 0
      hasAccepted = true
    },
    /** A key does not change its secret: where others were signed right, it is this object that is not given. */
    blame(failure: Failure): Failure {
      const isObject = hasAccepted && failure.code === 'SignatureDoesNotMatch'
      return isObject ? { ...failure, class: 'denied' } : failure
    },
    /** The listing may be had where objects are not; an answer that names no region leads nowhere. */
    noteElsewhere({ region }: Failure): void {
      void renew(undefined, region === undefined ? {} : { region })
    },
    /** The clock was set while the job ran. */
    noteSkewed(): void {
      if (clock.monotonic() - skewSeenAt <= REFUSED_REFRESH_MS) return
      skewSeenAt = clock.monotonic()
      void renewClock()
    },
    noteRefused(failure: Failure, connections: number): void {
      if (refusals === 0) refusedAt = clock.monotonic()
      refusals++
      if (refusals > MAX_REFUSALS * connections) onFatal(failure)
      else if (clock.monotonic() - renewedAt > REFUSED_REFRESH_MS) void renew(undefined, { areRefused: true })
    },
  }
}

const connectsTo = (endpoint: Endpoint): string => endpoint.proxy?.hostname ?? endpoint.hostname
