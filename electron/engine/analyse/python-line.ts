/**
 * Messages of Python's libraries (botocore, boto3, urllib3, requests, aiohttp, and the errors of the system they
 * quote). The first rule that fits names the class: what the service says comes before what the socket says.
 */
import type { FailureClass } from '../../../shared/failure.ts'

export type PythonClass = FailureClass | 'pool-full' | 'too-many-files'

const RULES: readonly [PythonClass, RegExp][] = [
  [
    'throttled',
    /SlowDown|Slow Down|reduce your request rate|TooManyRequests|Too Many Requests|RequestLimitExceeded|Throttl(?:ing|ed)|\((?:503|429)\) when calling|reached max retries.*503/,
  ],
  [
    'credentials',
    /NoCredentialsError|Unable to locate credentials|ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|TokenRetrievalError|PartialCredentialsError|InvalidToken/,
  ],
  ['clock-skew', /RequestTimeTooSkewed|RequestExpired/],
  ['missing-bucket', /NoSuchBucket/],
  ['archived', /InvalidObjectState/],
  ['missing', /NoSuchKey|\(404\) when calling|404 Client Error/],
  ['denied', /AccessDenied|Access Denied|\(403\) when calling|403 Client Error/],
  ['changed', /PreconditionFailed|\(412\) when calling/],
  ['corrupt', /FlexibleChecksumError|[Cc]hecksum .*(?:mismatch|did not match)|校验.*(?:失败|不符)/],
  ['disk-full', /No space left on device|\[Errno 28\]|WinError 112|磁盘空间不足|Disk quota exceeded|\[Errno 122\]/],
  // Connections that are never closed exhaust the descriptors of a process.
  ['too-many-files', /Too many open files|\[Errno 24\]|WinError 10024/],
  ['disk', /\[Errno 5\]|Input\/output error|WinError (?:21|1117)\b/],
  ['disk-denied', /PermissionError|\[Errno 13\]|Read-only file system|\[Errno 30\]/],
  [
    'dns',
    /NameResolutionError|getaddrinfo failed|gaierror|Name or service not known|name resolution|nodename nor servname|\[Errno 1100[1-4]\]/,
  ],
  ['proxy', /ProxyConnectionError|ProxyError|Cannot connect to proxy|Tunnel connection failed/],
  [
    'tls',
    /SSLError|SSLCertVerificationError|CERTIFICATE_VERIFY_FAILED|SSLEOFError|UNEXPECTED_EOF_WHILE_READING|SSL validation failed/,
  ],
  [
    'stalled',
    /ReadTimeout|Read timed out|Read timeout on endpoint|The read operation timed out|(?:Server|Socket)TimeoutError|socket\.timeout|asyncio\.\S*TimeoutError|^TimeoutError$/,
  ],
  [
    'reset',
    /ConnectionResetError|Connection reset by peer|WinError 1005[34]|ConnectionAbortedError|Connection aborted|ConnectionClosedError|Connection was closed before|RemoteDisconnected|ServerDisconnected|ClientPayloadError|IncompleteRead|Connection broken|ResponseStreamingError|BrokenPipe|forcibly closed|强迫关闭/,
  ],
  [
    'connect',
    /ConnectTimeout|Connect timeout on endpoint|ConnectionRefusedError|Connection refused|NewConnectionError|EndpointConnectionError|Could not connect to the endpoint|No route to host|Network is unreachable|WinError 100(?:51|60|61|65)|Failed to establish a new connection|ClientConnectorError|Connect call failed/,
  ],
  [
    'server-error',
    /InternalError|ServiceUnavailable|Service Unavailable|\(50[0-4]\) when calling|50[0-4] Server Error/,
  ],
  ['protocol', /ResponseParserError|BadStatusLine|ProtocolError/],
  ['pool-full', /Connection pool is full, discarding connection/],
]

/** One case-sensitive test spares most lines the rules: whatever they match contains one of these. */
const ANY =
  /rror|xception|ime(?:d |-?)out|Timeout|Slow|reduce your|hrottl|Many Requests|RequestLimit|Credential|credentials|Token|Invalid|SignatureDoes|Skewed|Expired|NoSuch|Denied|calling|Precondition|hecksum|校验|No space|磁盘|Read-only|resolution|not known|getaddrinfo|Tunnel|proxy|CERTIFICATE|SSL|reset by|aborted|closed|Disconnected|IncompleteRead|broken|BrokenPipe|强迫|refused|Could not connect|No route|unreachable|establish|navailable|BadStatus|discarding/

export function classifyPython(text: string): PythonClass | undefined {
  if (!ANY.test(text)) return undefined
  for (const [name, rule] of RULES) if (rule.test(text)) return name
  return undefined
}

const ZERO = 48
const NINE = 57
const STAMP = /^\W{0,2}(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3})\d*)?\s*(Z|[+-]\d\d:?\d\d)?/

/** Milliseconds of the time a line begins with; without a zone it is taken as UTC. */
export function stampOf(line: string): number | undefined {
  // Most lines of a traceback begin with a blank or a letter: testing a few characters spares them the pattern.
  if (!isDigit(line.charCodeAt(0)) && !isDigit(line.charCodeAt(1)) && !isDigit(line.charCodeAt(2))) return undefined
  const match = STAMP.exec(line)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '0', zone] = match
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const offset =
    zone && zone !== 'Z' ? (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) : 0
  return at + Number(fraction.padEnd(3, '0')) - offset * 60_000
}

const isDigit = (sign: number): boolean => sign >= ZERO && sign <= NINE

const NUMBERS = /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.])/
/** User name and password before the `@` are left out. */
const HOST = /host='([\w.-]+)'|https?:\/\/(?:[^\s/@]*@)?([\w.-]+)/
/** Most specific first. The last one only matches at the beginning of a word. */
const KEYS = [
  /(?:https?|s3):\/\/[^\s/]+\/([^\s"'?]+)/,
  /\b(?:[Kk]ey|[Oo]bject)['"]?\s*[=:]\s*['"]?([^\s'",]+\/[^\s'",]+)/,
  /(?<![\w.=/-])((?:[\w.=-]+\/)+[\w.=-]+\.\w{2,5})\b/,
]
const KEY_WITHIN = 600

export const addressIn = (line: string): string | undefined => {
  const numbers = NUMBERS.exec(line)?.[1]
  if (numbers) return numbers
  const host = HOST.exec(line)
  return host?.[1] ?? host?.[2]
}

export function keyIn(line: string): string | undefined {
  const text = line.slice(0, KEY_WITHIN)
  for (const pattern of KEYS) {
    const key = pattern.exec(text)?.[1]
    if (key) return key
  }
  return undefined
}
