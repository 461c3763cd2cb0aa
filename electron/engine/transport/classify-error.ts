/** Turns an error of S3, the network or the disk into one failure class. Pure. */
import { type Failure, type FailureClass, wantsBucketInHost } from '../../../shared/failure.ts'

/** S3's error codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const BY_S3_CODE = new Map<string, FailureClass>(
  Object.entries({
    SlowDown: 'throttled',
    ServiceUnavailable: 'throttled',
    RequestLimitExceeded: 'throttled',
    Throttling: 'throttled',
    ThrottlingException: 'throttled',
    TooManyRequests: 'throttled',
    BandwidthLimitExceeded: 'throttled',
    InternalError: 'server-error',
    RequestTimeout: 'reset',
    AccessDenied: 'denied',
    AllAccessDisabled: 'denied',
    AccountProblem: 'denied',
    Forbidden: 'denied',
    InvalidAccessKeyId: 'credentials',
    SignatureDoesNotMatch: 'credentials',
    ExpiredToken: 'credentials',
    ExpiredTokenException: 'credentials',
    InvalidToken: 'credentials',
    TokenRefreshRequired: 'credentials',
    MissingSecurityHeader: 'credentials',
    InvalidClientTokenId: 'credentials',
    CredentialsProviderError: 'credentials',
    RequestTimeTooSkewed: 'clock-skew',
    RequestExpired: 'clock-skew',
    NoSuchBucket: 'missing-bucket',
    InvalidBucketName: 'missing-bucket',
    NoSuchKey: 'missing',
    NotFound: 'missing',
    NoSuchVersion: 'missing',
    PermanentRedirect: 'wrong-region',
    AuthorizationHeaderMalformed: 'wrong-region',
    IllegalLocationConstraintException: 'wrong-region',
    PreconditionFailed: 'changed',
    InvalidRange: 'changed',
    InvalidObjectState: 'archived',
  }),
)

/** The class of an error answer. A named code outweighs the status; without either, the status decides. */
export function classifyHttpError(status: number, code: string | undefined): FailureClass {
  const named = code === undefined ? undefined : BY_S3_CODE.get(code)
  if (named) return named
  if (wantsBucketInHost(code)) return 'wrong-region'
  // Something new, and begun before S3 knew of it.
  if (status === 200 && code !== undefined) return 'server-error'
  if (status === 503 || status === 429 || status === 509) return 'throttled'
  if (status >= 500) return 'server-error'
  if (status === 408) return 'reset'
  if (status === 407) return 'proxy'
  if (status === 401) return 'credentials'
  if (status === 403 || status === 402 || status === 451) return 'denied'
  if (status === 404 || status === 410) return 'missing'
  if (status === 412 || status === 416) return 'changed'
  if (status >= 300 && status < 400 && status !== 304) return 'redirect-refused'
  return 'protocol'
}

/**
 * So S3 refuses a GET without fault in it: the object is encrypted with a key of its owner (SSE-C), or with one of KMS
 * and was requested without a signature, or is a delete marker (405).
 */
const REFUSED_OBJECT = new Set(['InvalidRequest', 'InvalidArgument', 'MethodNotAllowed'])

export type ErrorAnswer = {
  status: number
  headers: ReadonlyMap<string, string>
  body: string
  /** By the clock of this machine, Unix milliseconds. */
  receivedAt: number
}

/**
 * Why an object is not given. Reads S3's error document by its
 * few fixed elements; no XML parser, so no entity can expand.
 */
