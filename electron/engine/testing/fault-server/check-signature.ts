/**
 * Signature Version 4 as the server sees it, written from the specification and sharing no code with the client
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export type KeyPair = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

/** S3 refuses signatures whose time differs by more. */
const MAX_SKEW_MS = 15 * 60_000

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** S3's error code, or undefined when the signature is right. `now`: the server's own time, Unix milliseconds. */
export function checkSignature(
  request: IncomingMessage,
  keys: KeyPair,
  region: string,
  now: number,
): string | undefined {
  const credential = readAuthorization(request)
  if (!credential) return 'AccessDenied'
  if (credential.accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId'
  if (credential.region !== region) return 'AuthorizationHeaderMalformed'
  if (keys.sessionToken && request.headers['x-amz-security-token'] !== keys.sessionToken) return 'InvalidToken'
  const names = credential.signedHeaders.split(';')
  // What is not signed could have been changed on the way.
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'AccessDenied'
  const signedAt = readAmazonDate(String(request.headers['x-amz-date'] ?? ''))
  if (!(Math.abs(now - signedAt) <= MAX_SKEW_MS)) return 'RequestTimeTooSkewed'

  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const headers = names.map((name) => {
    const value = String(request.headers[name] ?? '').trim()
    return `${name}:${value.replace(/ +/g, ' ')}`
  })
  const canonical = [
    request.method,
    path.split('/').map(encodeAsAmazon).join('/'),
    canonicalQuery(query),
    ...headers,
    '',
    credential.signedHeaders,
    request.headers['x-amz-content-sha256'] ?? '',
  ].join('\n')
  const scope = `${credential.date}/${credential.region}/s3/aws4_request`
  const digest = createHash('sha256').update(canonical).digest('hex')
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'] ?? '', scope, digest].join('\n')
  const key = hmac(hmac(hmac(hmac(`AWS4${keys.secretAccessKey}`, credential.date), region), 's3'), 'aws4_request')
  const isRight = timingSafeEqual(hmac(key, toSign), Buffer.from(credential.signature, 'hex'))
  return isRight ? undefined : 'SignatureDoesNotMatch'
}

/** The parts of the Authorization header; undefined when the request is anonymous or the header is none of SigV4. */
export function readAuthorization({ headers }: IncomingMessage) {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
  if (!match) return undefined
  const [, accessKeyId = '', date = '', region = '', signedHeaders = '', signature = ''] = match
  return { accessKeyId, date, region, signedHeaders, signature }
}

/** The server decodes what came and encodes it by Amazon's own rule, so that a client's own rule shows. */
const encodeAsAmazon = (part: string): string =>
  encodeURIComponent(decodeURIComponent(part)).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=').map(encodeAsAmazon)
      return `${name}=${value}`
    })
    .sort()
    .join('&')

/** `20251101T120000Z` */
const readAmazonDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
