/**
 * The shell over the decisions of this folder: gives them what they need to see, applies what they say, and writes
 * each decision to the log with its numbers.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Failure } from '../../../shared/failure.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { AddressView, ConnectionView, Limit } from '../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { Endpoint, EnginePorts, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import { createRequestWindow } from '../metrics/request-window.ts'
import type { Allowance, TransferBook } from '../schedule/transfer-book.ts'
import { createAddressBook } from './address-book.ts'
import { adjustConcurrency, chooseCeiling, startConcurrency } from './adjust-concurrency.ts'
import { chooseHealing, type LineView, medianSpeed } from './choose-healing.ts'
import { createConnectionPool, type PoolLine } from './connection-pool.ts'
import { detectDecay, startDecay } from './detect-decay.ts'
import { explainLimit } from './explain-limit.ts'
import { type AgeingAction, findAgeing, startAgeing } from './find-ageing.ts'
import { createHealthMonitor } from './health-monitor.ts'
import { chooseRetireAge } from './learn-retirement-age.ts'
import { createNetworkWatch } from './network-watch.ts'
import { createReplacementLog } from './replacement-log.ts'
import { createRestKeeper } from './rest-keeper.ts'
import { chooseListRetryDelayMs, chooseRetryDelayMs } from './retry-delay.ts'
import { createRollingRebuild } from './rolling-rebuild.ts'
import { createThrottleGates } from './throttle-gates.ts'

export type GovernorOptions = {
  ports: EnginePorts
  policy: Policy
  spec: JobSpec
  book: TransferBook
  isListingComplete(): boolean
  /** Of the smallest object listed so far. */
  smallestKey(): string | undefined
  loopLagMs(): number
  emit(code: EventCode, reason: Reason): void
  /** A connection was taken from its task, which goes on elsewhere from the byte it has reached. */
  onReplaced(failure: Failure, task: FetchTask, reached: number): void
  onFatal(failure: Failure): void
}

export type Governor = ReturnType<typeof createGovernor>

/** `--threads auto`: a home or campus line is full long before. */
const AUTO_THREADS = 64
/** Credentials are asked for anew this often; the provider renews them well before they run out. */
const ENDPOINT_REFRESH_MS = 60_000
/**
 * A connection has told its speed after receiving for this long; where connections live for little more than that, after
 * this share of their life, or only the odd ones would ever be heard.
 */
const SETTLED_MS = 1000
const SETTLED_SHARE = 0.4
/** What still arrives while a hand-over is on its way. */
const GRACE_SECONDS = 0.1
/** After the disk or the machine has held everything up, silence proves nothing for a while. */
const AFTER_HOLD_MS = 1500
const BLOCKED_MS = 1000
const RECONNECT_MAX_MS = 5000
/** An address that swallows connections shows it only once per `connectTimeoutSeconds`: that alone condemns it. */
const CONNECT_TIMEOUT_WEIGHT = 4
/** A connection's usual speed follows the median within about five seconds of ticks. */
const USUAL_WEIGHT = 0.02
/** Of the newest wait in the smoothed one. */
const WAIT_WEIGHT = 0.05
/** Fresh credentials that are refused as well will not be accepted later. */
const MAX_REFUSED_CREDENTIALS = 3
/** While a limit of the user's is nearly reached, quiet connections are only waiting for their turn. */
const NEAR_LIMIT = 0.7

