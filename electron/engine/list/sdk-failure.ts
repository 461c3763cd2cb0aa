/** Turns what the SDK throws into one of our failures. Pure. */
import type { Failure } from '../../../shared/failure.ts'
import {
  classifyHttpError,
  classifySocketError,
  detailOf,
  readRetryAfter,
  regionIn,
} from '../transport/classify-error.ts'

type SdkError = Error & {
  code?: string
  Code?: string
  path?: string | null
  Region?: string
  Endpoint?: string
  errors?: Array<Error & { code?: string }>
  cause?: unknown
  $metadata?: { httpStatusCode?: number; requestId?: string }
  $response?: { statusCode?: number; headers?: Record<string, string> }
}

/** `now`: by the clock of this machine, Unix milliseconds. */
export function sdkFailure(thrown: unknown, bucket: string, now: number): Failure {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SdkError
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode
  if (status === undefined) return withoutAnswer(error)

  const headers = error.$response?.headers ?? {}
  const code = error.Code ?? nameOf(error, status)
  const region = error.Region ?? headers['x-amz-bucket-region'] ?? regionIn(code, error.message)
  const requestId = error.$metadata?.requestId
  // A date is held against the server's own clock, if it tells that.
  const retryAfterMs = readRetryAfter(headers['retry-after'], Date.parse(headers.date ?? '') || now)
  const movedRegion = status >= 300 && status < 400 && region !== undefined
  // We set no condition here: an answer that one is not met means something else, and no object has changed.
  const answered = status === 412 ? 'protocol' : classifyHttpError(status, code)
  const failureClass = movedRegion ? 'wrong-region' : answered
  // The SDK's message about an answer that it could not read, or without a body, is of no help.
  const message = /Deserialization error|^UnknownError$/.test(error.message) ? undefined : error.message
  const detail = detailOf(status, message, { endpoint: error.Endpoint, location: headers.location })
  const subject = failureClass === 'missing-bucket' || failureClass === 'denied' ? bucket : undefined
  return {
    class: failureClass,
    code,
    httpStatus: status,
    ...(subject ? { subject } : {}),
    ...(region ? { region } : {}),
    ...(requestId ? { requestId } : {}),
    ...(detail ? { detail: detail.slice(0, 300) } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/**
 * The same of what gives credentials, STS say, which has no bucket to refuse; where it cannot be reached it is named,
 * or all would look for the fault in the bucket's endpoint.
 */
export function keysFailure(thrown: unknown, now: number): Failure {
  const failure = sdkFailure(thrown, '', now)
  if (failure.class === 'denied') return { ...failure, class: 'credentials' }
  return OF_THE_WAY.has(failure.class) ? { ...failure, subject: hostIn(thrown) ?? UNNAMED_GIVER } : failure
}

const OF_THE_WAY: ReadonlySet<Failure['class']> = new Set(['dns', 'connect', 'tls', 'proxy', 'reset', 'stalled'])
/** The error of a connection that timed out does not name its target. */
const UNNAMED_GIVER = 'AWS STS / SSO'

function hostIn(thrown: unknown): string | undefined {
  const error = thrown as SdkError & { hostname?: string; address?: string; port?: number; host?: string }
  const { hostname, address, port, host } = { ...error.errors?.[0], ...error } as typeof error
  return hostname ?? host ?? (address && port ? `${address}:${port}` : undefined)
}

/**
 * An error answer with neither S3's word for it nor the id of a request. Out of a tunnel that is the proxy's own, which
 * the agent hands on as if S3 had given it.
 */
export const isUnsigned = ({ code, httpStatus, requestId }: Failure): boolean =>
  httpStatus !== undefined && code === `HTTP ${httpStatus}` && requestId === undefined

/** The SDK makes up a name for an answer without a document, as that to every HEAD. */
const nameOf = (error: SdkError, status: number): string =>
  /^(Unknown|UnknownError|Error)$/.test(error.name) ? `HTTP ${status}` : error.name

/** The error of Node's parser for an answer that ended too early. */
const CUT_SHORT = new Set(['HPE_INVALID_EOF_STATE', 'HPE_CLOSED_CONNECTION'])

/** Nothing came back over HTTP: a socket, a timer or the credentials. */
function withoutAnswer(error: SdkError): Failure {
  const inner = error.errors?.[0] ?? error
  const code = inner.code ?? error.code
  const detail = error.message.replace(/^@smithy\S+ - \[\w+\] /, '').slice(0, 300)
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') {
    return { class: 'credentials', code: error.name, detail }
  }
  // No socket has a path (null, where TLS was cut short): it is
  // the file of a token that is not there, or not to be read.
  if (typeof error.path === 'string') return { class: 'credentials', code: code ?? error.name, detail }
  // The SDK calls a connection that was cut a timeout as well.
  const isCut = code === 'ECONNRESET' || code === 'EPIPE'
  if (error.name === 'TimeoutError' && isCut) return classifySocketError({ code, message: error.message }, 'open')
  if (error.name === 'TimeoutError')
    return { class: /connect/i.test(error.message) ? 'connect' : 'stalled', code: 'timeout', detail }
  // Somebody answered, and it was no HTTP: another port, another service.
  if (code?.startsWith('HPE_') && !CUT_SHORT.has(code)) return { class: 'protocol', code, detail }
  if (code) return classifySocketError({ code, message: inner.message || error.message }, 'connecting')
  if (/proxy/i.test(error.message)) return { class: 'proxy', detail }
  // Of a document it cannot read, such as the page of a login, the SDK has nothing to say but that: "Error".
  return { class: 'protocol', ...(error.name === 'Error' ? {} : { code: error.name }), detail }
}
