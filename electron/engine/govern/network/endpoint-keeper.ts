/**
 * Keeps the bucket's endpoint and credentials up to date, and distinguishes credentials that have expired from those
 * that are refused for good.
 */
import type { Failure } from '../../../../shared/failure.ts'
import type { Clock, Endpoint, ObjectSource } from '../../engine-ports.ts'

export type EndpointKeeperOptions = {
  clock: Clock
  source: ObjectSource
  /** The host of the endpoint, or of its proxy, is another one. Called for the first one as well. */
  onMoved(hostname: string, isFirst: boolean): Promise<void>
  onFatal(failure: Failure): void
}

/** Credentials are requested anew this often; the provider renews them well before they expire. */
const REFRESH_MS = 60_000
/** After a refusal they are requested at once, but not more often than this. */
const REFUSED_REFRESH_MS = 1000
const RENEW_TIMEOUT_MS = 30_000
/** After this many refusals of fresh credentials, per connection, they are taken to be refused for good. */
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
    /** The secret of a key does not change: where other requests were signed correctly, it is this object that fails. */
    blame(failure: Failure): Failure {
      const isObject = hasAccepted && failure.code === 'SignatureDoesNotMatch'
      return isObject ? { ...failure, class: 'denied' } : failure
    },
    /** Listing may work at an endpoint where objects do not; an answer without a region does not help. */
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
