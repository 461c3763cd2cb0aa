import { describe, expect, it } from 'vitest'
import type { Endpoint, FetchTask } from '../engine-ports.ts'
import { encodeKey } from './encode-key.ts'
import { createRequestSigner } from './request-head.ts'

const endpoint: Endpoint = {
  tls: true,
  hostHeader: 'bucket.s3.amazonaws.com',
  hostname: 'bucket.s3.amazonaws.com',
  port: 443,
  basePath: '/',
  region: 'us-east-1',
}
const task: FetchTask = {
  taskId: 1,
  key: 'a/b.nc',
  range: { start: 16, end: 32 },
  objectSize: 100,
  etag: 'abc',
  file: { kind: 'open', fd: 3 },
  acceptWhole: false,
}
const NOON = Date.UTC(2025, 9, 31, 12)

const headFor = (changes: Partial<FetchTask>, at: Partial<Endpoint> = {}) =>
  createRequestSigner().headFor({ ...task, ...changes }, { ...endpoint, ...at }, NOON)

describe('a key in a path', () => {
  it.each([
    ['e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.nc', 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.nc'],
    ['a b', 'a%20b'],
    ['a+b', 'a%2Bb'],
    ["!'()*", '%21%27%28%29%2A'],
    ['-_.~', '-_.~'],
    ['a//b', 'a//b'],
    ['../a', '../a'],
    ['温度', '%E6%B8%A9%E5%BA%A6'],
    ['%2F', '%252F'],
    ['a?b#c&d=e', 'a%3Fb%23c%26d%3De'],
    ['line\r\nbreak', 'line%0D%0Abreak'],
    ['half \uD800 pair', 'half%20%EF%BF%BD%20pair'],
  ])('%j', (key, expected) => {
    expect(encodeKey(key)).toBe(expected)
  })
})

describe('the head of a request', () => {
  it('asks for a range of the pinned object, and for its bytes as they are', async () => {
    expect(await headFor({})).toBe(
      'GET /a/b.nc HTTP/1.1\r\nhost: bucket.s3.amazonaws.com\r\nrange: bytes=16-31\r\nif-match: "abc"\r\n' +
        'accept-encoding: identity\r\nuser-agent: longhaul\r\n\r\n',
    )
  })

  it.each<[string, Partial<FetchTask>, Partial<Endpoint>, RegExp]>([
    ['a whole object needs no range', { range: { start: 0, end: 100 } }, {}, /^(?!.*range:)/s],
    ['an object without ETag is not pinned', { etag: '' }, {}, /^(?!.*if-match)/s],
    ['no condition for a server that refuses its own ETag', { unconditional: true }, {}, /^(?!.*if-match)/s],
    ['the bucket in the path', {}, { basePath: '/bucket/' }, /^GET \/bucket\/a\/b\.nc /],
    [
      'a server behind SOCKS gets what it gets without',
      {},
      { tls: false, proxy: { hostname: 'p', port: 1080, tls: false, socks: { user: '', password: '' } } },
      /^GET \/a\/b\.nc /,
    ],
    [
      'a plain proxy gets the absolute address and its own password',
      {},
      { tls: false, proxy: { hostname: 'p', port: 3128, tls: false, authorization: 'Basic cDpx' } },
      /^GET http:\/\/bucket\.s3\.amazonaws\.com\/a\/b\.nc .*proxy-authorization: Basic cDpx/s,
    ],
    [
      'a tunnel carries neither',
      {},
      { proxy: { hostname: 'p', port: 3128, tls: false, authorization: 'Basic cDpx' } },
      /^GET \/a\/b\.nc (?!.*proxy-authorization)/s,
    ],
  ])('%s', async (_title, changes, at, expected) => {
    expect(await headFor(changes, at)).toMatch(expected)
  })

  it('cannot be broken open by a key', async () => {
    const head = await headFor({ key: 'a HTTP/1.1\r\nx-evil: 1\r\n\r\n' })
    expect(head).not.toMatch(/^x-evil/m)
    expect(head.match(/\r\n\r\n/g)).toHaveLength(1)
  })
})

describe('a signed request', () => {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const authorization = (head: string) => /^authorization: (.*)$/m.exec(head)?.[1] ?? ''

  it('signs host, range, ETag, date and payload, and never the secret', async () => {
    const head = await headFor({}, { credentials })
    expect(authorization(head)).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20251031\/us-east-1\/s3\/aws4_request, SignedHeaders=host;if-match;range;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    )
    expect(head).toMatch(/^x-amz-content-sha256: UNSIGNED-PAYLOAD$/m)
    expect(head).not.toContain(credentials.secretAccessKey)
  })

  it('signs the query of a redirect apart from its path', async () => {
    const headAt = (path: string) => createRequestSigner().headFor(task, { ...endpoint, credentials }, NOON, path)
    const signed = async (path: string) => authorization(await headAt(path))
    expect(await headAt('/x?b=2&a=1')).toMatch(/^GET \/x\?b=2&a=1 /)
    // Its canonical form is sorted.
    expect(await signed('/x?b=2&a=1')).toBe(await signed('/x?a=1&b=2'))
    expect(await signed('/x')).not.toBe(await signed('/x?a=1'))
  })

  it('says who pays, and signs that', async () => {
    const head = await headFor({}, { credentials, requestPayer: 'requester' })
    expect(head).toMatch(/^x-amz-request-payer: requester$/m)
    expect(authorization(head)).toContain(';x-amz-date;x-amz-request-payer,')
    expect(await headFor({}, { credentials })).not.toContain('request-payer')
  })

  it('sends the session token', async () => {
    expect(await headFor({}, { credentials: { ...credentials, sessionToken: 'token' } })).toMatch(
      /^x-amz-security-token: token$/m,
    )
  })

  it('moves its date by what the server said our clock is off', async () => {
    expect(await headFor({}, { credentials, clockOffsetMs: -3_600_000 })).toMatch(/^x-amz-date: 20251031T110000Z$/m)
  })

  it('signs anew with new credentials, and the same with the same', async () => {
    const signer = createRequestSigner()
    const sign = async (secretAccessKey: string) =>
      authorization(await signer.headFor(task, { ...endpoint, credentials: { ...credentials, secretAccessKey } }, NOON))
    const [one, other, oneAgain] = [await sign('one'), await sign('other'), await sign('one')]
    expect(other).not.toBe(one)
    expect(oneAgain).toBe(one)
  })
})
