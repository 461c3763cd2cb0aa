/**
 * While no byte arrives: sends the service a small request. A network that is away does not answer; where only some
 * objects cannot be had, it does, and the silence is due to those objects. A service that refuses all objects may still
 * list: only a byte of an object that we already have shows that it does not refuse them all.
 */
import type { Policy } from '../../../../shared/policy.ts'
import type { Clock, ObjectSource } from '../../engine-ports.ts'
import { timeoutAfter } from '../../transport/monotonic-time.ts'

export type NetworkProbeOptions = {
  clock: Clock
  source: Pick<ObjectSource, 'listPage' | 'tryObject'>
  policy: Policy
  /** The job's prefix: it may list there, for it has done so before. */
  prefix: string
  /** The key of an object that has landed and is not empty; undefined while there is none. */
  landed(): { key: string; etag: string } | undefined
  /** `givesObjects`: the service gives objects; where none has landed yet, that it lists is taken for it. */
  onAnswer(givesObjects: boolean): void
}

/** Early enough for an answer before a network would be called lost (network-watch.ts). */
const PROBE_AFTER_MS = 1500

export function createNetworkProbe(options: NetworkProbeOptions) {
  const { clock, source, policy, prefix, onAnswer } = options
  const everyMs = policy.stallSeconds * 1000
  let nextAt = 0
  let isProbing = false

  async function probe(): Promise<void> {
    isProbing = true
    nextAt = clock.monotonic() + everyMs
    const signal = timeoutAfter(policy.unhealthyLatencySeconds * 1000)
    const object = options.landed()
    const isListed = source.listPage({ prefix, pageSize: 1 }, signal).then(({ ok }) => ok)
    const isGranted = object !== undefined && (await source.tryObject(object, signal)).ok
    if (isGranted || (await isListed)) onAnswer(isGranted || object === undefined)
    isProbing = false
  }

  return {
    tick(silentMs: number): void {
      if (silentMs > Math.min(PROBE_AFTER_MS, everyMs) && !isProbing && clock.monotonic() >= nextAt) void probe()
    },
  }
}
