/**
 * The shell over the decisions of this folder: gives them what they need to see, applies what they say, and writes
 * each decision to the log with its numbers.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, isShortOfFiles } from '../../../shared/failure.ts'
import { type JobLimits, type JobSpec, threadCeiling } from '../../../shared/job-spec.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { AddressView, ConnectionView } from '../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { EnginePorts, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { subPrefixOf } from '../list/key-below-prefix.ts'
import { createRequestWindow } from '../metrics/request-window.ts'
import type { FailureRow } from '../schedule/failure-row.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { MAX_CONNECTION_SLOTS } from '../transport/shared-counters.ts'
import { createAddressBook } from './address-book.ts'
import { sumUpConnections, viewAddresses } from './address-connections.ts'
import { createAgeingWatch } from './ageing-watch.ts'
import { createConcurrencyKeeper, type GoodputSample } from './concurrency-keeper.ts'
import { createConnectPace } from './connect-pace.ts'
import { createConnectionPool, isStaying, type PooledConnection } from './connection-pool.ts'
import { createDecayWatch, type DecayWatchOptions } from './decay-watch.ts'
import { createEndpointKeeper } from './endpoint-keeper.ts'
import { createFileShortage } from './file-shortage.ts'
import { createOutcomeHandler } from './handle-outcome.ts'
import { createHealer } from './healer.ts'
import { createHealthMonitor } from './health-monitor.ts'
import { createLimitWatch } from './limit-watch.ts'
import { createNetworkProbe } from './network-probe.ts'
import { createNetworkWatch } from './network-watch.ts'
import { createRestKeeper } from './rest-keeper.ts'
import { chooseListRetryDelayMs, chooseRetryDelayMs } from './retry-delay.ts'
import { createRollingRebuild } from './rolling-rebuild.ts'
import { createSpeedGauge } from './speed-gauge.ts'
import { createThrottleGates } from './throttle-gates.ts'

export type GovernorOptions = {
  ports: EnginePorts
  policy: Policy
  spec: JobSpec
  book: TransferBook
  isListingComplete(): boolean
  /** Files of an earlier run are being held against what the service says of them. */
  isRereading(): boolean
  /** Of the smallest object listed so far. */
  smallestKey(): string | undefined
  loopLagMs(): number
  /** How long the first page of the listing has been asked for without any answer; 0 once there was one. */
  unansweredMs(): number
  emit(code: EventCode, reason: Reason): void
  /** A connection was taken from its task, which goes on elsewhere from the byte it has reached. */
  onReplaced(failure: Failure, task: FetchTask, reached: number): void
  onFatal(failure: Failure): void
  onDecayLook?: DecayWatchOptions['onLook']
}

export type Governor = ReturnType<typeof createGovernor>

/** What still arrives while a hand-over is on its way. */
const GRACE_SECONDS = 0.1
/** An address that swallows connections shows it only once per `connectTimeoutSeconds`: that alone condemns it. */
const CONNECT_TIMEOUT_WEIGHT = 4
/** What no server closes for being idle: one connection too many. */
const TURNED_AWAY_MS = 1000
/** How it looks to the listing when a server, or a box on the way, lets in no further connection of this client. */
const NO_PLACE: ReadonlySet<Failure['class']> = new Set(['reset', 'connect', 'stalled'])
/** A handshake over an ocean and three lost packets. */
const LIST_CONNECT_MS = 1000
const LIST_ANSWER_MS = 3000

