/**
 * One look-up of a host name, timed, without a cache (`govern/network/address-book.ts` keeps one).
 *
 * Fixed addresses win. Otherwise c-ares resolves it (it does not share libuv's thread pool with the disk, and it has
 * TTLs) beside the operating system (which knows the hosts file and split VPNs): where the two have nothing in
 * common the system is right; where c-ares fails, the system is the fall-back.
 */
import { Resolver as DnsResolver, lookup as lookupSystem } from 'node:dns/promises'
import { isIP } from 'node:net'
import { bareHost } from '../../../shared/bare-host.ts'
import { failed, success } from '../../../shared/failure.ts'
import type { Clock, Resolver } from '../engine-ports.ts'
import { LONGEST_TIMER_MS } from './monotonic-time.ts'

type Answer = { addresses: string[]; ttlSeconds: number; alternatives?: string[] }

/** For answers that carry no TTL of their own; within the policy's 1-60 s. */
const SYSTEM_TTL_SECONDS = 30

export function createHostResolver(options: {
  clock: Clock
  fixed: Record<string, string[]>
  /** `ADDR` or `ADDR:PORT`; absent = the system's servers. */
  dnsServer?: string
  timeoutSeconds: number
}): Resolver {
  const { clock, fixed, dnsServer } = options
  const timeout = Math.min(Math.ceil(options.timeoutSeconds * 1000), LONGEST_TIMER_MS)
  const dns = new DnsResolver({ timeout, tries: 1 })
  if (dnsServer) dns.setServers([dnsServer])

  async function askServer(host: string): Promise<Answer> {
    const v4 = await dns.resolve4(host, { ttl: true }).catch((error: NodeJS.ErrnoException) => error)
    const records = v4 instanceof Error || v4.length === 0 ? await dns.resolve6(host, { ttl: true }) : v4
    return {
      addresses: records.map((record) => record.address),
      ttlSeconds: Math.min(...records.map((record) => record.ttl)),
    }
  }

  async function askSystem(host: string): Promise<Answer> {
    const records = await lookupSystem(host, { all: true })
    const of = (family: number) => records.filter((record) => record.family === family).map((record) => record.address)
    const [v4, v6] = [of(4), of(6)]
    const ttlSeconds = SYSTEM_TTL_SECONDS
    return v4.length > 0 ? { addresses: v4, alternatives: v6, ttlSeconds } : { addresses: v6, ttlSeconds }
  }

  return {
    async resolve(host) {
      const startedAt = clock.monotonic()
      const finish = (answer: Answer, from: 'fixed' | 'server' | 'system') =>
        success({
          addresses: [...new Set(answer.addresses)],
          alternatives: [...new Set(answer.alternatives)],
          ttlSeconds: answer.ttlSeconds,
          milliseconds: clock.monotonic() - startedAt,
          from,
        })

      const bare = bareHost(host)
      const known = isIP(bare) ? [bare] : fixed[host]
      if (known) return finish({ addresses: known, ttlSeconds: 3600 }, 'fixed')
      if (isLoopbackName(host)) return finish((await settle(askSystem(host))) ?? LOOPBACK, 'system')

      const server = settle(askServer(host))
      const system = settle(dnsServer ? server.then((answer) => answer ?? askSystem(host)) : askSystem(host))
      const [fromServer, fromSystem] = await Promise.all([server, system])
      if (fromServer && (dnsServer || !fromSystem || overlap(fromServer, fromSystem)))
        return finish({ ...fromServer, alternatives: fromSystem?.alternatives ?? [] }, 'server')
      if (fromSystem) return finish(fromSystem, 'system')
      return failed({ class: 'dns', code: 'no-address', subject: host })
    },
  }
}

/**
 * Names of this machine (RFC 6761, 6.3), as `my-bucket.localhost` before a server under test: no DNS server is asked, and
 * few operating systems know them.
 */
export const isLoopbackName = (host: string): boolean => /\.localhost\.?$/i.test(host)

export const LOOPBACK: Answer = { addresses: ['127.0.0.1'], alternatives: ['::1'], ttlSeconds: SYSTEM_TTL_SECONDS }

/** Undefined for a failed look-up or one without an address. */
async function settle(question: Promise<Answer>): Promise<Answer | undefined> {
  try {
    const answer = await question
    return answer.addresses.length > 0 ? answer : undefined
  } catch {
    return undefined
  }
}

const overlap = (one: Answer, other: Answer): boolean =>
  one.addresses.some((address) => other.addresses.includes(address))
