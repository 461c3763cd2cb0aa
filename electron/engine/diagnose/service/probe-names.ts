/** Resolves a host through the operating system and through a DNS server, each timed, bypassing our own cache. */
import { Resolver as DnsResolver, lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../engine-ports.ts'
import { classifySocketError } from '../../transport/classify-error.ts'
import { isLoopbackName, LOOPBACK } from '../../transport/resolve-host.ts'
import type { LookUp } from '../judge/judge-names.ts'

const TIMEOUT_MS = 3000

export type NameProbe = { host: string; fixed: Record<string, string[]>; dnsServer: string | undefined; clock: Clock }

export async function probeNames({
  host,
  fixed,
  dnsServer,
  clock,
}: NameProbe): Promise<{ system: LookUp; server: LookUp }> {
  const known = isIP(host) ? [host] : (fixed[host] ?? (isLoopbackName(host) ? LOOPBACK.addresses : undefined))
  if (known)
    return { system: { status: 'not-needed', addresses: known }, server: { status: 'not-needed', addresses: known } }
  const dns = new DnsResolver({ timeout: TIMEOUT_MS, tries: 1 })
  if (dnsServer) dns.setServers([dnsServer])
  const [system, server] = await Promise.all([
    timed(clock, host, async () => (await lookup(host, { all: true })).map(({ address }) => address)),
    timed(clock, host, () => dns.resolve4(host).catch(() => dns.resolve6(host))),
  ])
  const servers = dns.getServers().join(', ')
  return { system, server: { ...server, server: servers } }
}

type Asked = Extract<LookUp, { milliseconds: number }>

async function timed(clock: Clock, host: string, ask: () => Promise<string[]>): Promise<Asked> {
  const startedAt = clock.monotonic()
  const passed = () => Math.round((clock.monotonic() - startedAt) * 10) / 10
  const late = Promise.withResolvers<string[]>()
  const stopTimer = clock.after(TIMEOUT_MS, () =>
    late.reject(Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })),
  )
  try {
    const addresses = [...new Set(await Promise.race([ask(), late.promise]))]
    if (addresses.length > 0) return { status: 'answered', milliseconds: passed(), addresses }
    return { status: 'failed', milliseconds: passed(), failure: { class: 'dns', code: 'ENODATA', subject: host } }
  } catch (error) {
    const { code } = classifySocketError(error as Error & { code?: string }, 'connecting')
    const failure: Failure = { class: 'dns', ...(code ? { code } : {}), subject: host }
    return { status: 'failed', milliseconds: passed(), failure }
  } finally {
    stopTimer()
  }
}
