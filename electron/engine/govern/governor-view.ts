/** The governor's state as a snapshot shows it. Reads only. */
import type { JobPhase } from '../../../shared/job-state.ts'
import type { AddressView, ConnectionView } from '../../../shared/metrics-snapshot.ts'
import type { RequestWindow } from '../metrics/request-window.ts'
import type { ConcurrencyKeeper } from './concurrency/concurrency-keeper.ts'
import type { ConnectionPool } from './connections/connection-pool.ts'
import type { RollingRebuild } from './connections/rolling-rebuild.ts'
import type { LimitWatch } from './explain/limit-watch.ts'
import type { AddressBook } from './network/address-book.ts'
import { viewAddresses } from './network/address-connections.ts'
import type { NetworkWatch } from './network/network-watch.ts'
import type { RestKeeper } from './requests/rest-keeper.ts'
import type { ThrottleGates } from './requests/throttle-gates.ts'

export type GovernorViewOptions = {
  /** Monotonic milliseconds. */
  now(): number
  window: Pick<RequestWindow, 'read'>
  gates: Pick<ThrottleGates, 'slowestRate'>
  addresses: Pick<AddressBook, 'lookupMs' | 'records'>
  pool: Pick<ConnectionPool, 'bytesReceived' | 'connections' | 'counts' | 'view'>
  concurrency: Pick<ConcurrencyKeeper, 'level' | 'threads'>
  rolling: Pick<RollingRebuild, 'generation'>
  rest: Pick<RestKeeper, 'phase' | 'secondsLeft'>
  network: Pick<NetworkWatch, 'isLost'>
  limits: Pick<LimitWatch, 'show'>
}

export function createGovernorView(options: GovernorViewOptions) {
  const { now, window, gates, addresses, pool, concurrency, rolling, rest, network, limits } = options

  return {
    bytesReceived: pool.bytesReceived,
    requests() {
      const slowest = gates.slowestRate()
      const { serverErrors: _, finishedRequests: __, ...requests } = window.read(now())
      return { ...requests, delayMs: slowest === undefined ? 0 : Math.round(1000 / slowest) }
    },
    pool: () => ({
      concurrency: concurrency.level(),
      threads: concurrency.threads(),
      generation: rolling.generation(),
      connections: pool.counts(),
    }),
    dnsMs: (): number => addresses.lookupMs(),
    waitSeconds: rest.secondsLeft,
    /** Undefined: nothing keeps the job from its work. */
    phase: (): JobPhase | undefined => rest.phase() ?? (network.isLost() ? 'waiting' : undefined),
    limit: limits.show,
    connectionTable: (): ConnectionView[] => pool.view(),
    addressTable: (): AddressView[] => viewAddresses(addresses.records(), pool.connections(), now()),
  }
}