export function createGovernor(options: GovernorOptions) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, dataPlane, source } = ports
  const now = clock.monotonic
  const window = createRequestWindow(policy.throttleWindowSeconds)
  const gates = createThrottleGates(now)
  const addresses = createAddressBook({ clock, random, resolver: ports.resolver, policy, emit })
  const health = createHealthMonitor({
    clock,
    source,
    policy,
    key: options.smallestKey,
    emit,
    onUnhealthy: () => rebuild('health'),
  })
  const pace = createConnectPace({ now, random })
  const rolling = createRollingRebuild({ now, policy, emit })
  const network = createNetworkWatch({ now, policy, emit })
  const probe = createNetworkProbe({
    clock,
    source,
    policy,
    prefix: spec.source.prefix,
    landed: book.landed,
    onAnswer: network.noteAnswer,
  })
  const rest = createRestKeeper({
    clock,
    policy,
    timeWindow: spec.timeWindow,
    emit,
    evidence() {
      const read = window.read(now(), book.receivingTasks())
      // A rest helps a service, not the few objects that cannot be had while others can.
      return { ...read, successRate: isLeftToFail ? 1 : read.successRate, retryAfterMs: gates.longestWaitMs() }
    },
    onRest(cause) {
      // A service that refuses is there and is waited for, however long; one that only breaks off is gone some day.
      const isRefused = (window.read(now()).errors.get('throttled') ?? 0) > 0
      silentBeforeRestMs = cause === 'time-window' || isRefused ? 0 : network.silentMs()
      pool.closeAll(cause)
    },
    onEnd() {
      network.startOver(silentBeforeRestMs)
      isWarm = false
      warmingSince = now()
      return concurrency.afterRest()
    },
  })

  let isPaused = false
  let isStopped = false
  let isWarm = false
  let warmingSince = now()
  /** Bytes per second that the user allows, which may change while the job runs; undefined = any. */
  let limitBytesPerSecond = spec.limitBytesPerSecond
  let silentBeforeRestMs = 0
  /** When the network was last away. */
  let lostUntil = Number.NEGATIVE_INFINITY
  /** Believed until the next answer should be there. Monotonic milliseconds. */
  let listRefused = { since: 0, until: 0 }
  /** Only such objects are left as are refused, by a service that gives others. */
  let isLeftToFail = false

  const pool = createConnectionPool({ dataPlane, clock, random, onOutcome, onOpened, onClosed, onBroken })
  const speed = createSpeedGauge({ now, stallSeconds: policy.stallSeconds, limit: limitBytesPerSecond })
  const decay = createDecayWatch({
    ...{ now, emit },
    evidence: () => limits.evidence(speed.recentRate()),
    onLook: options.onDecayLook,
  })
  const concurrency = createConcurrencyKeeper({
    ...{ now, policy, pool, pace, emit, drain },
    threads: threadCeiling(spec),
    isHalved: rest.isHalved,
  })
  const bucket = createEndpointKeeper({
    clock,
    source,
    async onMoved(hostname, isFirst) {
      if (!isFirst) pool.closeAll('endpoint-moved')
      await addresses.open(hostname)
    },
    onFatal: options.onFatal,
  })
  const ageing = createAgeingWatch({ policy, pool, emit, onLeaving: fill })
  const healer = createHealer({
    now,
    policy,
    pool,
    isSettled: ageing.isSettled,
    emit,
    onReplaced(connection, cause, seconds, task) {
      window.recordError(cause)
      // What fell silent with the whole network is the network's, and goes with it.
      window.recordLost(now(), Math.min(seconds, (now() - lostUntil) / 1000))
      addresses.noteFailure(connection.address)
      if (task) options.onReplaced({ class: cause, address: connection.address }, task, pool.reached(connection))
    },
    onConnectFailed,
  })
  const shortage = createFileShortage({ now, pool, pace, concurrency, emit })
  const limits = createLimitWatch({
    ...{ now, policy, window, gates, addresses, pool, pace, network, speed, concurrency, ageing, dataPlane },
    ...{ mayWork, isAsking },
    userLimit: () => limitBytesPerSecond,
    listRefusedMs: () => (now() < listRefused.until ? now() - listRefused.since : undefined),
    loopLagMs: options.loopLagMs,
    unansweredMs: options.unansweredMs,
  })
  const handleOutcome = createOutcomeHandler({
    ...{ now, book, pool, window, gates, addresses, bucket, network, pace, emit },
    level: concurrency.level,
    letGo: healer.letGo,
    onGranted: decay.noteAnswer,
  })

  // -- beginning and ending -----------------------------------------------------------------------------------

  async function start(signal: AbortSignal): Promise<void> {
    dataPlane.setRateLimit(limitBytesPerSecond ?? 0)
    signal.addEventListener('abort', () => pool.closeAll('stopped'), { once: true })
    emit('pool-warming', { size: concurrency.level() })
    await bucket.renew(signal)
    warmingSince = now()
    network.startOver()
    rolling.restartClock()
    concurrency.start()
    fill()
  }

  // -- connections --------------------------------------------------------------------------------------------

  function mayWork(): boolean {
    return !isPaused && !isStopped && bucket.current() !== undefined && !rest.isResting()
  }

  /** Opens connections until as many are at work, or on their way to it, as are allowed. */
  function fill(): void {
    const endpoint = bucket.current()
    if (!mayWork() || !endpoint) return
    // Connections without work would only be closed as idle and opened again.
    if ((options.isListingComplete() || concurrency.isYielding()) && !book.hasWaitingWork()) return
    let missing = concurrency.level()
    for (const connection of pool.connections()) if (isStaying(connection)) missing--
    // Those that are being closed stay until their worker says so, which it cannot while it hangs in a write.
    const room = MAX_CONNECTION_SLOTS - pool.size
    for (let left = Math.min(room, pace.allowed(missing)); left > 0; left--) {
      const address = addresses.choose()
      if (address === undefined) return
      pool.open(address, rolling.generation(), endpoint)
      addresses.noteOpening(address)
    }
  }

  function onOpened(connection: PooledConnection): void {
    addresses.noteReached()
    pace.noteOpened()
    network.noteConnect()
    if (!isWarm && [...pool.connections()].every((other) => other.state !== 'connecting')) {
      isWarm = true
      emit('pool-warmed', { size: pool.size, seconds: (now() - warmingSince) / 1000 })
    }
    // One that is to go itself takes nothing over.
    if (isStaying(connection)) relieve()
    feed(connection)
  }

  /** A fresh connection is warm: the one that has waited longest for relief hands over what it has left. */
  function relieve(): void {
    for (const connection of pool.connections()) {
      if (!connection.leaving || connection.closing || connection.state === 'draining') continue
      drain(connection, connection.leaving)
      return
    }
  }

  /** Ends a connection without a gap: another one goes on from where it is, unless each request is counted. */
  function drain(connection: PooledConnection, why: string): void {
    const isWorthARequest = !gates.isHoldingBack()
    const { task, bytesPerSecond } = connection
    if (task && isWorthARequest) book.handOver(task.taskId, Math.ceil(bytesPerSecond * GRACE_SECONDS))
    pool.drain(connection, why)
  }

  function onClosed(connection: PooledConnection, failure: Failure | undefined): void {
    addresses.noteClosed(connection.address, connection.bytes)
    if (failure && connection.state === 'connecting') onConnectFailed(connection, failure)
    const isUnasked = connection.requests === 0 && connection.state !== 'connecting' && !connection.closing
    if (isUnasked && now() - connection.idleSince < TURNED_AWAY_MS) pace.noteTurnedAway()
    fill()
  }

  function onBroken(detail: string): void {
    options.onFatal({ class: 'protocol', code: 'internal', detail: detail.slice(0, 300) })
  }

  /** Once is nothing, unless the service says how long: then it is told why nothing moves. */
  function noteListRefused({ httpStatus, retryAfterMs }: Failure, attempts: number, delayMs: number): void {
    const since = attempts === 1 ? now() : listRefused.since
    listRefused = { since, until: now() + delayMs + LIST_ANSWER_MS }
    if (attempts !== (retryAfterMs ? 1 : 2)) return
    emit('throttled', { status: httpStatus ?? 503, ...(retryAfterMs ? { retryAfterMs } : {}) })
  }

  function onConnectFailed(connection: PooledConnection, failure: Failure): void {
    if (isShortOfFiles(failure)) {
      shortage.note(failure)
      return
    }
    window.recordError(failure.class)
    addresses.noteUnreachable(connection.address, failure.code === 'timeout' ? CONNECT_TIMEOUT_WEIGHT : 1)
    pace.noteFailed()
    network.noteConnect(failure)
    const isHopeless = (failure.class === 'tls' || failure.class === 'proxy') && !network.hasEverReceived()
    if (isHopeless) options.onFatal({ ...failure, subject: bucket.current()?.hostHeader ?? '' })
  }

  function feed(connection: PooledConnection): void {
    const endpoint = bucket.current()
    if (!mayWork() || !endpoint || connection.state !== 'warm' || connection.closing || connection.task) return
    if (connection.requests >= policy.maxRequestsPerConnection) connection.leaving ??= 'requests'
    let isRefused = false
    const task = book.next(connection.id, {
      connections: concurrency.level(),
      listingComplete: options.isListingComplete(),
      areRequestsCounted: gates.limitedSeconds() > 0,
      mayAsk(group) {
        // Those few are asked for so seldom that it takes nothing from a budget.
        const isAllowed = isLeftToFail || gates.mayAsk(group)
        isRefused ||= !isAllowed
        return isAllowed
      },
    })
    if (!task) {
      if (isRefused) gates.noteHeldBack()
      return
    }
    if (!book.isDoubtful(task.taskId)) gates.noteSent(subPrefixOf(task.key))
    ageing.noteWait((now() - connection.idleSince) / 1000)
    pool.assign(connection, task, endpoint)
  }

  function onOutcome(outcome: TaskOutcome, connection: PooledConnection): void {
    if (outcome.failure && isShortOfFiles(outcome.failure)) shortage.note(outcome.failure)
    handleOutcome(outcome, connection)
    feed(connection)
  }

  // -- ten times a second -------------------------------------------------------------------------------------

  function tick(): void {
    const at = now()
    pool.tick()
    measure()
    bucket.tick()
    isLeftToFail = options.isListingComplete() && isGranting() && book.isLeftWithFailures()
    rest.tick()
    if (mayWork()) {
      watchNetwork(at)
      const isHeld = speed.isHeldBack()
      const { firstByteMsP50, firstByteMsP95 } = window.read(at)
      healer.heal({ retireAgeSeconds: ageing.retireAgeSeconds(), firstByteMsP95, isHeldBack: isHeld })
      ageing.tick({
        now: at,
        receivedBytes: speed.bytes(),
        level: concurrency.level(),
        isHeldBack: isHeld || gates.isHoldingBack(),
        firstByteMs: firstByteMsP50,
      })
      judgeAddresses()
      concurrency.tune(goodput())
      rolling.advance([...pool.connections()].filter((connection) => !connection.closing))
      health.tick()
    }
    healer.tick()
    pump()
  }

  function measure(): void {
    const newBytes = speed.tick({ received: pool.bytesReceived(), blockedMs: dataPlane.blockedMs() })
    if (newBytes > 0) network.noteBytes()
    for (const { task, firstByteAt, taskStartedAt } of pool.connections())
      if (task && firstByteAt > 0) network.noteGrant(taskStartedAt)
    // When nothing is left to hand out, fewer connections work, and what they reach together is no decay.
    const isWorking = mayWork() && pool.size > 0 && (!options.isListingComplete() || book.hasWaitingWork())
    decay.tick({ newBytes, isWorking })
  }

  function judgeAddresses(): void {
    const sums = sumUpConnections(pool.connections(), { now: now(), isSettled: ageing.isSettled })
    for (const { address, cause } of addresses.tick(sums)) {
      for (const connection of pool.connections()) if (connection.address === address) connection.leaving ??= 'address'
      // What it has refused was no budget's.
      if (cause === 'refusals') gates.startOver()
    }
  }

  const goodput = (): GoodputSample => ({
    bytes: speed.bytes(),
    firstByteMs: window.read(now()).firstByteMsP50,
    isHeld: gates.isHoldingBack() || speed.isHeldBack() || network.isLost(),
  })

  function setLimits(wanted: JobLimits): void {
    const threads = threadCeiling(wanted)
    const threadsBefore = concurrency.threads()
    const isOtherRate = wanted.limitBytesPerSecond !== limitBytesPerSecond
    if (threads === threadsBefore && !isOtherRate) return
    limitBytesPerSecond = wanted.limitBytesPerSecond
    emit('limits-changed', {
      ...(threads === threadsBefore ? {} : { threadsBefore, threads }),
      ...(isOtherRate ? { limitBytesPerSecond: limitBytesPerSecond ?? 'none' } : {}),
    })
    if (isOtherRate) dataPlane.setRateLimit(limitBytesPerSecond ?? 0)
    speed.setLimit(limitBytesPerSecond)
    decay.startOver()
    limits.startOver()
    concurrency.setThreads(threads, goodput())
    pump()
  }

  /** Something is on its way to the service: a request, or a connection that it has refused so far. */
  function isAsking(): boolean {
    return pool.counts().active > 0 || pace.isFailing()
  }

  function watchNetwork(at: number): void {
    const hasWork = book.counts().open > 0 || pool.size > 0 || options.isRereading()
    // Files are being read, or all that is listed is there: then there is no more to hear of the network than this.
    if (!book.wantsBytes() && network.isAnswering()) network.startOver()
    if (hasWork) probe.tick(network.silentMs())
    const isGone = network.tick({
      hasWork,
      isHeldBack: gates.longestWaitMs() > 0 || speed.isHeldBack(),
      hasRequests: isAsking(),
    })
    if (network.isLost()) lostUntil = at
    if (!isGone) return
    const failureClass = addresses.isFailing ? 'dns' : 'connect'
    const why = network.refusal() ?? { class: failureClass, code: 'network-gone' }
    options.onFatal({ ...why, subject: bucket.current()?.hostHeader ?? '' })
  }

  function rebuild(cause: string): void {
    if (mayWork()) rolling.begin(cause, pool.size)
  }

  function pump(): void {
    fill()
    // Where requests are counted, whoever was just refused would be the first to ask again, and its address look bad.
    const connections = gates.isHoldingBack()
      ? [...pool.connections()].sort((a, b) => a.idleSince - b.idleSince)
      : pool.connections()
    for (const connection of connections) feed(connection)
  }

  /** An object that has landed is given again when it is asked for: the service refuses not all. */
  const isGranting = (): boolean => book.landed() !== undefined && network.isGiving()

  // -- what others may see ------------------------------------------------------------------------------------

  /** Where nothing but the failing is asked for, a question about another object tells. */
  const failingShare = () => (isGranting() ? 0 : 1 - window.read(now(), book.receivingTasks()).successRate)

  return {
    start,
    tick,
    pump,
    /** The bucket turned out to be elsewhere, or credentials were renewed. */
    renewEndpoint: bucket.renew,
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
    endCoolDown: rest.endCoolDown,
    setLimits,
    stop() {
      isStopped = true
      pool.closeAll('stopped')
    },
    /** After the data plane is down. */
    forgetConnections: pool.forgetAll,
    closeConnection(connectionId: number, why: string) {
      const connection = pool.get(connectionId)
      if (connection) pool.close(connection, why)
    },
    speedOfConnection: (connectionId: number) => pool.get(connectionId)?.bytesPerSecond ?? 0,
    retryAfterMs: (failure: Failure, { length, alone }: FailureRow) =>
      chooseRetryDelayMs({
        ...{ failure, attempts: length, alone, failingShare: failingShare(), policy, random: random() },
        isLastWork: isLeftToFail,
      }),
    heardAt: network.heardAt,
    listRetryAfterMs(failure: Failure, attempts: number, sawPage: boolean): number | undefined {
      const delayMs = chooseListRetryDelayMs({
        failure,
        attempts,
        policy,
        random: random(),
        sawPage,
        networkGoneMs: network.silentMs(),
      })
      if (delayMs !== undefined && NO_PLACE.has(failure.class)) concurrency.yieldPlace(delayMs + LIST_CONNECT_MS)
      window.recordError(failure.class)
      if (delayMs !== undefined && failure.class === 'throttled') noteListRefused(failure, attempts, delayMs)
      return delayMs
    },
    noteShortOfFiles: shortage.note,
    bytesReceived: pool.bytesReceived,
    requests() {
      const slowest = gates.slowestRate()
      const { serverErrors: _, ...requests } = window.read(now())
      return { ...requests, delayMs: slowest === undefined ? 0 : Math.round(1000 / slowest) }
    },
    pool: () => ({
      concurrency: concurrency.level(),
      threads: concurrency.threads(),
      generation: rolling.generation(),
      connections: pool.counts(),
    }),
    dnsMs: () => addresses.lookupMs(),
    waitSeconds: rest.secondsLeft,
    phase: (): JobPhase | undefined => rest.phase() ?? (network.isLost() ? 'waiting' : undefined),
    limit: limits.show,
    connectionTable: (): ConnectionView[] => pool.view(),
    addressTable: (): AddressView[] => viewAddresses(addresses.records(), pool.connections(), now()),
  }
}
