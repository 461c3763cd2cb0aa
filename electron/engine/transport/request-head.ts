/** Writes the head of a GET, signed by Signature Version 4 when the endpoint has credentials. */
import type { Endpoint, FetchTask } from '../engine-ports.ts'
import { encodeKey } from './encode-key.ts'
import type { SignHeaders } from './sign-headers.ts'

export type RequestSigner = {
  /**
   * The whole head, ready for the socket, in Latin-1. `path`: of the task, or where a redirect has pointed, with its
   * query.
   */
  headFor(task: FetchTask, endpoint: Endpoint, now: number, path?: string): Promise<string>
}

/** Encoded. */
export const pathOf = (task: FetchTask, endpoint: Endpoint): string => endpoint.basePath + encodeKey(task.key)

/** Signing keys are cached inside; one signer per worker, loaded with the first request that needs it. */
export function createRequestSigner(): RequestSigner {
  let signing: Promise<SignHeaders> | undefined
  const loadSigner = async () => {
    try {
      const { createHeaderSigner } = await import('./sign-headers.ts')
      return createHeaderSigner()
    } catch (error) {
      // No file could be opened for it just now: the next request loads it.
      signing = undefined
      throw error
    }
  }
  return {
    async headFor(task, endpoint, now, path = pathOf(task, endpoint)) {
      const headers: Record<string, string> = { host: endpoint.hostHeader }
      const whole = task.range.start === 0 && task.range.end === task.objectSize
      if (!whole) headers.range = `bytes=${task.range.start}-${task.range.end - 1}`
      if (task.check?.kind === 'compare') headers['x-amz-checksum-mode'] = 'ENABLED'
      if (task.etag && !task.unconditional) headers['if-match'] = `"${task.etag}"`
      if (endpoint.requestPayer) headers['x-amz-request-payer'] = endpoint.requestPayer
      if (endpoint.proxy?.authorization && !endpoint.tls) headers['proxy-authorization'] = endpoint.proxy.authorization
      if (!endpoint.credentials) return writeHead(path, endpoint, headers)
      signing ??= loadSigner()
      const sign = await signing
      return writeHead(path, endpoint, await sign({ path, headers, endpoint, now }))
    },
  }
}

/** A plain-HTTP proxy wants the absolute form of the target (RFC 9112, 3.2.2). */
function writeHead(path: string, endpoint: Endpoint, headers: Record<string, string>): string {
  const target =
    endpoint.proxy && !endpoint.proxy.socks && !endpoint.tls ? `http://${endpoint.hostHeader}${path}` : path
  let head = `GET ${target} HTTP/1.1\r\n`
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`
  return `${head}accept-encoding: identity\r\nuser-agent: longhaul\r\n\r\n`
}
