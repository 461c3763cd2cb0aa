/**
 * The shell over the decisions of this folder: gives them what they need to see, applies what they say, and writes
 * each decision to the log with its numbers.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Failure } from '../../../shared/failure.ts'
import { DEFAULT_THREADS, type JobSpec } from '../../../shared/job-spec.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { AddressView, ConnectionView, Limit } from '../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { Endpoint, EnginePorts, FetchTask, TaskOutcome } from '../engine-ports.ts'
import type { ErrorLogEntry } from '../metrics/job-logs.ts'
import { createRequestWindow } from '../metrics/request-window.ts'
import type { Allowance, TransferBook } from '../schedule/transfer-book.ts'
import { createConnectionPool, type PoolLine } from './connection-pool.ts'

export type GovernorOptions = {
  ports: EnginePorts
  policy: Policy
  spec: JobSpec
  book: TransferBook
  isListingComplete(): boolean
  emit(code: EventCode, reason: Reason): void
  onError(
    failure: Failure,
    task: FetchTask & { reached: number },
    attempt: number,
    action: ErrorLogEntry['action'],
  ): void
  onFatal(failure: Failure): void
}

/** Connections to one address are given up for this long after it refused them. */
const QUARANTINE_MS = 30_000
const ENDPOINT_REFRESH_MS = 60_000
const MAX_LIST_ATTEMPTS_BEFORE_FIRST_PAGE = 4

const NETWORK: readonly Failure['class'][] = ['dns', 'connect', 'reset', 'stalled', 'slow', 'proxy']
const HOPELESS: readonly Failure['class'][] = [
  'denied',
  'credentials',
  'missing-bucket',
  'missing',
  'tls',
  'redirect-refused',
  'wrong-region',
  'clock-skew',
  'cancelled',
]

