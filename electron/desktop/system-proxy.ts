/** Chromium's answer to "which proxy for this URL" as one URL. Pure. */

/**
 * From `PROXY host:port; DIRECT` to `http://host:port`; empty for a direct way. Of the list, the first entry counts.
 * `SOCKS` is version 4 by that paper; what stands behind it nearly always speaks 5 as well, and we only that. Format:
 * https://developer.mozilla.org/docs/Web/HTTP/Guides/Proxy_servers_and_tunneling/Proxy_Auto-Configuration_PAC_file
 */
export function proxyUrlOf(answer: string): string {
  for (const entry of answer.split(';')) {
    const [kind = '', place] = entry.trim().split(/\s+/)
    if (kind.toUpperCase() === 'DIRECT') return ''
    const scheme = SCHEMES[kind.toUpperCase()]
    if (scheme && place && URL.canParse(`${scheme}://${place}`)) return `${scheme}://${place}`
  }
  return ''
}

const SCHEMES: Record<string, string> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5',
  SOCKS5: 'socks5',
}
