/** Writes the head of a GET, signed by Signature Version 4 when the endpoint has credentials. */
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Endpoint, FetchTask } from '../engine-ports.ts'
import { encodeKey } from './encode-key.ts'

export type RequestSigner = {
  /** The whole head, ready for the socket, in Latin-1. */
  headFor(task: FetchTask, endpoint: Endpoint, now: number): Promise<string>
}

/** Signing keys are cached inside; one signer per worker. */
export function createRequestSigner(): RequestSigner {
  let signer: { endpoint: Endpoint; v4: SignatureV4 } | undefined
  return {
    async headFor(task, endpoint, now) {
      const path = endpoint.basePath + encodeKey(task.key)
      const headers: Record<string, string> = { host: endpoint.hostHeader }
      const whole = task.range.start === 0 && task.range.end === task.objectSize
      if (!whole) headers.range = `bytes=${task.range.start}-${task.range.end - 1}`
      if (task.check?.kind === 'compare') headers['x-amz-checksum-mode'] = 'ENABLED'
      if (task.etag) headers['if-match'] = `"${task.etag}"`
      if (endpoint.proxy?.authorization && !endpoint.tls) headers['proxy-authorization'] = endpoint.proxy.authorization
      if (!endpoint.credentials) return writeHead(path, endpoint, headers)

      if (!sameSigner(signer?.endpoint, endpoint)) signer = { endpoint, v4: createSigner(endpoint) }
      const signed = await (signer as { v4: SignatureV4 }).v4.sign(
        {
          method: 'GET',
          protocol: endpoint.tls ? 'https:' : 'http:',
          hostname: endpoint.hostname,
          path,
          query: {},
          headers: { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
        },
        {
          signingDate: new Date(now + (endpoint.clockOffsetMs ?? 0)),
          unsignableHeaders: new Set(['proxy-authorization']),
        },
      )
      return writeHead(path, endpoint, signed.headers)
    },
  }
}

function sameSigner(known: Endpoint | undefined, next: Endpoint): boolean {
  return (
    known !== undefined &&
    known.region === next.region &&
    known.credentials?.accessKeyId === next.credentials?.accessKeyId &&
    known.credentials?.secretAccessKey === next.credentials?.secretAccessKey &&
    known.credentials?.sessionToken === next.credentials?.sessionToken
  )
}

function createSigner(endpoint: Endpoint): SignatureV4 {
  if (!endpoint.credentials) throw new Error('an endpoint without credentials is not signed for')
  const { accessKeyId, secretAccessKey, sessionToken } = endpoint.credentials
  return new SignatureV4({
    service: 's3',
    region: endpoint.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    sha256: Sha256,
    // S3 paths are encoded once and never normalised.
    uriEscapePath: false,
    applyChecksum: false,
  })
}

/** The hash interface of the signing library over Node's own crypto. */
class Sha256 {
  #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret))
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data))
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}

/** A plain-HTTP proxy wants the absolute form of the target (RFC 9112, 3.2.2). */
function writeHead(path: string, endpoint: Endpoint, headers: Record<string, string>): string {
  const target = endpoint.proxy && !endpoint.tls ? `http://${endpoint.hostHeader}${path}` : path
  let head = `GET ${target} HTTP/1.1\r\n`
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`
  return `${head}accept-encoding: identity\r\nuser-agent: longhaul\r\n\r\n`
}