export function createGovernor(options: GovernorOptions) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, dataPlane, resolver, source } = ports
  const threads = spec.threads === 'auto' ? DEFAULT_THREADS : spec.threads
  const window = createRequestWindow(policy.throttleWindowSeconds)
  const groupNotBefore = new Map<string, number>()
  const quarantine = new Map<string, number>()
  const failuresByAddress = new Map<string, number>()
  const bytesByAddress = new Map<string, number>()
  let endpoint: Endpoint | undefined
  let addresses: string[] = []
  let addressTurn = 0
  let resolvedAt = Number.NEGATIVE_INFINITY
  let ttlSeconds = 0
  let isResolving = false
  let dnsMs = 0
  let endpointAt = Number.NEGATIVE_INFINITY
  let isRenewing = false
  let generation = 1
  let received = 0
  let isPaused = false
  let isStopped = false
  let coolingUntil = 0
  let lastSuccessAt = clock.monotonic()
  let connectNotBefore = 0
  let connectFailures = 0

  const pool = createConnectionPool({
    dataPlane,
    clock,
    endpoint: () => endpoint,
    onOutcome,
    onOpened(line) {
      connectFailures = 0
      lastSuccessAt = clock.monotonic()
      feed(line)
    },
    onClosed(line, failure) {
      bytesByAddress.set(line.address, (bytesByAddress.get(line.address) ?? 0) + line.bytes)
      if (failure && line.state === 'connecting') onConnectFailed(line, failure)
      fill()
    },
  })

  async function start(signal: AbortSignal): Promise<void> {
    if (spec.limitBytesPerSecond) dataPlane.setRateLimit(spec.limitBytesPerSecond)
    signal.addEventListener('abort', () => pool.closeAll('stopped'), { once: true })
    emit('pool-warming', { size: threads })
    await renewEndpoint(signal)
    await resolve(signal)
    lastSuccessAt = clock.monotonic()
    fill()
  }

  async function renewEndpoint(signal: AbortSignal = AbortSignal.timeout(30_000)): Promise<void> {
    if (isRenewing) return
    isRenewing = true
    const renewed = await source.endpoint(signal)
    isRenewing = false
    endpointAt = clock.monotonic()
    if (renewed.ok) endpoint = renewed.value
    else options.onFatal(renewed.failure)
  }

  async function resolve(signal: AbortSignal = AbortSignal.timeout(policy.dnsTimeoutSeconds * 1000)): Promise<void> {
    if (isResolving || !endpoint) return
    isResolving = true
    const host = endpoint.proxy?.hostname ?? endpoint.hostname
    const resolution = await resolver.resolve(host, signal)
    isResolving = false
    resolvedAt = clock.monotonic()
    if (resolution.ok) {
      dnsMs = resolution.value.milliseconds
      addresses = resolution.value.addresses
      ttlSeconds = Math.min(policy.dnsMaxTtlSeconds, Math.max(policy.dnsMinTtlSeconds, resolution.value.ttlSeconds))
    } else {
      ttlSeconds = policy.dnsMinTtlSeconds
      emit(addresses.length > 0 ? 'dns-stale' : 'dns-failed', { host, failure: resolution.failure.class })
    }
    fill()
  }

  function chooseAddress(): string | undefined {
    const now = clock.monotonic()
    const usable = addresses.filter((address) => (quarantine.get(address) ?? 0) <= now)
    const from = usable.length > 0 ? usable : addresses
    return from[addressTurn++ % Math.max(1, from.length)]
  }

  /** Opens connections up to what is allowed and useful. */
  function fill(): void {
    const now = clock.monotonic()
    if (isPaused || isStopped || !endpoint || now < coolingUntil || now < connectNotBefore) return
    while (pool.size < threads) {
      const address = chooseAddress()
      if (!address) return
      pool.open(address, generation, endpoint)
    }
  }

  function feed(line: PoolLine): void {
    if (isPaused || isStopped || !endpoint || line.state !== 'warm' || line.closing) return
    if (clock.monotonic() < coolingUntil) return
    if (line.requests >= policy.maxRequestsPerConnection) {
      pool.close(line, 'requests')
      return
    }
    const task = book.next(line.id, allowance())
    if (task) pool.assign(line, task, endpoint)
  }

  function allowance(): Allowance {
    const now = clock.monotonic()
    return {
      connections: threads,
      listingComplete: options.isListingComplete(),
      mayAsk: (group) => (groupNotBefore.get(group) ?? 0) <= now,
    }
  }

  function onOutcome(outcome: TaskOutcome, line: PoolLine): void {
    const now = clock.monotonic()
    const { failure } = outcome
    const isOurs = failure?.class === 'cancelled'
    received += outcome.received
    if (!isOurs) window.record(now, failure === undefined, outcome.firstByteMs)
    if (outcome.received > 0) lastSuccessAt = now
    if (failure && !isOurs) onFailure(failure, outcome, line)
    book.settle(outcome)
    feed(line)
  }

  function onFailure(failure: Failure, outcome: TaskOutcome, line: PoolLine): void {
    window.recordError(failure.class)
    failuresByAddress.set(line.address, (failuresByAddress.get(line.address) ?? 0) + 1)
    const task = line.lastTask
    if (task) options.onError(failure, { ...task, reached: outcome.reached }, 1, 'retry')
    if (failure.class === 'throttled' && task) onThrottled(failure, task)
    if (failure.class === 'credentials' || failure.class === 'wrong-region') void renewEndpoint()
  }

  function onThrottled(failure: Failure, task: FetchTask): void {
    const group = task.key.slice(0, task.key.lastIndexOf('/') + 1)
    const waitMs = failure.retryAfterMs ?? 500
    groupNotBefore.set(group, clock.monotonic() + waitMs)
    const { successRate } = window.read(clock.monotonic())
    emit('throttled', { prefix: group, status: failure.httpStatus ?? 503, successRate, retryAfterMs: waitMs })
  }

  function onConnectFailed(line: PoolLine, failure: Failure): void {
    const now = clock.monotonic()
    window.recordError(failure.class)
    connectFailures++
    quarantine.set(line.address, now + QUARANTINE_MS)
    connectNotBefore = now + Math.min(5000, 100 * 2 ** Math.min(10, connectFailures)) * random()
    if (now - lastSuccessAt > policy.networkGoneSeconds * 1000) options.onFatal(failure)
    if (failure.class === 'tls' || failure.class === 'proxy') options.onFatal(failure)
  }

  /** Ten times a second: reads the counters, looks after every connection, hands out work. */
  function tick(): void {
    const now = clock.monotonic()
    pool.tick()
    if (now - resolvedAt > ttlSeconds * 1000 && addresses.length > 0) void resolve()
    if (addresses.length === 0 && endpoint && now - resolvedAt > 1000) void resolve()
    if (now - endpointAt > ENDPOINT_REFRESH_MS) void renewEndpoint()
    for (const line of pool.lines()) look(line, now)
    if (coolingUntil > 0 && now >= coolingUntil) {
      coolingUntil = 0
      emit('cooled-down', { concurrency: threads })
    }
    pump()
  }

  function look(line: PoolLine, now: number): void {
    if (line.closing) return
    if (line.state === 'connecting') {
      if (now - line.openedAt > policy.connectTimeoutSeconds * 1000) {
        onConnectFailed(line, { class: 'connect', code: 'timeout', address: line.address })
        pool.close(line, 'connect-timeout')
      }
    } else if (line.task && now - line.lastByteAt > policy.stallSeconds * 1000) {
      window.recordError('stalled')
      const seconds = (now - line.lastByteAt) / 1000
      emit('connection-replaced', { cause: 'stalled', address: line.address, seconds })
      pool.close(line, 'stalled')
    } else if (!line.task && line.idleSince > 0 && now - line.idleSince > policy.idleSeconds * 1000) {
      if (book.counts().waiting > 0) return
      pool.close(line, 'idle')
    } else if (now - line.openedAt > policy.connectionMaxAgeSeconds * 1000) pool.drain(line, 'age')
  }

  function pump(): void {
    fill()
    for (const line of pool.lines()) if (line.state === 'warm' && !line.task) feed(line)
  }

  return {
    threads,
    start,
    tick,
    pump,
    pause() {
      isPaused = true
      pool.closeAll('paused')
    },
    resume() {
      isPaused = false
      lastSuccessAt = clock.monotonic()
      fill()
    },
    rebuild(cause: string) {
      generation++
      emit('pool-rebuilding', { cause, generation, size: threads })
      for (const line of pool.lines()) pool.drain(line, 'rebuild')
      emit('pool-rebuilt', { generation, size: threads, seconds: 0 })
    },
    coolDown(_cause: string) {
      coolingUntil = clock.monotonic() + policy.coolDownSeconds * 1000
      pool.closeAll('cooling-down')
      emit('cooling-down', { seconds: policy.coolDownSeconds })
    },
    async stop(): Promise<void> {
      isStopped = true
      pool.closeAll('stopped')
    },
    closeLine(lineId: number, why: string) {
      const line = pool.get(lineId)
      if (line) pool.close(line, why)
    },
    lineSpeed: (lineId: number) => pool.get(lineId)?.bytesPerSecond ?? 0,
    retryAfterMs(failure: Failure, attempts: number): number | undefined {
      if (HOPELESS.includes(failure.class) && failure.class !== 'credentials') return undefined
      const isFree = failure.class === 'throttled' || NETWORK.includes(failure.class)
      if (!isFree && attempts >= policy.maxAttempts) return undefined
      if (failure.code === 'closed-before-answer' && attempts <= 1) return 0
      const cap = Math.min(policy.retryCapSeconds, policy.retryBaseSeconds * 2 ** Math.min(20, attempts - 1))
      return Math.max(failure.retryAfterMs ?? 0, random() * cap * 1000)
    },
    listRetryAfterMs(failure: Failure, attempts: number): number | undefined {
      if (HOPELESS.includes(failure.class) || failure.class === 'protocol') return undefined
      if (attempts >= (book.counts().waiting > 0 ? policy.maxAttempts : MAX_LIST_ATTEMPTS_BEFORE_FIRST_PAGE))
        return undefined
      const cap = Math.min(policy.retryCapSeconds, policy.retryBaseSeconds * 2 ** attempts)
      return Math.max(failure.retryAfterMs ?? 0, random() * cap * 1000)
    },
    bytesReceived(): number {
      let bytes = received
      for (const line of pool.lines()) if (line.task) bytes += Math.max(0, line.bytes - line.taskBytesAtStart)
      return bytes
    },
    requests: () => ({ ...window.read(clock.monotonic()), delayMs: 0 }),
    pool: () => ({ concurrency: threads, threads, generation, connections: pool.counts() }),
    dnsMs: () => dnsMs,
    waitSeconds: () => Math.max(0, coolingUntil === 0 ? 0 : (coolingUntil - clock.monotonic()) / 1000),
    phase: (): JobPhase | undefined => (clock.monotonic() < coolingUntil ? 'cooling-down' : undefined),
    limit: (_bytesPerSecond: number): Limit => ({ code: 'none', evidence: {} }),
    connectionTable: (): ConnectionView[] => pool.view(),
    addressTable: (): AddressView[] =>
      addresses.map((address) => {
        const lines = [...pool.lines()].filter((line) => line.address === address)
        return {
          address,
          connections: lines.length,
          bytes: (bytesByAddress.get(address) ?? 0) + lines.reduce((sum, line) => sum + line.bytes, 0),
          bytesPerSecond: lines.reduce((sum, line) => sum + (line.task ? line.bytesPerSecond : 0), 0),
          failures: failuresByAddress.get(address) ?? 0,
          quarantined: (quarantine.get(address) ?? 0) > clock.monotonic(),
        }
      }),
  }
}

export type Governor = ReturnType<typeof createGovernor>
