/**
 * Signature Version 4 as the server sees it, written from the specification and sharing no code with the client
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export type KeyPair = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** S3's error code, or undefined when the signature is right. */
export function checkSignature(request: IncomingMessage, keys: KeyPair, region: string): string | undefined {
  const authorization = request.headers.authorization ?? ''
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    )
  if (!match) return 'AccessDenied'
  const [, accessKeyId, date, signedRegion, signedHeaders, signature] = match as unknown as string[]
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId'
  if (signedRegion !== region) return 'AuthorizationHeaderMalformed'
  if (keys.sessionToken && request.headers['x-amz-security-token'] !== keys.sessionToken) return 'InvalidToken'

  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const names = (signedHeaders as string).split(';')
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders,
    request.headers['x-amz-content-sha256'] ?? '',
  ].join('\n')
  const scope = `${date}/${signedRegion}/s3/aws4_request`
  const digest = createHash('sha256').update(canonical).digest('hex')
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'] ?? '', scope, digest].join('\n')
  const key = hmac(hmac(hmac(hmac(`AWS4${keys.secretAccessKey}`, date as string), region), 's3'), 'aws4_request')
  const expected = hmac(key, toSign)
  return timingSafeEqual(expected, Buffer.from(signature as string, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}
