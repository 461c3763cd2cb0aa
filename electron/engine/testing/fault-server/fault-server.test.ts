/**
 * The fault server as an S3: asked by plain HTTP, compared with
 * S3's documentation. Its weathers have tests beside them.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askPlainly, keepAliveAgent, type PlainQuestion } from '../ask-plainly.ts'
import { startSum } from '../objects/object-sums.ts'
import type { StoredObject } from '../objects/stored-objects.ts'
import { type FaultServer, startFaultServer } from './fault-server.ts'

const MIB = 1024 ** 2
const content = Buffer.from('hello, archive')
const OBJECTS: StoredObject[] = [
  { key: 'text', size: content.length, content, checksum: 'CRC64NVME' },
  { key: 'big', size: 3 * MIB + 5, upload: { partBytes: MIB }, checksum: 'SHA256' },
  { key: 'frozen', size: 10, storageClass: 'GLACIER' },
  { key: 'empty', size: 0 },
]

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer({
    buckets: { bucket: OBJECTS, elsewhere: OBJECTS, closed: OBJECTS },
    bucketRegions: { elsewhere: 'eu-west-1' },
    denied: ['closed'],
  })
})
afterAll(() => server.close())

const ask = (path: string, question?: PlainQuestion) => askPlainly(server.endpointUrl + path, question)
const codeOf = (body: Buffer) => /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1]
const big = OBJECTS[1] as StoredObject

describe('an object', () => {
  it('comes with the head of S3', async () => {
    const { status, headers, body } = await ask('/bucket/text')
    expect(status).toBe(200)
    expect(body.equals(content)).toBe(true)
    expect(headers).toMatchObject({
      etag: `"${createHash('md5').update(content).digest('hex')}"`,
      'content-length': '14',
      'accept-ranges': 'bytes',
      'last-modified': 'Mon, 03 Nov 2025 04:05:06 GMT',
      'x-amz-request-id': expect.stringMatching(/^R\d+$/),
    })
    expect(headers).not.toHaveProperty('keep-alive')
  })

  const ranges: [string, string, number, string | undefined, [number, number]][] = [
    ['the first bytes', 'bytes=0-9', 206, 'bytes 0-9/3145733', [0, 10]],
    ['bytes in the middle, over a page of 4 KiB', 'bytes=4090-8200', 206, 'bytes 4090-8200/3145733', [4090, 8201]],
    ['bytes to the end', 'bytes=3145700-', 206, 'bytes 3145700-3145732/3145733', [3145700, 3145733]],
    ['more than there is', 'bytes=3145700-9999999', 206, 'bytes 3145700-3145732/3145733', [3145700, 3145733]],
    ['the last bytes', 'bytes=-5', 206, 'bytes 3145728-3145732/3145733', [3145728, 3145733]],
    ['a range that is none: all', 'lines=1-2', 200, undefined, [0, 3145733]],
  ]
  it.each(ranges)('%s', async (_, range, status, contentRange, [start, end]) => {
    const answer = await ask('/bucket/big', { headers: { range } })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-range']).toBe(contentRange)
    expect(answer.body.equals(server.expectedBytes(big, start, end))).toBe(true)
  })

  it('has the ETag of its parts, and gives each part by number', async () => {
    const all = server.expectedBytes(big)
    const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
    const parts = [0, 1, 2, 3].map((part) => md5(all.subarray(part * MIB, (part + 1) * MIB)))
    const { headers, body, status } = await ask('/bucket/big?partNumber=2')
    expect(status).toBe(206)
    expect(headers.etag).toBe(`"${md5(Buffer.concat(parts)).toString('hex')}-4"`)
    expect(headers).toMatchObject({ 'x-amz-mp-parts-count': '4', 'content-range': 'bytes 1048576-2097151/3145733' })
    expect(body.equals(all.subarray(MIB, 2 * MIB))).toBe(true)
    expect(codeOf((await ask('/bucket/big?partNumber=5')).body)).toBe('InvalidPartNumber')
  })

  it('tells its checksum when asked, whole or of its parts', async () => {
    const question = { method: 'HEAD', headers: { 'x-amz-checksum-mode': 'ENABLED' } } as const
    const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
    const all = server.expectedBytes(big)
    const parts = [0, 1, 2, 3].map((part) => sha(all.subarray(part * MIB, (part + 1) * MIB)))
    expect((await ask('/bucket/big', question)).headers).toMatchObject({
      'x-amz-checksum-sha256': `${sha(Buffer.concat(parts)).toString('base64')}-4`,
      'x-amz-checksum-type': 'COMPOSITE',
    })
    expect((await ask('/bucket/text', question)).headers).toMatchObject({
      'x-amz-checksum-crc64nvme': expect.stringMatching(/^[\w+/]{11}=$/),
      'x-amz-checksum-type': 'FULL_OBJECT',
    })
    expect((await ask('/bucket/text', { method: 'HEAD' })).headers).not.toHaveProperty('x-amz-checksum-type')
  })

  it('that is empty has no ranges', async () => {
    expect(await ask('/bucket/empty')).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
    expect(await ask('/bucket/empty', { headers: { range: 'bytes=0-' } })).toMatchObject({ status: 416 })
    expect(await ask('/bucket/empty?partNumber=1')).toMatchObject({ status: 200 })
  })
})

// Catalogue of parametrised CRC algorithms: the check values of "123456789".
it.each([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
] as const)('%s of 123456789 is %s', (algorithm, check) => {
  const sum = startSum(algorithm)
  sum.update(Buffer.from('12345'))
  sum.update(Buffer.from('6789'))
  expect(sum.digest().toString('hex')).toBe(check)
})

describe('a refusal', () => {
  const rows: [string, string, PlainQuestion, number, string][] = [
    ['a missing key', '/bucket/nothing', {}, 404, 'NoSuchKey'],
    ['a missing bucket', '/nowhere?list-type=2', {}, 404, 'NoSuchBucket'],
    ['a closed bucket', '/closed/text', {}, 403, 'AccessDenied'],
    ['an object changed since', '/bucket/text', { headers: { 'if-match': '"other"' } }, 412, 'PreconditionFailed'],
    ['a range behind the end', '/bucket/text', { headers: { range: 'bytes=14-' } }, 416, 'InvalidRange'],
    ['an archived object', '/bucket/frozen', {}, 403, 'InvalidObjectState'],
    ['a path that is no path', '/bucket/%zz', {}, 400, 'InvalidURI'],
    ['a page size that is none', '/bucket?list-type=2&max-keys=many', {}, 400, 'InvalidArgument'],
    ['writing', '/bucket/text', { method: 'PUT' }, 405, 'MethodNotAllowed'],
    ['a bucket that lives elsewhere', '/elsewhere/text', {}, 301, 'PermanentRedirect'],
  ]
  it.each(rows)('%s', async (_, path, question, status, code) => {
    const answer = await ask(path, question)
    expect(answer.status).toBe(status)
    expect(codeOf(answer.body)).toBe(code)
    expect(answer.body.toString()).toMatch(/<Message>.+<\/Message>.*<RequestId>R\d+<\/RequestId>/)
  })

  it('names the region of a bucket that lives elsewhere, and serves who asks for that region', async () => {
    expect((await ask('/elsewhere', { method: 'HEAD' })).headers['x-amz-bucket-region']).toBe('eu-west-1')
    const authorization = `AWS4-HMAC-SHA256 Credential=K/20251101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`
    expect((await ask('/elsewhere/text', { headers: { authorization } })).status).toBe(200)
  })

  it('of a HEAD has no body', async () => {
    expect(await ask('/bucket/nothing', { method: 'HEAD' })).toMatchObject({ status: 404, body: Buffer.alloc(0) })
  })
})

describe('a bucket is found', () => {
  it.each([
    ['in the path', '/bucket/text', {}],
    ['in the name of the host', '/text', { host: 'bucket.s3.localhost:1234' }],
    ['in any name of the host that begins with it', '/text', { host: 'bucket.s3.example.com' }],
  ])('%s', async (_, path, headers: Record<string, string>) => {
    expect((await ask(path, { headers })).body.equals(content)).toBe(true)
  })

  it('missing, also by the name of the host', async () => {
    expect(codeOf((await ask('/text', { headers: { host: 'nowhere.s3.localhost' } })).body)).toBe('NoSuchBucket')
  })

  it('in the list of buckets', async () => {
    const names = [...(await ask('/')).body.toString().matchAll(/<Name>(\w+)<\/Name>/g)].map((match) => match[1])
    expect(names).toEqual(['bucket', 'elsewhere', 'closed'])
  })
})

describe('the server', () => {
  it('speaks TLS with a certificate made on the spot, that nobody else trusts', async () => {
    const tls = await startFaultServer({ buckets: { bucket: OBJECTS }, tls: 'self-signed', addresses: ['127.0.0.1'] })
    try {
      const url = `${tls.endpointUrl}/bucket/text`
      expect((await askPlainly(url, { ca: tls.ca })).body.equals(content)).toBe(true)
      expect(await askPlainly(url)).toMatchObject({ status: 0, error: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    } finally {
      await tls.close()
    }
  })

  it('counts connections, requests on each and bytes; and closes every socket', async () => {
    const counted = await startFaultServer({ buckets: { bucket: OBJECTS } })
    const agent = keepAliveAgent(2)
    try {
      const asked = Array.from({ length: 10 }, () => askPlainly(`${counted.endpointUrl}/bucket/text`, { agent }))
      await Promise.all(asked)
      expect(counted.counters).toMatchObject({ requests: 10, gets: 10, bytesSent: 140, connections: 2, maxOpen: 2 })
      expect(counted.connections().reduce((sum, { requests }) => sum + requests, 0)).toBe(10)
      expect(counted.openSockets()).toBe(2)
    } finally {
      agent.destroy()
      await counted.close()
    }
    expect(counted.openSockets()).toBe(0)
  })

  it('makes the same bytes from the same seed, and others from another', () => {
    const other = { ...big, version: 1 }
    expect(server.expectedBytes(big, 5, 100).equals(server.expectedBytes(big).subarray(5, 100))).toBe(true)
    expect(server.expectedBytes(other).equals(server.expectedBytes(big))).toBe(false)
    const pages = new Set<string>()
    const all = server.expectedBytes(big)
    for (let at = 0; at + 4096 <= all.length; at += 4096) pages.add(all.subarray(at, at + 4096).toString('base64'))
    // Noise repeats after 1 MiB; the stamps keep a page in the wrong place from looking right.
    expect(pages.size).toBe(Math.floor(all.length / 4096))
    expect(server.expectedSha256(big)).toBe(createHash('sha256').update(all).digest('hex'))
  })
})
