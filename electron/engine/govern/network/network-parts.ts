/**
 * The parts of this folder and how they are connected: where the bucket is, by which addresses it is reached, and
 * whether the network, the service and the permission are there.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Failure } from '../../../../shared/failure.ts'
import type { JobSpec } from '../../../../shared/job-spec.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { EnginePorts } from '../../engine-ports.ts'
import type { TransferBook } from '../../schedule/transfer-book.ts'
import { createAccessWatch } from './access-watch.ts'
import { createAddressBook } from './address-book.ts'
import { createEndpointKeeper } from './endpoint-keeper.ts'
import { createHealthMonitor } from './health-monitor.ts'
import { createNetworkProbe } from './network-probe.ts'
import { createNetworkWatch } from './network-watch.ts'

export type NetworkPartsOptions = {
  ports: EnginePorts
  policy: Policy
  spec: JobSpec
  book: Pick<TransferBook, 'landed' | 'someWaiting'>
  /** Of the smallest object listed so far. */
  smallestKey(): string | undefined
  emit(code: EventCode, reason: Reason): void
  /** Health checks have failed: the connections are to be renewed. */
  onUnhealthy(): void
  /** The bucket is at another host: connections to the former one are of no use. */
  onMoved(): void
  onFatal(failure: Failure): void
}

export function createNetworkParts(options: NetworkPartsOptions) {
  const { ports, policy, spec, book, emit } = options
  const { clock, random, resolver, source } = ports
  const now = clock.monotonic
  const addresses = createAddressBook({ clock, random, resolver, policy, emit })
  const health = createHealthMonitor({
    clock,
    source,
    policy,
    key: options.smallestKey,
    emit,
    onUnhealthy: options.onUnhealthy,
  })
  const network = createNetworkWatch({ now, policy, emit })
  const probe = createNetworkProbe({
    clock,
    source,
    policy,
    prefix: spec.source.prefix,
    landed: book.landed,
    onAnswer: network.noteAnswer,
  })
  const bucket = createEndpointKeeper({
    clock,
    source,
    async onMoved(hostname, isFirst) {
      if (!isFirst) options.onMoved()
      await addresses.open(hostname)
    },
    onFatal: options.onFatal,
  })
  const access = createAccessWatch({
    now,
    source,
    book,
    bucket: spec.source.bucket,
    renewKeys: () => bucket.renew(undefined, { areRefused: true }),
    onWithdrawn: options.onFatal,
  })
  return { addresses, health, network, probe, bucket, access }
}
