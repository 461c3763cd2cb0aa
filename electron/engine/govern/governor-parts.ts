/**
 * The parts of the governor and how they are connected: each is given the others that it reads or acts on. The order in
 * which they act is in `governor.ts`.
 */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, isShortOfFiles } from '../../../shared/failure.ts'
import { type JobSpec, threadCeiling } from '../../../shared/job-spec.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { EnginePorts, FetchTask, TaskOutcome } from '../engine-ports.ts'
import { createRequestWindow } from '../metrics/request-window.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { createAgeingWatch } from './ageing/ageing-watch.ts'
import { createConcurrencyKeeper } from './concurrency/concurrency-keeper.ts'
import { createSpeedGauge } from './concurrency/speed-gauge.ts'
import { createConnectPace } from './connections/connect-pace.ts'
import { createConnectionPool } from './connections/connection-pool.ts'
import { createFileShortage } from './connections/file-shortage.ts'
import { createHealer } from './connections/healer.ts'
import type { PooledConnection } from './connections/pooled-connection.ts'
import { createRollingRebuild } from './connections/rolling-rebuild.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createDecayWatch, type DecayWatchOptions } from './explain/decay-watch.ts'
import { createLimitWatch } from './explain/limit-watch.ts'
import { createGovernorView } from './governor-view.ts'
import { createOutcomeHandler } from './handle-outcome.ts'
import { createNetworkParts } from './network/network-parts.ts'
import { createRemainingWork } from './requests/remaining-work.ts'
import { createRestKeeper } from './requests/rest-keeper.ts'
import { createRetrySchedule } from './requests/retry-schedule.ts'
import { createThrottleGates } from './requests/throttle-gates.ts'

export type GovernorOptions = {
  ports: EnginePorts
  policy: Policy
  spec: JobSpec
  book: TransferBook
  isListingComplete(): boolean
  /** Files of an earlier run are being compared with what the service promises of them. */
  isRereading(): boolean
  /** Of the smallest object listed so far. */
  smallestKey(): string | undefined
  loopLagMs(): number
  /** Milliseconds that the first page of the listing has been without any answer; 0 once there was one. */
  unansweredMs(): number
  emit(code: EventCode, reason: Reason): void
  /** A connection was taken from its task, which goes on elsewhere from the byte it has reached. */
  onReplaced(failure: Failure, task: FetchTask, reached: number): void
  onFatal(failure: Failure): void
  onDecayLook?: DecayWatchOptions['onLook']
}

