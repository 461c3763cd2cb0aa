import { describe, expect, it } from 'vitest'
import { isUnsigned, keysFailure, sdkFailure } from './sdk-failure.ts'

const NOW = Date.UTC(2025, 9, 4)

const thrown = (message: string, properties: object): Error => Object.assign(new Error(message), properties)
const answered = (httpStatusCode: number, name: string, more: object = {}) =>
  thrown('words', { name, $metadata: { httpStatusCode, requestId: 'R1' }, ...more })

describe('what the SDK throws', () => {
  it.each<[string, unknown, object]>([
    [
      'a denial names the bucket',
      answered(403, 'AccessDenied'),
      { class: 'denied', subject: 'bucket', requestId: 'R1' },
    ],
    ['no such bucket', answered(404, 'NoSuchBucket'), { class: 'missing-bucket', subject: 'bucket' }],
    ['no such key', answered(404, 'NoSuchKey'), { class: 'missing' }],
    ['a refusal without a document', answered(416, 'Unknown'), { class: 'changed', code: 'HTTP 416' }],
    ['a condition that nobody has set', answered(412, 'Unknown'), { class: 'protocol', code: 'HTTP 412' }],
    ['throttling', answered(503, 'SlowDown'), { class: 'throttled', httpStatus: 503 }],
    [
      'how long to wait, in seconds',
      answered(503, 'SlowDown', { $response: { headers: { 'retry-after': '7' } } }),
      { class: 'throttled', retryAfterMs: 7000 },
    ],
    [
      "how long to wait, as a date of the server's clock",
      answered(429, 'Unknown', {
        $response: {
          headers: { 'retry-after': 'Sat, 04 Oct 2025 00:00:30 GMT', date: 'Sat, 04 Oct 2025 00:00:00 GMT' },
        },
      }),
      { class: 'throttled', retryAfterMs: 30_000 },
    ],
    ['an unknown key id', answered(403, 'InvalidAccessKeyId'), { class: 'credentials' }],
    [
      'the region is elsewhere, told by a header',
      answered(301, 'Unknown', { $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } } }),
      { class: 'wrong-region', region: 'eu-west-1' },
    ],
    [
      'sent away, to a host that the document names',
      answered(307, 'TemporaryRedirect', { Endpoint: 'b.s3.other' }),
      { class: 'redirect-refused', detail: 'words -> b.s3.other' },
    ],
    [
      'sent away, to a host that a header names',
      answered(302, 'Unknown', { $response: { headers: { location: 'https://login.hotel.example/?token=1' } } }),
      { class: 'redirect-refused', detail: 'words -> login.hotel.example' },
    ],
    [
      'the region is elsewhere, told by the document',
      answered(400, 'AuthorizationHeaderMalformed', { Region: 'eu-west-1' }),
      { class: 'wrong-region', region: 'eu-west-1' },
    ],
    ['a host without address', thrown('getaddrinfo', { code: 'ENOTFOUND' }), { class: 'dns', code: 'ENOTFOUND' }],
    ['nobody listens', thrown('connect', { code: 'ECONNREFUSED' }), { class: 'connect' }],
    [
      'nobody listens on any of several addresses',
      thrown('', { errors: [thrown('connect', { code: 'ECONNREFUSED' })] }),
      { class: 'connect' },
    ],
    [
      'an answer that is no HTTP',
      thrown('Parse Error: Expected HTTP/', { code: 'HPE_INVALID_CONSTANT' }),
      { class: 'protocol', code: 'HPE_INVALID_CONSTANT' },
    ],
    [
      'an answer that ends in its head',
      thrown('Parse Error', { code: 'HPE_INVALID_EOF_STATE' }),
      { class: 'connect', code: 'HPE_INVALID_EOF_STATE' },
    ],
    ['a certificate nobody trusts', thrown('self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), { class: 'tls' }],
    [
      'no connection in time',
      thrown('Socket timed out without establishing a connection', { name: 'TimeoutError' }),
      { class: 'connect', code: 'timeout' },
    ],
    [
      'a connection that is cut, which the SDK calls a timeout',
      thrown('read ECONNRESET', { name: 'TimeoutError', code: 'ECONNRESET' }),
      { class: 'reset', code: 'ECONNRESET' },
    ],
    [
      'no credentials anywhere',
      thrown('Could not load', { name: 'CredentialsProviderError' }),
      { class: 'credentials' },
    ],
    [
      'the file of a token that is not there',
      thrown('ENOENT: no such file', { code: 'ENOENT', syscall: 'open', path: '/var/run/token' }),
      { class: 'credentials', code: 'ENOENT' },
    ],
    [
      'a handshake that is cut',
      thrown('Client network socket disconnected before secure TLS connection was established', {
        code: 'ECONNRESET',
        path: null,
        host: '192.0.2.1',
        port: 443,
      }),
      { class: 'connect', code: 'ECONNRESET' },
    ],
    ['a word that is no error', 'gone', { class: 'protocol' }],
  ])('%s', (_title, error, expected) => {
    expect(sdkFailure(error, 'bucket', NOW)).toMatchObject(expected)
  })

  it.each<[string, unknown, boolean]>([
    ["a proxy's own page", thrown('UnknownError', { name: 'Unknown', $metadata: { httpStatusCode: 403 } }), true],
    ["S3's refusal of a HEAD", answered(403, 'Unknown'), false],
    ["S3's document", answered(403, 'AccessDenied'), false],
    ['no answer', thrown('connect', { code: 'ECONNREFUSED' }), false],
  ])("tells an answer that is nobody's: %s", (_title, error, expected) => {
    expect(isUnsigned(sdkFailure(error, 'bucket', NOW))).toBe(expected)
  })

  it('has no code for a page that is no document', () => {
    expect(sdkFailure(thrown("char '>' is not expected", {}), 'bucket', NOW)).not.toHaveProperty('code')
  })

  it('quotes no more than a line of it', () => {
    expect(sdkFailure(thrown('x'.repeat(5000), { code: 'ECONNREFUSED' }), 'bucket', NOW).detail).toHaveLength(300)
  })
})

describe('what gives the keys, and cannot be reached, is named: it is not the endpoint of the bucket', () => {
  it.each<[string, unknown, object]>([
    [
      'no address',
      thrown('getaddrinfo', { code: 'ENOTFOUND', hostname: 'sts.eu-west-1.amazonaws.com' }),
      { class: 'dns', subject: 'sts.eu-west-1.amazonaws.com' },
    ],
    [
      'nobody listens',
      thrown('connect', { code: 'ECONNREFUSED', address: '192.0.2.1', port: 443 }),
      { class: 'connect', subject: '192.0.2.1:443' },
    ],
    [
      'on any of several addresses',
      thrown('', { errors: [thrown('connect', { code: 'ECONNREFUSED', address: '192.0.2.1', port: 443 })] }),
      { class: 'connect', subject: '192.0.2.1:443' },
    ],
    [
      'no connection in time',
      thrown('Socket timed out without establishing a connection', { name: 'TimeoutError' }),
      { class: 'connect', subject: 'AWS STS / SSO' },
    ],
    ['it refuses instead', answered(403, 'AccessDenied'), { class: 'credentials', subject: undefined }],
  ])('%s', (_title, error, { subject, ...expected }: { subject?: string }) => {
    const failure = keysFailure(error, NOW)
    expect(failure).toMatchObject(expected)
    expect(failure.subject).toBe(subject)
  })
})
