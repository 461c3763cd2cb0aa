/**
 * While no byte arrives: asks the service for something small. A network that is away does not answer; where only some
 * objects cannot be had, it does, and then the silence is theirs.
 */
import type { Policy } from '../../../shared/policy.ts'
import type { Clock, ObjectSource } from '../engine-ports.ts'

export type NetworkProbeOptions = {
  clock: Clock
  source: Pick<ObjectSource, 'listPage'>
  policy: Policy
  /** Of the job: where it may list, as it has before. */
  prefix: string
  onAnswer(): void
}

/** Early enough to be answered before a network would be called lost (network-watch.ts). */
const ASK_AFTER_MS = 1500

export function createNetworkProbe({ clock, source, policy, prefix, onAnswer }: NetworkProbeOptions) {
  const everyMs = policy.stallSeconds * 1000
  let nextAt = 0
  let isAsking = false

  async function ask(): Promise<void> {
    isAsking = true
    nextAt = clock.monotonic() + everyMs
    const signal = AbortSignal.timeout(policy.unhealthyLatencySeconds * 1000)
    const page = await source.listPage({ prefix, pageSize: 1 }, signal)
    isAsking = false
    if (page.ok) onAnswer()
  }

  return {
    tick(silentMs: number): void {
      if (silentMs > Math.min(ASK_AFTER_MS, everyMs) && !isAsking && clock.monotonic() >= nextAt) void ask()
    },
  }
}
