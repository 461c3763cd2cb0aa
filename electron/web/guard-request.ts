/** Decides what a request may do. Pure; web-host.ts applies the verdict. */
import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { bareHost } from '../../shared/bare-host.ts'

export type RequestHead = {
  method: string
  /** Path and query as in the request line. */
  target: string
  headers: {
    host?: string | undefined
    origin?: string | undefined
    authorization?: string | undefined
    'content-type'?: string | undefined
    'content-length'?: string | undefined
    'sec-fetch-site'?: string | string[] | undefined
    'sec-fetch-mode'?: string | string[] | undefined
  }
}

export type Expected = {
  token: string
  port: number
  /** Where the socket listens: `127.0.0.1`, `0.0.0.0`, a name. */
  listenHost: string
  /** This machine's own name, allowed where the user opened the host to others. */
  machineName: string
}

export type Verdict =
  | { kind: 'call'; name: string }
  | { kind: 'pushes' }
  | { kind: 'file'; path: string }
  | { kind: 'refuse'; status: number; code: string; allow?: string }

/** A form with thousands of globs fits; nobody needs more. */
export const MAX_BODY_BYTES = 1024 * 1024

export function guardRequest(request: RequestHead, expected: Expected): Verdict {
  const { headers } = request
  // Against DNS rebinding: a foreign name that now resolves to this machine is not one of ours.
  if (!isOurHost(headers.host, expected)) return refuse(403, 'host-not-allowed')
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return refuse(403, 'origin-not-allowed')
  }
  const path = request.target.split(/[?#]/, 1)[0] ?? ''
  if (!path.startsWith('/')) return refuse(404, 'not-found')
  const isApi = path === '/api' || path.startsWith('/api/')
  if (!isFetchSiteAllowed(request, isApi)) return refuse(403, 'cross-site')
  return isApi ? guardApi(request, path, expected) : guardFile(request, path)
}

function guardApi(request: RequestHead, path: string, expected: Expected): Verdict {
  const { headers, method } = request
  if (!hasToken(headers.authorization, expected.token)) return refuse(401, 'token')
  if (path === '/api/pushes') {
    return method === 'GET' ? { kind: 'pushes' } : refuse(405, 'method', 'GET')
  }
  const name = /^\/api\/call\/([\w.]+)$/.exec(path)?.[1]
  if (!name) return refuse(404, 'not-found')
  if (method !== 'POST') return refuse(405, 'method', 'POST')
  // Another site cannot send this content type without a CORS preflight.
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return refuse(415, 'content-type')
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) return refuse(413, 'too-large')
  return { kind: 'call', name }
}

function guardFile({ method }: RequestHead, path: string): Verdict {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'method', 'GET, HEAD')
  return { kind: 'file', path }
}

function isOurHost(host: string | undefined, { port, listenHost, machineName }: Expected): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(host ?? '')
  if (!match || Number(match[2] ?? 80) !== port) return false
  const name = bareHost(match[1] as string).toLowerCase()
  if (['127.0.0.1', 'localhost', '::1', listenHost.toLowerCase()].includes(name)) return true
  const isOpenToOthers = listenHost === '0.0.0.0' || listenHost === '::'
  // DNS rebinding needs a name: an address is safe.
  return isOpenToOthers && (isIP(name) !== 0 || name === machineName.toLowerCase())
}

/**
 * By `Sec-Fetch-Site`: a link on another site may open the page; every other cross-site request is refused.
 */
function isFetchSiteAllowed({ headers }: RequestHead, isApi: boolean): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return !isApi && headers['sec-fetch-mode'] === 'navigate'
}

function hasToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(/^Bearer ([\w-]{1,200})$/.exec(authorization ?? '')?.[1] ?? '')
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const refuse = (status: number, code: string, allow?: string): Verdict => ({
  kind: 'refuse',
  status,
  code,
  ...(allow ? { allow } : {}),
})
