/** The server's side of Signature Version 4: Amazon's own example, and the SDK's signer, which is not ours either. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askPlainly } from '../ask-plainly.ts'
import { checkSignature, type KeyPair } from './check-signature.ts'
import { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object" and "List objects". */
const EXAMPLE_KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const EMPTY_SHA256 = createHash('sha256').digest('hex')
const example = (url: string, signedHeaders: string, signature: string, more = {}) =>
  ({
    method: 'GET',
    url,
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      'x-amz-content-sha256': EMPTY_SHA256,
      'x-amz-date': '20130524T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`,
      ...more,
    },
  }) as unknown as IncomingMessage
const EXAMPLE_TIME = Date.UTC(2013, 4, 24)

const getObject = (url = '/test.txt', range = 'bytes=0-9') =>
  example(
    url,
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    { range },
  )

describe("Amazon's examples", () => {
  const listObjects = example(
    '/?max-keys=2&prefix=J',
    'host;x-amz-content-sha256;x-amz-date',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  )
  const rows: [string, IncomingMessage, KeyPair, string, number, string | undefined][] = [
    ['GET Object', getObject(), EXAMPLE_KEYS, 'us-east-1', EXAMPLE_TIME, undefined],
    ['List objects', listObjects, EXAMPLE_KEYS, 'us-east-1', EXAMPLE_TIME, undefined],
    ['another path', getObject('/text.txt'), EXAMPLE_KEYS, 'us-east-1', EXAMPLE_TIME, 'SignatureDoesNotMatch'],
    [
      'another range',
      getObject('/test.txt', 'bytes=0-8'),
      EXAMPLE_KEYS,
      'us-east-1',
      EXAMPLE_TIME,
      'SignatureDoesNotMatch',
    ],
    ['another region', getObject(), EXAMPLE_KEYS, 'eu-west-1', EXAMPLE_TIME, 'AuthorizationHeaderMalformed'],
    [
      'another key',
      getObject(),
      { ...EXAMPLE_KEYS, accessKeyId: 'AKIA' },
      'us-east-1',
      EXAMPLE_TIME,
      'InvalidAccessKeyId',
    ],
    ['14 minutes later', getObject(), EXAMPLE_KEYS, 'us-east-1', EXAMPLE_TIME + 14 * 60_000, undefined],
    ['16 minutes later', getObject(), EXAMPLE_KEYS, 'us-east-1', EXAMPLE_TIME + 16 * 60_000, 'RequestTimeTooSkewed'],
  ]
  it.each(rows)('%s', (_, request, keys, region, now, code) => {
    expect(checkSignature(request, keys, region, now)).toBe(code)
  })
})

describe('a server that asks for signatures', () => {
  const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'not+a/secret' }
  const key = "odd/a b+c%d!'()*&=温.nc"
  const options: FaultServerOptions = {
    buckets: { closed: [{ key, size: 5 }], open: [{ key: 'plain', size: 5 }] },
    keys,
    privateBuckets: ['closed'],
    region: 'eu-west-1',
  }
  let server: FaultServer
  beforeAll(async () => {
    server = await startFaultServer(options)
  })
  afterAll(() => server.close())

  const head = (credentials: KeyPair, region = 'eu-west-1', endpoint = server.endpointUrl) => {
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 })
    return s3.send(new HeadObjectCommand({ Bucket: 'closed', Key: key })).finally(() => s3.destroy())
  }

  it('takes the signature of the SDK, for odd keys and for listings', async () => {
    expect((await head(keys)).ContentLength).toBe(5)
    const s3 = new S3Client({
      endpoint: server.endpointUrl,
      region: 'eu-west-1',
      credentials: keys,
      forcePathStyle: true,
    })
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'closed', Prefix: "odd/a b+c%d!'()*" }))
    expect(listed.KeyCount).toBe(1)
    s3.destroy()
  })

  it.each([
    ['a wrong secret', { ...keys, secretAccessKey: 'other' }, 'eu-west-1', 403],
    ['an unknown key', { ...keys, accessKeyId: 'AKIAOTHER' }, 'eu-west-1', 403],
    ['a wrong region', keys, 'us-east-1', 400],
  ])('refuses %s', async (_, credentials, region, status) => {
    await expect(head(credentials, region)).rejects.toMatchObject({ $metadata: { httpStatusCode: status } })
  })

  it('refuses nobody in particular, but not in an open bucket', async () => {
    expect((await askPlainly(`${server.endpointUrl}/closed/x`)).status).toBe(403)
    expect((await askPlainly(`${server.endpointUrl}/open/plain`)).status).toBe(200)
  })

  it('whose clock is an hour ahead refuses, and tells its time, so that the SDK can try again', async () => {
    const ahead = await startFaultServer({ ...options, clockAheadSeconds: 3600 })
    try {
      const { headers } = await askPlainly(`${ahead.endpointUrl}/open/plain`)
      expect(Date.parse(headers.date ?? '') - Date.now()).toBeGreaterThan(3500_000)
      await expect(head(keys, 'eu-west-1', ahead.endpointUrl)).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      })
      const s3 = new S3Client({
        endpoint: ahead.endpointUrl,
        region: 'eu-west-1',
        credentials: keys,
        forcePathStyle: true,
      })
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'closed' }))
      expect(listed.KeyCount).toBe(1)
      expect(ahead.counters.errors).toEqual({ RequestTimeTooSkewed: 2 })
      s3.destroy()
    } finally {
      await ahead.close()
    }
  })
})
