/** The network settings as texts, and back. Pure; undefined or an error means: not readable, keep the old value. */
import { bareHost } from '../../shared/bare-host.ts'
import type { Network } from '../../shared/job-spec.ts'

export type ProxyKind = 'system' | 'none' | 'custom'

export const proxyKind = (proxy: string): ProxyKind => (proxy === 'system' || proxy === 'none' ? proxy : 'custom')

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
// Two colons at least: `1.1.1.1:53` is an address and a port.
const IPV6 = /^(?=.*:.*:)[0-9a-f:.]+(?:%\w+)?$/i
const isAddress = (text: string): boolean =>
  IPV4.test(text) ? text.split('.').every((part) => Number(part) <= 255) : IPV6.test(text)

/** `ADDR`, `ADDR:PORT`, `[v6]:PORT`. */
export function isDnsServer(text: string): boolean {
  const trimmed = text.trim()
  if (isAddress(trimmed)) return true
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(trimmed)
  const address = withPort?.[1] ?? withPort?.[2] ?? ''
  const port = Number(withPort?.[3])
  return isAddress(address) && port >= 1 && port <= 65_535
}

/** One `HOST:ADDR[,ADDR...]` a line, as `--resolve` takes it. */
export const formatResolve = (resolve: Network['resolve']): string =>
  Object.entries(resolve)
    .map(([host, addresses]) => `${host}:${addresses.join(',')}`)
    .join('\n')

export type ParsedResolve = { ok: true; resolve: Network['resolve'] } | { ok: false; line: number }

export function parseResolve(text: string): ParsedResolve {
  const resolve: Network['resolve'] = {}
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const match = /^([a-z0-9.-]+):(.+)$/i.exec(line.trim())
    const addresses = (match?.[2] ?? '').split(',').map((address) => bareHost(address.trim()))
    if (!match?.[1] || !addresses.every(isAddress)) return { ok: false, line: index + 1 }
    resolve[match[1].toLowerCase()] = addresses
  }
  return { ok: true, resolve }
}