export function readErrorAnswer(answer: ErrorAnswer): Failure {
  const code = element(answer.body, 'Code')
  const redirected = { endpoint: element(answer.body, 'Endpoint'), location: answer.headers.get('location') }
  const message = element(answer.body, 'Message')
  const detail = detailOf(answer.status, message, redirected)
  const requestId = element(answer.body, 'RequestId') ?? answer.headers.get('x-amz-request-id')
  const region = element(answer.body, 'Region') ?? answer.headers.get('x-amz-bucket-region') ?? regionIn(code, message)
  // A date is held against the server's own clock: ours may be an hour off, and a budget would wait for as long.
  const serverTime = Date.parse(answer.headers.get('date') ?? '')
  const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), serverTime || answer.receivedAt)
  const failureClass = classifyHttpError(answer.status, code)
  const isRefused = REFUSED_OBJECT.has(code ?? '') || (failureClass === 'protocol' && answer.status === 405)
  const movedRegion = answer.status >= 300 && answer.status < 400 && region !== undefined
  return {
    class: movedRegion ? 'wrong-region' : isRefused ? 'denied' : failureClass,
    code: code ?? `HTTP ${answer.status}`,
    httpStatus: answer.status,
    ...(detail ? { detail: detail.slice(0, 300) } : {}),
    ...(requestId ? { requestId: requestId.slice(0, 100) } : {}),
    ...(region ? { region: region.slice(0, 50) } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** Some services name the right region in words alone, as S3 does where a region must be opted into. */
export function regionIn(code: string | undefined, message = ''): string | undefined {
  if (code === undefined || BY_S3_CODE.get(code) !== 'wrong-region') return undefined
  return /expecting ['"]([\w-]+)['"]/.exec(message)?.[1] ?? /The ([\w-]+) location constraint/.exec(message)?.[1]
}

/**
 * The message of the other side, and the host it names instead: no credentials are sent there, but the user may go.
 */
export function detailOf(
  status: number,
  message: string | undefined,
  { endpoint, location = '' }: { endpoint?: string | undefined; location?: string | undefined },
): string | undefined {
  const isRedirect = status >= 300 && status < 400
  const host = endpoint ?? (isRedirect && URL.canParse(location) ? new URL(location).host : undefined)
  return [message && withoutSecrets(message), host].filter(Boolean).join(' -> ') || undefined
}

/** Gateways quote the request in their messages: what authenticates it stays out of logs and reports. */
const withoutSecrets = (message: string): string =>
  message.replace(/(\bsignature=|\bx-amz-security-token["']?[:=]\s*["']?)[^\s,;&<>"']+/gi, '$1...')

/**
 * Seconds or an HTTP date, which begins with the day's name (RFC 9110, 10.2.3), capped
 * at one hour so that a broken clock cannot stop a job. `Date.parse` takes `-5` for a day in May.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  const milliseconds = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[a-z]/i.test(text)
      ? Date.parse(text) - now
      : Number.NaN
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(0, milliseconds), 3_600_000)
}

const ELEMENT_LIMIT = 2000

function element(xml: string, name: string): string | undefined {
  const open = `<${name}>`
  const start = xml.indexOf(open)
  if (start < 0) return undefined
  const end = xml.indexOf(`</${name}>`, start)
  if (end < 0 || end - start > ELEMENT_LIMIT) return undefined
  return xml
    .slice(start + open.length, end)
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')
}

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
])
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_SOCKET_CLOSED'])
const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL', 'ESERVFAIL', 'ENODATA', 'EAI_NONAME'])

/** A socket error by its code; while `connecting`, TCP and TLS are not up yet. */
export function classifySocketError(error: { code?: string; message: string }, phase: 'connecting' | 'open'): Failure {
  const code = error.code ?? 'unknown'
  const detail = reasonIn(error.message).slice(0, 300)
  if (DNS_CODES.has(code)) return { class: 'dns', code, detail }
  if (RESET_CODES.has(code)) return { class: phase === 'connecting' ? 'connect' : 'reset', code, detail }
  if (CONNECT_CODES.has(code)) return { class: phase === 'connecting' ? 'connect' : 'reset', code, detail }
  if (isTlsCode(code) && !isBrokenRecord(code, phase)) return { class: 'tls', code, detail }
  return { class: phase === 'connecting' ? 'connect' : 'reset', code, detail }
}

/** OpenSSL's verification codes, Node's own, and EPROTO (a peer that does not speak TLS). */
const isTlsCode = (code: string): boolean =>
  /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$)/.test(code)

/**
 * Bytes that were changed on their way, which TCP's short sum lets through once in many gigabytes: the connection is
 * lost, but nothing was refused. Once it is open, only a client certificate can still be missing.
 */
const isBrokenRecord = (code: string, phase: 'connecting' | 'open'): boolean =>
  phase === 'open' ? !code.includes('CERT') : code.includes('BAD_RECORD_MAC')

/** The message of OpenSSL without the places in its sources, and of Node without its advice to programmers. */
const reasonIn = (message: string): string =>
  /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.replace(/; if the root CA is installed locally,.*/, '')
