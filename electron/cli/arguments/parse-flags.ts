/** Text of one flag -> its value. Every refusal names the flag and echoes the text. Pure. */
import { isIP } from 'node:net'
import { bareHost } from '../../../shared/bare-host.ts'
import { parseBytes, parseRate as readRate } from '../../../shared/format-units.ts'
import { isGlob } from '../../../shared/is-glob.ts'
import { isProxyUrl } from '../../../shared/is-proxy-url.ts'
import {
  isRegion,
  MAX_PART_BYTES,
  MAX_THREADS,
  MIN_LIMIT_BYTES_PER_SECOND,
  MIN_PART_BYTES,
  type TimeWindow,
} from '../../../shared/job-spec.ts'
import { refuseValue } from './usage-error.ts'

type Parse<T> = (text: string, origin: string) => T

export const parseThreads: Parse<number | 'auto'> = (text, origin) => {
  if (text === 'auto') return 'auto'
  const threads = parseWhole(text)
  if (threads !== undefined && threads >= 1 && threads <= MAX_THREADS) return threads
  return refuseValue(origin, text, `is neither "auto" nor a whole number from 1 to ${MAX_THREADS}`)
}

export const parsePartSize: Parse<number | 'auto'> = (text, origin) => {
  if (text === 'auto') return 'auto'
  const bytes = parseBytes(text)
  if (bytes !== undefined && bytes >= MIN_PART_BYTES && bytes <= MAX_PART_BYTES) return bytes
  return refuseValue(origin, text, 'is neither "auto" nor a size from 64KiB to 5GiB')
}

/** `20MiB`, `20MiB/s`. */
export const parseRate: Parse<number> = (text, origin) => {
  const bytes = readRate(text)
  if (!bytes) return refuseValue(origin, text, 'is no rate such as 20MiB (per second)')
  if (bytes < MIN_LIMIT_BYTES_PER_SECOND)
    return refuseValue(origin, text, 'is less than 1 KB a second: is the unit missing, as in 20M?')
  return bytes
}

export const parseSize: Parse<number> = (text, origin) => {
  const bytes = parseBytes(text)
  return bytes !== undefined && bytes > 0 ? bytes : refuseValue(origin, text, 'is no size such as 1GiB')
}

export const parsePort: Parse<number> = (text, origin) => {
  const port = parseWhole(text)
  return port !== undefined && port <= 65_535 ? port : refuseValue(origin, text, 'is no port (0 to 65535; 0 = any)')
}

export const parseTimeWindow: Parse<TimeWindow> = (text, origin) => {
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text.trim())
  const [from, to] = match ? [minutesOf(match[1], match[2]), minutesOf(match[3], match[4])] : []
  if (from === undefined || to === undefined || from === to) {
    return refuseValue(origin, text, 'is no time window such as 22:00-07:00')
  }
  return { fromMinutes: from, toMinutes: to }
}

export const parseEndpointUrl: Parse<string> = (text, origin) => {
  // `http:/host` is an address to a browser, and to nothing else here.
  const url = /^\s*https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!url) {
    return refuseValue(origin, text, 'is no http:// or https:// address')
  }
  if (url.username || url.password || url.search || url.hash) {
    return refuseValue(origin, `${url.protocol}//${url.host}`, 'must hold neither a login nor a query')
  }
  return text
}

export const parseRegion: Parse<string> = (text, origin) =>
  isRegion(text) ? text : refuseValue(origin, text, 'is no region such as us-east-1')

export const parseGlob: Parse<string> = (text, origin) =>
  isGlob(text) ? text : refuseValue(origin, text, 'is no pattern such as *.nc; for a bracket itself write \\[')

export const parseProxy: Parse<string> = (text, origin) => {
  if (text === 'system' || text === 'none' || isProxyUrl(text)) return text
  return refuseValue(origin, text, 'is neither "system" nor "none" nor the http(s):// or socks5:// address of a proxy')
}

/** `1.1.1.1`, `1.1.1.1:53`, `::1`, `[::1]:53`: as `dns.setServers` reads it. */
export const parseDnsServer: Parse<string> = (text, origin) => {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(text)
  const address = match?.[1] ?? text
  const port = Number(match?.[2] ?? 53)
  if (isIP(address) === 0 || port < 1 || port > 65_535) {
    return refuseValue(origin, text, 'is no address of a DNS server, such as 1.1.1.1 or 1.1.1.1:53')
  }
  return text
}

/** `HOST:ADDR[,ADDR...]`; IPv6 addresses in brackets or bare. */
export const parseResolve: Parse<{ host: string; addresses: string[] }> = (text, origin) => {
  const colon = text.indexOf(':')
  const host = text.slice(0, colon).toLowerCase()
  const list = text.slice(colon + 1).split(',')
  const addresses = list.map((address) => bareHost(address.trim()))
  const isHost = /^[a-z0-9]([\w.-]*[a-z0-9])?$/.test(host) && isIP(host) === 0
  if (colon < 1 || !isHost || !addresses.every((address) => isIP(address) !== 0)) {
    return refuseValue(origin, text, 'is not HOST:ADDR[,ADDR...], such as s3.example.org:192.0.2.1,[2001:db8::1]')
  }
  return { host, addresses }
}

export function parseOneOf<T extends string>(choices: readonly T[]): Parse<T> {
  return (text, origin) =>
    choices.find((choice) => choice === text) ?? refuseValue(origin, text, `is none of ${choices.join(', ')}`)
}

const parseWhole = (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined)

function minutesOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  const [hour, minute] = [Number(hours), Number(minutes)]
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined
}
