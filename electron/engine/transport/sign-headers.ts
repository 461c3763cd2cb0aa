/** Signature Version 4 of a GET, by the library that the AWS SDK signs with. */
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Endpoint } from '../engine-ports.ts'

/**
 * The headers to send, the signature among them. `path` is encoded, and may bring a query; `now` in Unix milliseconds.
 */
export type SignHeaders = (request: {
  path: string
  headers: Record<string, string>
  endpoint: Endpoint
  now: number
}) => Promise<Record<string, string>>

/** Keeps the signing key of the last endpoint. */
export function createHeaderSigner(): SignHeaders {
  let signer: { endpoint: Endpoint; v4: SignatureV4 } | undefined
  return async ({ path, headers, endpoint, now }) => {
    if (!signer || !isSameSigner(signer.endpoint, endpoint)) signer = { endpoint, v4: createSigner(endpoint) }
    const [pathname = '', query = ''] = path.split('?', 2)
    const signed = await signer.v4.sign(
      {
        method: 'GET',
        protocol: endpoint.tls ? 'https:' : 'http:',
        hostname: endpoint.hostname,
        path: pathname,
        query: query === '' ? {} : Object.fromEntries(new URLSearchParams(query)),
        headers: { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      {
        signingDate: new Date(now + (endpoint.clockOffsetMs ?? 0)),
        unsignableHeaders: new Set(['proxy-authorization']),
      },
    )
    return signed.headers
  }
}

const isSameSigner = (known: Endpoint, next: Endpoint): boolean =>
  known.region === next.region &&
  known.credentials?.accessKeyId === next.credentials?.accessKeyId &&
  known.credentials?.secretAccessKey === next.credentials?.secretAccessKey &&
  known.credentials?.sessionToken === next.credentials?.sessionToken

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
