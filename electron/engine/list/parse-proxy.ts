/** URLs of proxies. Pure. */
import { bareHost } from '../../../shared/bare-host.ts'
import type { Endpoint } from '../engine-ports.ts'

export const isSocks = (url: string): boolean => /^socks/i.test(url)

/** `http://user:password@host:port`, or `socks5://` and the rest, as the data plane needs it. */
export function parseProxy(url: string): Endpoint['proxy'] {
  if (!url || !URL.canParse(url)) return undefined
  const { protocol, hostname, port, username, password } = new URL(url)
  const address = bareHost(hostname)
  if (isSocks(url)) {
    const socks = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
    return { hostname: address, port: Number(port) || 1080, tls: false, socks }
  }
  const tls = protocol === 'https:'
  const login = username ? Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`) : undefined
  return {
    hostname: address,
    port: Number(port) || (tls ? 443 : 80),
    tls,
    ...(login ? { authorization: `Basic ${login.toString('base64')}` } : {}),
  }
}
