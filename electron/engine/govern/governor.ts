/**
 * The shell over the decisions of this folder: gives them what they need to see, applies what they say, and writes
 * each decision to the log with its numbers.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, isShortOfFiles } from '../../../shared/failure.ts'
import { type JobLimits, type JobSpec, threadCeiling } from '../../../shared/job-spec.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { EnginePorts, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { createRequestWindow } from '../metrics/request-window.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { createAgeingWatch } from './ageing/ageing-watch.ts'
import { createConcurrencyKeeper, type GoodputSample } from './concurrency/concurrency-keeper.ts'
import { createSpeedGauge } from './concurrency/speed-gauge.ts'
import { createConnectPace } from './connections/connect-pace.ts'
import { createConnectionPool, type PooledConnection } from './connections/connection-pool.ts'
import { createFileShortage } from './connections/file-shortage.ts'
import { createHealer } from './connections/healer.ts'
import { createRollingRebuild } from './connections/rolling-rebuild.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createDecayWatch, type DecayWatchOptions } from './explain/decay-watch.ts'
import { createLimitWatch } from './explain/limit-watch.ts'
import { createGovernorView } from './governor-view.ts'
import { createOutcomeHandler } from './handle-outcome.ts'
import { createAccessWatch } from './network/access-watch.ts'
import { createAddressBook } from './network/address-book.ts'
import { sumUpConnections } from './network/address-connections.ts'
import { createEndpointKeeper } from './network/endpoint-keeper.ts'
import { createHealthMonitor } from './network/health-monitor.ts'
import { createNetworkProbe } from './network/network-probe.ts'
import { createNetworkWatch } from './network/network-watch.ts'
import { createRestKeeper } from './requests/rest-keeper.ts'
import { createRetrySchedule } from './requests/retry-schedule.ts'
import { createThrottleGates } from './requests/throttle-gates.ts'

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

export function createGovernor(options: GovernorOptions) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, dataPlane, source } = ports
  const now = clock.monotonic
  const window = createRequestWindow(policy.throttleWindowSeconds, book.receivingTasks)
  const gates = createThrottleGates(now, () => pool.counts().active)
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
      const read = window.read(now())
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
      dispatcher.startWarming()
      return concurrency.afterRest()
    },
  })

  let isPaused = false
  let isStopped = false
  /** Bytes per second that the user allows, which may change while the job runs; undefined = any. */
  let limitBytesPerSecond = spec.limitBytesPerSecond
  let silentBeforeRestMs = 0
  /** When the network was last away. */
  let lostUntil = Number.NEGATIVE_INFINITY
  /** Only such objects are left as are refused, by a service that gives others. */
  let isLeftToFail = false

  const pool = createConnectionPool({
    ...{ dataPlane, clock, random, onOutcome, onBroken },
    onOpened: (connection) => dispatcher.noteOpened(connection),
    onClosed: (connection, failure) => dispatcher.noteClosed(connection, failure),
  })
  const speed = createSpeedGauge({ now, stallSeconds: policy.stallSeconds, limit: limitBytesPerSecond })
  const decay = createDecayWatch({
    ...{ now, emit },
    evidence: () => limits.evidence(speed.recentRate()),
    onLook: options.onDecayLook,
  })
  const concurrency = createConcurrencyKeeper({
    ...{ now, policy, pool, pace, emit },
    threads: threadCeiling(spec),
    drain: (connection, why) => dispatcher.drain(connection, why),
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
  const access = createAccessWatch({
    ...{ now, source, book },
    bucket: spec.source.bucket,
    renewKeys: () => bucket.renew(undefined, { areRefused: true }),
    onWithdrawn: options.onFatal,
  })
  const ageing = createAgeingWatch({ policy, pool, emit, onLeaving: () => dispatcher.fill() })
  const shortage = createFileShortage({ now, pool, pace, concurrency, emit })
  const dispatcher: Dispatcher = createDispatcher({
    ...{ now, policy, book, pool, window, gates, addresses, bucket, network, pace, rolling, concurrency, ageing },
    ...{ shortage, mayWork, emit },
    isLeftToFail: () => isLeftToFail,
    isListingComplete: options.isListingComplete,
    onFatal: options.onFatal,
  })
  const retries = createRetrySchedule({
    ...{ now, random, policy, window, network, concurrency, isGranting, emit },
    isLeftToFail: () => isLeftToFail,
  })
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
    onConnectFailed: dispatcher.noteConnectFailed,
  })
  const limits = createLimitWatch({
    ...{ now, policy, window, gates, addresses, pool, pace, network, speed, concurrency, ageing, dataPlane },
    ...{ mayWork, isAsking },
    userLimit: () => limitBytesPerSecond,
    listRefusedMs: retries.listRefusedMs,
    loopLagMs: options.loopLagMs,
    unansweredMs: options.unansweredMs,
  })
  const view = createGovernorView({ now, window, gates, addresses, pool, concurrency, rolling, rest, network, limits })
  const handleOutcome = createOutcomeHandler({
    ...{ now, book, pool, window, gates, addresses, bucket, access, network, pace, emit },
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
    dispatcher.startWarming()
    network.startOver()
    rolling.restartClock()
    concurrency.start()
    dispatcher.fill()
  }

  function mayWork(): boolean {
    return !isPaused && !isStopped && bucket.current() !== undefined && !rest.isResting()
  }

  function onBroken(detail: string): void {
    options.onFatal({ class: 'protocol', code: 'internal', detail: detail.slice(0, 300) })
  }

  function onOutcome(outcome: TaskOutcome, connection: PooledConnection): void {
    if (outcome.failure && isShortOfFiles(outcome.failure)) shortage.note(outcome.failure)
    handleOutcome(outcome, connection)
    dispatcher.feed(connection)
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
    dispatcher.pump()
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
    dispatcher.pump()
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
    const why = network.refusal() ?? network.lastWord() ?? { class: failureClass, code: 'network-gone' }
    options.onFatal({ ...why, subject: bucket.current()?.hostHeader ?? '' })
  }

  function rebuild(cause: string): void {
    if (mayWork()) rolling.begin(cause, pool.size)
  }

  /** An object that has landed is given again when it is asked for: the service refuses not all. */
  function isGranting(): boolean {
    return book.landed() !== undefined && network.isGiving()
  }

  return {
    start,
    tick,
    pump: dispatcher.pump,
    /** The bucket turned out to be elsewhere, or credentials were renewed. */
    renewEndpoint: bucket.renew,
    pause() {
      isPaused = true
      pool.closeAll('paused')
    },
    resume() {
      isPaused = false
      network.startOver()
      dispatcher.fill()
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
    retryAfterMs: retries.retryAfterMs,
    listRetryAfterMs: retries.listRetryAfterMs,
    heardAt: network.heardAt,
    noteShortOfFiles: shortage.note,
    ...view,
  }
}