/** `isHalted`: the user has paused the job, or it ends. */
export function createGovernorParts(options: GovernorOptions, isHalted: () => boolean) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, dataPlane } = ports
  const now = clock.monotonic
  const window = createRequestWindow(policy.throttleWindowSeconds, book.receivingTasks)
  const gates = createThrottleGates(now, () => pool.counts().active)
  const { addresses, health, network, probe, bucket, access } = createNetworkParts({
    ports,
    policy,
    spec,
    book,
    smallestKey: options.smallestKey,
    emit,
    onUnhealthy: () => rebuild('health'),
    onMoved: () => pool.closeAll('endpoint-moved'),
    onFatal: options.onFatal,
  })
  const pace = createConnectPace({ now, random })
  const rolling = createRollingRebuild({ now, policy, emit })
  const remaining = createRemainingWork({ book, network, isListingComplete: options.isListingComplete })
  const rest = createRestKeeper({
    clock,
    policy,
    timeWindow: spec.timeWindow,
    emit,
    evidence() {
      const read = window.read(now())
      // A rest helps a service, not the few objects that cannot be had while others can.
      const successRate = remaining.isLeftToFail() ? 1 : read.successRate
      return { ...read, successRate, retryAfterMs: gates.longestWaitMs() }
    },
    onRest(cause) {
      // A service that refuses is there and is waited for, however long; one that only breaks off is gone some day.
      const isRefused = (window.read(now()).errors.get('throttled') ?? 0) > 0
      network.beginRest({ isExcused: cause === 'time-window' || isRefused })
      pool.closeAll(cause)
    },
    onEnd() {
      network.endRest()
      dispatcher.startWarming()
      return concurrency.afterRest()
    },
  })
  const pool = createConnectionPool({
    dataPlane,
    clock,
    random,
    onOutcome,
    onBroken,
    onShortened: book.noteShortened,
    onOpened: (connection) => dispatcher.noteOpened(connection),
    onClosed: (connection, failure) => dispatcher.noteClosed(connection, failure),
  })
  const speed = createSpeedGauge({ now, stallSeconds: policy.stallSeconds, limit: spec.limitBytesPerSecond })
  const decay = createDecayWatch({
    now,
    emit,
    evidence: () => limits.evidence(speed.recentRate()),
    onLook: options.onDecayLook,
  })
  const concurrency = createConcurrencyKeeper({
    now,
    policy,
    pool,
    pace,
    emit,
    threads: threadCeiling(spec),
    drain: (connection, why) => dispatcher.drain(connection, why),
    isHalved: rest.isHalved,
  })
  const ageing = createAgeingWatch({ policy, pool, emit, onLeaving: () => dispatcher.fill() })
  const shortage = createFileShortage({ now, pool, pace, concurrency, emit })
  const dispatcher: Dispatcher = createDispatcher({
    now,
    policy,
    book,
    pool,
    window,
    gates,
    addresses,
    bucket,
    network,
    pace,
    rolling,
    concurrency,
    ageing,
    shortage,
    mayWork,
    emit,
    isLeftToFail: remaining.isLeftToFail,
    isListingComplete: options.isListingComplete,
    onFatal: options.onFatal,
  })
  const retries = createRetrySchedule({
    now,
    random,
    policy,
    window,
    network,
    concurrency,
    emit,
    isGranting: remaining.isGranting,
    isLeftToFail: remaining.isLeftToFail,
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
      window.recordLost(now(), Math.min(seconds, (now() - network.lostAt()) / 1000))
      addresses.noteFailure(connection.address)
      if (task) options.onReplaced({ class: cause, address: connection.address }, task, pool.reached(connection))
    },
    onConnectFailed: dispatcher.noteConnectFailed,
  })
  const limits = createLimitWatch({
    now,
    policy,
    window,
    gates,
    addresses,
    pool,
    pace,
    network,
    speed,
    concurrency,
    ageing,
    dataPlane,
    mayWork,
    hasRequests,
    listRefusedMs: retries.listRefusedMs,
    loopLagMs: options.loopLagMs,
    unansweredMs: options.unansweredMs,
  })
  const view = createGovernorView({ now, window, gates, addresses, pool, concurrency, rolling, rest, network, limits })
  const handleOutcome = createOutcomeHandler({
    now,
    book,
    pool,
    window,
    gates,
    addresses,
    bucket,
    access,
    network,
    pace,
    emit,
    level: concurrency.level,
    replaceRefused: healer.replaceRefused,
    onGranted(objectBytes, failuresBefore) {
      decay.noteAnswer(objectBytes)
      if (failuresBefore > 0) retries.noteRecovered()
    },
  })

  function onBroken(detail: string): void {
    options.onFatal({ class: 'protocol', code: 'internal', detail: detail.slice(0, 300) })
  }

  function onOutcome(outcome: TaskOutcome, connection: PooledConnection): void {
    if (outcome.failure && isShortOfFiles(outcome.failure)) shortage.note(outcome.failure)
    handleOutcome(outcome, connection)
    dispatcher.feed(connection)
  }

  function mayWork(): boolean {
    return !isHalted() && bucket.current() !== undefined && !rest.isResting()
  }

  /** Something is on its way to the service: a request, or a connection that it has refused so far. */
  function hasRequests(): boolean {
    return pool.counts().active > 0 || pace.isFailing()
  }

  function rebuild(cause: string): void {
    if (mayWork()) rolling.begin(cause, pool.size)
  }

  return {
    window,
    gates,
    addresses,
    health,
    rolling,
    network,
    probe,
    remaining,
    rest,
    pool,
    speed,
    decay,
    concurrency,
    bucket,
    ageing,
    shortage,
    dispatcher,
    retries,
    healer,
    limits,
    view,
    mayWork,
    hasRequests,
    rebuild,
  }
}
