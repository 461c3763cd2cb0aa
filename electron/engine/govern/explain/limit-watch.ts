/** The shell over explain-limit.ts and hold-limit.ts: gathers the evidence of all parts about what holds the speed down. */
import type { Limit } from '../../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { DataPlane } from '../../engine-ports.ts'
import type { RequestWindow } from '../../metrics/request-window.ts'
import type { AgeingWatch } from '../ageing/ageing-watch.ts'
import type { ConcurrencyKeeper } from '../concurrency/concurrency-keeper.ts'
import type { SpeedGauge } from '../concurrency/speed-gauge.ts'
import type { ConnectPace } from '../connections/connect-pace.ts'
import type { ConnectionPool } from '../connections/connection-pool.ts'
import type { AddressBook } from '../network/address-book.ts'
import type { NetworkWatch } from '../network/network-watch.ts'
import type { ThrottleGates } from '../requests/throttle-gates.ts'
import { explainLimit, type LimitEvidence } from './explain-limit.ts'
import { type HeldLimit, holdLimit } from './hold-limit.ts'

export type LimitWatchOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  window: RequestWindow
  gates: ThrottleGates
  addresses: AddressBook
  pool: ConnectionPool
  pace: ConnectPace
  network: NetworkWatch
  speed: SpeedGauge
  concurrency: ConcurrencyKeeper
  ageing: AgeingWatch
  dataPlane: DataPlane
  /** Neither paused nor resting. */
  mayWork(): boolean
  /** Something is on its way to the service: a request, or a connection that it has refused so far. */
  hasRequests(): boolean
  loopLagMs(): number
  /** Milliseconds that the first page of the listing has been without any answer; 0 once there was one. */
  unansweredMs(): number
  /** For how long the listing has been throttled, milliseconds; undefined = it is not. */
  listRefusedMs(): number | undefined
}

export type LimitWatch = ReturnType<typeof createLimitWatch>

export function createLimitWatch(options: LimitWatchOptions) {
  const { now, policy, window, gates, addresses, pool, pace, network, speed, concurrency, ageing, dataPlane } = options
  let shown: HeldLimit | undefined

  function evidence(bytesPerSecond: number): LimitEvidence {
    const at = now()
    const { successRate, finishedRequests, requestsPerSecond, firstByteMsP50, serverErrors } = window.read(at)
    return {
      bytesPerSecond,
      concurrency: concurrency.level(),
      threads: concurrency.threads(),
      // A budget that no connection waits for does not limit the speed.
      limitedRate: gates.isHoldingBack() || gates.longestWaitMs() > 0 ? gates.slowestRate() : undefined,
      limitedSeconds: gates.limitedSeconds(),
      successRate,
      requestsPerSecond,
      firstByteMs: firstByteMsP50,
      userLimit: speed.limit() ?? 0,
      pacedBytesPerSecond: speed.pacedRate(),
      diskWriteMs: dataPlane.diskWriteMs(),
      loopLagMs: options.loopLagMs(),
      unansweredMs: options.unansweredMs(),
      listRefusedMs: options.listRefusedMs(),
      tauSeconds: ageing.tauSeconds(),
      retireAgeSeconds: ageing.retireAgeSeconds(),
      quarantined: addresses
        .records()
        .filter((record) => record.quarantinedUntil > at)
        .map((record) => record.address),
      dnsFailing: addresses.isFailing && pool.size === 0,
      silentMs: options.hasRequests() && !network.isAnswering() ? network.silentMs() : 0,
      refusedBy: network.refusal()?.class,
      isWorking: options.mayWork() && (pool.size > 0 || addresses.isFailing || pace.isFailing()),
      serverErrors,
      recentRequests: finishedRequests,
      lostShare: window.lostSeconds(at) / (policy.throttleWindowSeconds * Math.max(1, concurrency.level())),
    }
  }

  return {
    evidence,
    /** The limit to show, held steady by hold-limit.ts. */
    show(bytesPerSecond: number): Limit {
      shown = holdLimit(shown, explainLimit(evidence(bytesPerSecond)), now())
      return shown.limit
    },
    /** The user has changed what is allowed: what held the speed down before no longer counts. */
    startOver(): void {
      shown = undefined
    },
  }
}
