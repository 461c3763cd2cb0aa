/**
 * The addresses of one host: looked up, kept for their TTL, refreshed ahead of it, served stale while DNS is down,
 * with a memory of how each of them has done. A shell over choose-address.ts.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { Clock, Random, Resolver } from '../../engine-ports.ts'
import { timeoutAfter } from '../../transport/monotonic-time.ts'
import { type AddressRecord, type BadAddress, chooseAddress, findBadAddresses } from './choose-address.ts'

export type AddressBookOptions = {
  clock: Clock
  random: Random
  resolver: Resolver
  policy: Policy
  emit(code: EventCode, reason: Reason): void
}

/** Refreshed when this share of the TTL has passed, so that no connection waits for a look-up. */
const REFRESH_AT = 0.8
/** An address is left alone for this long at first; twice as long each time it fails again. */
const QUARANTINE_MS = 20_000
const QUARANTINE_MAX_MS = 600_000
/** What an address has answered lately fades by half in this time. */
const FADE_MS = 10_000
/** Addresses that DNS no longer names are remembered for this long, for their numbers. */
const FORGET_MS = 300_000

type Entry = AddressRecord & {
  /** Named by the host's last look-up: new connections may use it. */
  isNamed: boolean
  seenAt: number
  quarantineMs: number
  failures: number
  /** Requests granted lately and done with, fading. */
  recentGrants: number
  bytes: number
  fadedAt: number
}

/**
 * Connections of one address: how many are settled and how fast these are together, and how many bring bytes just now.
 */
export type ConnectionsOfAddress = { settled: number; bytesPerSecond: number; receiving: number }
const NO_CONNECTIONS: ConnectionsOfAddress = { settled: 0, bytesPerSecond: 0, receiving: 0 }

export type AddressBook = ReturnType<typeof createAddressBook>