export function createGovernor(options: GovernorOptions) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, dataPlane, source } = ports
  const now = clock.monotonic
  const threads = spec.threads === 'auto' ? AUTO_THREADS : spec.threads
  const window = createRequestWindow(policy.throttleWindowSeconds)
  const gates = createThrottleGates(now)
  const addresses = createAddressBook({ clock, random, resolver: ports.resolver, policy, emit })
  const replaced = createReplacementLog(now, emit)
  const health = createHealthMonitor({
    clock,
    source,
    policy,
    key: options.smallestKey,
    emit,
    onUnhealthy: () => rebuild('health'),
  })
  const rolling = createRollingRebuild({ now, policy, emit })
  const network = createNetworkWatch({ now, policy, emit })
  const rest = createRestKeeper({
    clock,
    policy,
    timeWindow: spec.timeWindow,
    emit,
    evidence: () => ({ ...window.read(now()), retryAfterMs: gates.longestWaitMs() }),
    onRest: (cause) => pool.closeAll(cause),
    onEnd() {
      network.startOver()
      isWarm = false
      return ceiling(0)
    },
  })

  let endpoint: Endpoint | undefined
  let endpointAt = Number.NEGATIVE_INFINITY
  let isRenewing = false
  let refusedCredentials = 0
  let startedAt = now()
  let concurrency = startConcurrency(now(), threads)
  let ageing = startAgeing()
  let retireAgeSeconds = policy.connectionMaxAgeSeconds
  let isPaused = false
  let isStopped = false
  let isWarm = false
  let closedBytes = 0
  let receivedBefore = 0
  let recentRate = 0
  let tickedAt = now()
  let heldUntil = 0
  let probedAt = 0
  let connectFailures = 0
  let connectNotBefore = 0
  let usualSpeed = 0
  /** How long a free connection waits for leave to ask: part of what a fresh one costs. */
  let waitSeconds = 0
  let decay = startDecay(now())

  const pool = createConnectionPool({ dataPlane, clock, random, onOutcome, onOpened, onClosed, onBroken })

  // -- beginning and ending -----------------------------------------------------------------------------------

  async function start(signal: AbortSignal): Promise<void> {
    if (spec.limitBytesPerSecond) dataPlane.setRateLimit(spec.limitBytesPerSecond)
    signal.addEventListener('abort', () => pool.closeAll('stopped'), { once: true })
    emit('pool-warming', { size: concurrency.level })
    await renewEndpoint(signal)
    startedAt = now()
    network.startOver()
    rolling.restartClock()
    concurrency = startConcurrency(now(), threads)
    fill()
  }

  async function renewEndpoint(signal: AbortSignal = AbortSignal.timeout(30_000)): Promise<void> {
    if (isRenewing) return
    isRenewing = true
    const renewed = await source.endpoint(signal)
    endpointAt = now()
    if (renewed.ok) {
      const hostOf = (value: Endpoint) => value.proxy?.hostname ?? value.hostname
      const isMoved = !endpoint || hostOf(endpoint) !== hostOf(renewed.value) || endpoint.port !== renewed.value.port
      if (endpoint && isMoved) pool.closeAll('endpoint-moved')
      endpoint = renewed.value
      if (isMoved) await addresses.open(hostOf(renewed.value))
    } else if (renewed.failure.class !== 'cancelled') options.onFatal(renewed.failure)
    isRenewing = false
  }

  // -- connections --------------------------------------------------------------------------------------------

  const mayWork = () => !isPaused && !isStopped && endpoint !== undefined && !rest.isResting()

  /** Opens connections until as many are at work, or on their way to it, as are allowed. */
  function fill(): void {
    if (!mayWork() || !endpoint || now() < connectNotBefore) return
    // Connections without work would only be closed as idle and opened again.
    if (options.isListingComplete() && !book.hasWaitingWork()) return
    let staying = 0
    for (const line of pool.lines()) if (!line.leaving && !line.closing) staying++
    for (; staying < concurrency.level; staying++) {
      const address = addresses.choose()
      if (address === undefined) return
      pool.open(address, rolling.generation(), endpoint)
      addresses.noteOpened(address)
    }
  }

  function onOpened(line: PoolLine): void {
    connectFailures = 0
    connectNotBefore = 0
    if (!isWarm && [...pool.lines()].every((other) => other.state !== 'connecting')) {
      isWarm = true
      emit('pool-warmed', { size: pool.size, seconds: (now() - startedAt) / 1000 })
    }
    relieve()
    feed(line)
  }

  /** A fresh connection is warm: the one that has waited longest for relief hands over what it has left. */
  function relieve(): void {
    for (const line of pool.lines()) {
      if (!line.leaving || line.closing || line.state === 'draining') continue
      drain(line, line.leaving)
      return
    }
  }

  /** Ends a connection without a gap: another one goes on from where it is, unless each request is counted. */
  function drain(line: PoolLine, why: string): void {
    const isWorthARequest = !gates.isHoldingBack()
    if (line.task && isWorthARequest) book.handOver(line.task.taskId, Math.ceil(line.bytesPerSecond * GRACE_SECONDS))
    pool.drain(line, why)
  }

  function onClosed(line: PoolLine, failure: Failure | undefined): void {
    closedBytes += dataPlane.counters(line.id).bytes
    addresses.noteClosed(line.address, line.bytes)
    if (failure && line.state === 'connecting') onConnectFailed(line, failure)
    fill()
  }

  function onBroken(detail: string): void {
    options.onFatal({ class: 'protocol', code: 'internal', detail: detail.slice(0, 300) })
  }

  function onConnectFailed(line: PoolLine, failure: Failure): void {
    window.recordError(failure.class)
    addresses.noteFailure(line.address, failure.code === 'timeout' ? CONNECT_TIMEOUT_WEIGHT : 1)
    connectFailures++
    const ceiling = Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(10, connectFailures))
    connectNotBefore = now() + random() * ceiling
    const isHopeless = (failure.class === 'tls' || failure.class === 'proxy') && !network.hasEverReceived()
    if (isHopeless) options.onFatal({ ...failure, subject: endpoint?.hostHeader ?? '' })
  }

  function feed(line: PoolLine): void {
    if (!mayWork() || !endpoint || line.state !== 'warm' || line.closing || line.task) return
    if (line.requests >= policy.maxRequestsPerConnection) line.leaving ??= 'requests'
    const task = book.next(line.id, allowance())
    if (!task) return
    gates.noteSent(subPrefixOf(task.key))
    waitSeconds += ((now() - line.idleSince) / 1000 - waitSeconds) * WAIT_WEIGHT
    pool.assign(line, task, endpoint)
  }

  const allowance = (): Allowance => ({
    connections: concurrency.level,
    listingComplete: options.isListingComplete(),
    mayAsk: gates.mayAsk,
  })

  // -- outcomes -----------------------------------------------------------------------------------------------

  function onOutcome(outcome: TaskOutcome, line: PoolLine): void {
    const { failure } = outcome
    const task = line.lastTask
    const isOurs = failure?.class === 'cancelled'
    if (outcome.received > 0) network.noteBytes()
    if (!isOurs) window.record(now(), failure === undefined, outcome.firstByteMs)
    if (task && !isOurs) noteAnswer(task, line.taskStartedAt, failure)
    if (task && failure && !isOurs) onFailure(failure, line)
    if (!failure) refusedCredentials = 0
    book.settle(outcome)
    feed(line)
  }

  function noteAnswer(task: FetchTask, sentAt: number, failure: Failure | undefined): void {
    const prefix = subPrefixOf(task.key)
    const throttled = failure?.class === 'throttled'
    const retryAfterMs = throttled ? failure.retryAfterMs : undefined
    const change = gates.noteAnswer(prefix, { throttled, sentAt, retryAfterMs })
    if (!change) return
    const { successRate } = window.read(now())
    if (!change.isLimited) {
      emit('throttle-ended', { prefix })
      return
    }
    const status = failure?.httpStatus ?? 503
    emit('throttled', { prefix, status, successRate, retryAfterMs: retryAfterMs ?? 0 })
    const delayMs = Math.round(1000 / change.requestsPerSecond)
    emit('rate-changed', { prefix, requestsPerSecond: change.requestsPerSecond, successRate, delayMs })
  }

  function onFailure(failure: Failure, line: PoolLine): void {
    window.recordError(failure.class)
    if (failure.class !== 'throttled') addresses.noteFailure(line.address)
    if (failure.class === 'wrong-region') void renewEndpoint()
    if (failure.class !== 'credentials') return
    refusedCredentials++
    if (refusedCredentials > MAX_REFUSED_CREDENTIALS * concurrency.level) options.onFatal(failure)
    else if (now() - endpointAt > 1000) void renewEndpoint()
  }

  // -- ten times a second -------------------------------------------------------------------------------------

  function tick(): void {
    const at = now()
    if (at - tickedAt > policy.stallSeconds * 1000) heldUntil = at + policy.stallSeconds * 1000
    pool.tick()
    measure(at)
    if (dataPlane.blockedMs() > BLOCKED_MS) heldUntil = at + AFTER_HOLD_MS
    if (at - endpointAt > ENDPOINT_REFRESH_MS) void renewEndpoint()
    rest.tick()
    if (mayWork()) {
      watchNetwork(at)
      heal(at)
      judgeAddresses()
      tuneConcurrency(at)
      rolling.advance([...pool.lines()].filter((line) => !line.closing))
      health.tick()
    }
    replaced.tick()
    pump()
    tickedAt = at
  }

  function measure(at: number): void {
    const bytes = bytesReceived()
    if (bytes > receivedBefore) network.noteBytes()
    const seconds = Math.max(0.001, (at - tickedAt) / 1000)
    recentRate += ((bytes - receivedBefore) / seconds - recentRate) * Math.min(1, seconds)
    watchDecay(at, bytes - receivedBefore)
    receivedBefore = bytes
  }

  function watchDecay(at: number, newBytes: number): void {
    const isWorking = mayWork() && pool.size > 0
    const watched = detectDecay(decay, { now: at, newBytes, isWorking, cause: () => limit(recentRate).code })
    decay = watched.state
    if (watched.alert) emit('decay-alert', watched.alert)
  }

  const settledMs = () => Math.min(SETTLED_MS, SETTLED_SHARE * retireAgeSeconds * 1000)

  const isHeldBack = (at: number): boolean =>
    at < heldUntil || (spec.limitBytesPerSecond !== undefined && recentRate > NEAR_LIMIT * spec.limitBytesPerSecond)

  function heal(at: number): void {
    const lines = [...pool.lines()].filter((line) => !line.closing).map(viewOf)
    const { firstByteMsP50, firstByteMsP95 } = window.read(at)
    const heldBack = isHeldBack(at)
    const working = lines.filter((line) => line.hasTask).length
    if (working * 2 >= lines.length) usualSpeed += (medianSpeed(lines) - usualSpeed) * USUAL_WEIGHT
    const actions = chooseHealing({
      lines,
      now: at,
      policy,
      retireAgeSeconds,
      firstByteMsP95,
      isHeldBack: heldBack,
      usualBytesPerSecond: usualSpeed,
      lastProbeAt: probedAt,
    })
    for (const action of actions) {
      const line = pool.get(action.id)
      if (!line) continue
      if (action.kind === 'retire') {
        line.leaving = action.cause
        replaced.note({ cause: action.cause, address: line.address, seconds: action.seconds })
        continue
      }
      if (action.isProbe) probedAt = at
      const { cause, seconds, bytesPerSecond, medianBytesPerSecond } = action
      replaced.note({ cause, address: line.address, seconds, bytesPerSecond, medianBytesPerSecond })
      window.recordError(cause)
      addresses.noteFailure(line.address)
      if (line.task) options.onReplaced({ class: cause, address: line.address }, line.task, progressOf(line))
      pool.close(line, cause)
    }
    closeIdle(at)
    experiment(at, heldBack || gates.isHoldingBack(), firstByteMsP50)
  }

  function closeIdle(at: number): void {
    for (const line of pool.lines()) {
      const isConnectingTooLong =
        line.state === 'connecting' && at - line.openedAt > policy.connectTimeoutSeconds * 1000
      if (isConnectingTooLong) {
        onConnectFailed(line, { class: 'connect', code: 'timeout', address: line.address })
        pool.close(line, 'connect-timeout')
      } else if (line.leaving && !line.task && line.state === 'warm') pool.close(line, line.leaving)
      else if (!line.task && line.idleSince > 0 && at - line.idleSince > policy.idleSeconds * 1000) {
        // S3 drops idle connections; a dropped one would cost the next request its time.
        line.leaving = 'idle'
      }
    }
  }

  /** One connection is replaced to find out whether the others have aged. */
  function experiment(at: number, heldBack: boolean, firstByteMs: number): void {
    const lines = [...pool.lines()].filter((line) => line.task && !line.closing && !line.leaving)
    const handshakes = lines.map((line) => line.handshakeMs).filter((milliseconds) => milliseconds > 0)
    const handshakeMs = handshakes.length === 0 ? 0 : Math.min(...handshakes)
    const setUpSeconds = (handshakeMs + firstByteMs) / 1000 + waitSeconds
    const found = findAgeing(ageing, {
      now: at,
      lines: lines.map((line) => ({ ...line, isSettled: line.workedMs > settledMs() })),
      setUpSeconds,
      ceilingSeconds: policy.connectionMaxAgeSeconds,
      isHeldBack: heldBack,
    })
    ageing = found.state
    retireAgeSeconds =
      ageing.tauSeconds === undefined
        ? policy.connectionMaxAgeSeconds
        : chooseRetireAge(ageing.tauSeconds, setUpSeconds, policy.connectionMaxAgeSeconds)
    if (found.action) applyAgeing(found.action, handshakeMs)
  }

  function applyAgeing(action: AgeingAction, handshakeMs: number): void {
    if (action.kind === 'experiment') {
      const line = pool.get(action.id)
      if (line) line.leaving = 'experiment'
      fill()
    } else if (action.kind === 'learned') {
      emit('retirement-age-learned', {
        seconds: action.retireAgeSeconds,
        tauSeconds: action.tauSeconds,
        handshakeMs,
        bytesPerSecond: action.freshBytesPerSecond,
        medianBytesPerSecond: action.oldBytesPerSecond,
      })
    } else {
      const { freshBytesPerSecond, oldBytesPerSecond } = action
      emit('connection-kept', { bytesPerSecond: freshBytesPerSecond, medianBytesPerSecond: oldBytesPerSecond })
    }
  }

  function judgeAddresses(): void {
    const speeds = new Map<string, { settled: number; bytesPerSecond: number }>()
    for (const line of pool.lines()) {
      if (!line.task || line.workedMs < settledMs()) continue
      const sum = speeds.get(line.address) ?? { settled: 0, bytesPerSecond: 0 }
      speeds.set(line.address, { settled: sum.settled + 1, bytesPerSecond: sum.bytesPerSecond + line.bytesPerSecond })
    }
    for (const address of addresses.tick(speeds)) {
      for (const line of pool.lines()) if (line.address === address) line.leaving ??= 'address'
    }
  }

  const ceiling = (runSeconds: number): number =>
    chooseCeiling({ threads, runSeconds, isHalved: rest.isHalved(), policy })

  function tuneConcurrency(at: number): void {
    const working = [...pool.lines()].filter((line) => line.task !== undefined && line.firstByteAt > 0)
    const adjusted = adjustConcurrency(concurrency, {
      now: at,
      bytes: receivedBefore,
      firstByteMs: window.read(at).firstByteMsP50,
      busy: working.length,
      ceiling: ceiling((at - startedAt) / 1000),
      isHeld: gates.isHoldingBack() || isHeldBack(at) || network.isLost(),
    })
    concurrency = adjusted.state
    if (!adjusted.change) return
    const { from, to, cause, goodputBytesPerSecond } = adjusted.change
    emit('concurrency-changed', { from, to, cause, goodputBytesPerSecond })
    if (to < from) shed(from - to)
  }

  /** The youngest go: they have the least to lose. */
  function shed(count: number): void {
    const staying = [...pool.lines()].filter((line) => !line.leaving && !line.closing).sort((a, b) => b.id - a.id)
    for (const line of staying.slice(0, count)) {
      // At once, not after its range: while it works on, the smaller number would be judged by the larger one's speed.
      drain(line, 'surplus')
    }
  }

  function watchNetwork(at: number): void {
    const isGone = network.tick({
      hasWork: book.counts().open > 0 || pool.size > 0,
      isHeldBack: gates.longestWaitMs() > 0 || isHeldBack(at),
      hasRequests: pool.counts().active > 0,
    })
    if (!isGone) return
    const failureClass = addresses.isFailing ? 'dns' : 'connect'
    options.onFatal({ class: failureClass, code: 'network-gone', subject: endpoint?.hostHeader ?? '' })
  }

  function rebuild(cause: string): void {
    if (mayWork()) rolling.begin(cause, pool.size)
  }

  function pump(): void {
    fill()
    for (const line of pool.lines()) feed(line)
  }

  // -- what others may see ------------------------------------------------------------------------------------

  function progressOf(line: PoolLine): number {
    const counters = dataPlane.counters(line.id)
    return line.task && counters.taskId === line.task.taskId ? counters.reached : (line.task?.range.start ?? 0)
  }

  function viewOf(line: PoolLine): LineView {
    return {
      id: line.id,
      address: line.address,
      state: line.state,
      openedAt: line.openedAt,
      requests: line.requests,
      hasTask: line.task !== undefined,
      taskStartedAt: line.taskStartedAt,
      firstByteAt: line.firstByteAt,
      lastByteAt: line.lastByteAt,
      taskBytes: line.task ? progressOf(line) - line.task.range.start : 0,
      bytesLeft: line.task ? line.task.range.end - progressOf(line) : 0,
      bytesPerSecond: line.bytesPerSecond,
      isSettled: line.workedMs > settledMs(),
      isLeaving: line.leaving !== undefined || line.state === 'draining',
      jitter: line.jitter,
    }
  }

  function bytesReceived(): number {
    let bytes = closedBytes
    for (const line of pool.lines()) bytes += dataPlane.counters(line.id).bytes
    return bytes
  }

  function limit(bytesPerSecond: number): Limit {
    const at = now()
    return explainLimit({
      bytesPerSecond,
      concurrency: concurrency.level,
      threads,
      limitedRate: gates.slowestRate(),
      successRate: window.read(at).successRate,
      userLimit: spec.limitBytesPerSecond ?? 0,
      diskWriteMs: dataPlane.diskWriteMs(),
      loopLagMs: options.loopLagMs(),
      tauSeconds: ageing.tauSeconds,
      retireAgeSeconds,
      quarantined: addresses
        .records()
        .filter((record) => record.quarantinedUntil > at)
        .map((record) => record.address),
      dnsFailing: addresses.isFailing && pool.size === 0,
      silentMs: pool.counts().active > 0 ? network.silentMs() : 0,
      isWorking: mayWork() && pool.size > 0,
      serverErrors: window.read(at).errors.get('server-error') ?? 0,
    })
  }

  return {
    threads,
    start,
    tick,
    pump,
    /** The bucket turned out to be elsewhere, or credentials were renewed. */
    renewEndpoint,
    pause() {
      isPaused = true
      pool.closeAll('paused')
    },
    resume() {
      isPaused = false
      network.startOver()
      fill()
    },
    rebuild,
    coolDown: rest.coolDown,
    stop() {
      isStopped = true
      pool.closeAll('stopped')
    },
    closeLine(lineId: number, why: string) {
      const line = pool.get(lineId)
      if (line) pool.close(line, why)
    },
    lineSpeed: (lineId: number) => pool.get(lineId)?.bytesPerSecond ?? 0,
    retryAfterMs: (failure: Failure, attempts: number) =>
      chooseRetryDelayMs({ failure, attempts, policy, random: random() }),
    listRetryAfterMs: (failure: Failure, attempts: number, sawPage: boolean) =>
      chooseListRetryDelayMs({
        failure,
        attempts,
        policy,
        random: random(),
        sawPage,
        networkGoneMs: network.silentMs(),
      }),
    bytesReceived,
    requests() {
      const slowest = gates.slowestRate()
      return { ...window.read(now()), delayMs: slowest === undefined ? 0 : Math.round(1000 / slowest) }
    },
    pool: () => ({
      concurrency: concurrency.level,
      threads,
      generation: rolling.generation(),
      connections: pool.counts(),
    }),
    dnsMs: () => addresses.lookupMs(),
    waitSeconds: rest.secondsLeft,
    phase: (): JobPhase | undefined => rest.phase() ?? (network.isLost() ? 'waiting' : undefined),
    limit,
    connectionTable: (): ConnectionView[] => pool.view(),
    addressTable: (): AddressView[] =>
      addresses.records().map((record) => {
        const lines = [...pool.lines()].filter((line) => line.address === record.address)
        return {
          address: record.address,
          connections: lines.length,
          bytes: record.bytes + lines.reduce((sum, line) => sum + line.bytes, 0),
          bytesPerSecond: lines.reduce((sum, line) => sum + (line.task ? line.bytesPerSecond : 0), 0),
          failures: record.failures,
          quarantined: record.quarantinedUntil > now(),
        }
      }),
  }
}