export function createAddressBook({ clock, random, resolver, policy, emit }: AddressBookOptions) {
  const entries = new Map<string, Entry>()
  let host = ''
  let expiresAt = Number.NEGATIVE_INFINITY
  let refreshAt = Number.NEGATIVE_INFINITY
  let isLookingUp = false
  let isFailing = false
  let lookupMs = 0
  /** A connection to this host has been opened at least once. */
  let hasReached = false
  /** IPv6 addresses: used once none of the IPv4 addresses can be reached. */
  let alternatives: readonly string[] = []
  let isNamingAlternatives = false

  async function refresh(): Promise<void> {
    if (isLookingUp || host === '') return
    isLookingUp = true
    const name = host
    const resolution = await resolver.resolve(name, timeoutAfter(policy.dnsTimeoutSeconds * 1000))
    isLookingUp = false
    // The bucket has moved to another host meanwhile.
    if (name !== host) return refresh()
    const now = clock.monotonic()
    if (!resolution.ok) {
      if (!isFailing)
        emit(entries.size > 0 ? 'dns-stale' : 'dns-failed', { host: name, failure: resolution.failure.class })
      isFailing = true
      refreshAt = now + policy.dnsMinTtlSeconds * 1000
      return
    }
    if (isFailing) emit('dns-recovered', { host: name, milliseconds: resolution.value.milliseconds })
    isFailing = false
    lookupMs = resolution.value.milliseconds
    const ttlMs =
      Math.min(policy.dnsMaxTtlSeconds, Math.max(policy.dnsMinTtlSeconds, resolution.value.ttlSeconds)) * 1000
    expiresAt = now + ttlMs
    refreshAt = now + ttlMs * REFRESH_AT
    alternatives = resolution.value.alternatives ?? []
    for (const entry of entries.values()) entry.isNamed = false
    for (const address of resolution.value.addresses) entryOf(address, now).isNamed = true
    if (isNamingAlternatives) nameAlternatives()
    for (const [address, entry] of entries)
      if (!entry.isNamed && now - entry.seenAt > FORGET_MS) entries.delete(address)
  }

  function entryOf(address: string, now: number): Entry {
    const known = entries.get(address)
    if (known) {
      known.seenAt = now
      return known
    }
    const fresh: Entry = {
      address,
      connections: 0,
      bytesPerConnection: 0,
      settled: 0,
      recentFailures: 0,
      refused: 0,
      granted: 0,
      recentGrants: 0,
      quarantinedUntil: 0,
      isNamed: false,
      seenAt: now,
      quarantineMs: QUARANTINE_MS,
      failures: 0,
      bytes: 0,
      fadedAt: now,
    }
    entries.set(address, fresh)
    return fresh
  }

  function nameAlternatives(): void {
    isNamingAlternatives = true
    for (const address of alternatives) entryOf(address, clock.monotonic()).isNamed = true
  }

  const named = () => [...entries.values()].filter((entry) => entry.isNamed)

  function quarantine(entry: Entry, cause: string, now: number): void {
    entry.quarantinedUntil = now + entry.quarantineMs
    entry.quarantineMs = Math.min(QUARANTINE_MAX_MS, entry.quarantineMs * 2)
    Object.assign(entry, { recentFailures: 0, refused: 0, granted: 0, recentGrants: 0, bytesPerConnection: 0 })
    emit('address-quarantined', { address: entry.address, cause, seconds: (entry.quarantinedUntil - now) / 1000 })
  }

  /** `weight`: of this failure as evidence; those that take long to happen are rare, so each weighs more. */
  function noteFailure(address: string, weight = 1): void {
    const entry = entryOf(address, clock.monotonic())
    entry.recentFailures += weight
    entry.failures++
  }

  return {
    /** The first look-up of a host; later ones run by themselves. */
    async open(name: string): Promise<void> {
      if (name !== host) {
        entries.clear()
        hasReached = false
        isNamingAlternatives = false
      }
      host = name
      await refresh()
    },
    refresh,
    get isFailing() {
      return isFailing
    },
    lookupMs: () => lookupMs,
    choose: (): string | undefined => chooseAddress(named(), clock.monotonic(), random()),
    /** A connection is being opened to it. */
    noteOpening: (address: string) => void entryOf(address, clock.monotonic()).connections++,
    noteClosed(address: string, bytes: number): void {
      const entry = entryOf(address, clock.monotonic())
      entry.connections = Math.max(0, entry.connections - 1)
      entry.bytes += bytes
    },
    noteFailure,
    noteReached(): void {
      hasReached = true
    },
    /** `weight` as for a failure. */
    noteUnreachable(address: string, weight: number): void {
      noteFailure(address, weight)
      if (!hasReached) nameAlternatives()
    },
    /** No connection to any of the addresses has ever been established. */
    haveAllFailed: (): boolean => !hasReached && named().every(({ failures }) => failures > 0),
    noteGrant: (address: string) => void entryOf(address, clock.monotonic()).recentGrants++,
    noteRefusal: (address: string) => void entryOf(address, clock.monotonic()).refused++,
    /** Ten times a second. Returns addresses that were condemned just now. */
    tick(sums: ReadonlyMap<string, ConnectionsOfAddress>): BadAddress[] {
      const now = clock.monotonic()
      if (now >= refreshAt || (now >= expiresAt && !isFailing)) void refresh()
      for (const entry of entries.values()) {
        const { settled, bytesPerSecond, receiving } = sums.get(entry.address) ?? NO_CONNECTIONS
        entry.bytesPerConnection = settled > 0 ? bytesPerSecond / settled : 0
        entry.settled = settled
        const fade = 0.5 ** ((now - entry.fadedAt) / FADE_MS)
        entry.recentFailures *= fade
        entry.refused *= fade
        entry.recentGrants *= fade
        entry.granted = entry.recentGrants + receiving
        entry.fadedAt = now
        if (entry.quarantinedUntil > 0 && now >= entry.quarantinedUntil) {
          entry.quarantinedUntil = 0
          emit('address-restored', { address: entry.address })
        }
      }
      const bad = findBadAddresses(named(), now)
      for (const { address, cause } of bad) quarantine(entryOf(address, now), cause, now)
      return bad
    },
    records: (): readonly Entry[] => named(),
  }
}
