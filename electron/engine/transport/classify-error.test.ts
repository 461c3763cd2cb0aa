import { describe, expect, it } from 'vitest'
import { classifyHttpError, classifySocketError, readErrorAnswer, readRetryAfter } from './classify-error.ts'

describe('the class of an error answer', () => {
  it.each([
    // A named code outweighs the status.
    [503, 'SlowDown', 'throttled'],
    [200, 'SlowDown', 'throttled'],
    [400, 'RequestLimitExceeded', 'throttled'],
    [500, 'InternalError', 'server-error'],
    [400, 'RequestTimeout', 'reset'],
    [403, 'AccessDenied', 'denied'],
    [403, 'SignatureDoesNotMatch', 'credentials'],
    [400, 'ExpiredToken', 'credentials'],
    [403, 'RequestTimeTooSkewed', 'clock-skew'],
    [404, 'NoSuchBucket', 'missing-bucket'],
    [404, 'NoSuchKey', 'missing'],
    [301, 'PermanentRedirect', 'wrong-region'],
    [307, 'TemporaryRedirect', 'redirect-refused'],
    [400, 'AuthorizationHeaderMalformed', 'wrong-region'],
    [403, 'SecondLevelDomainForbidden', 'wrong-region'],
    [400, 'VirtualHostDomainRequired', 'wrong-region'],
    [403, 'InvalidObjectState', 'archived'],
    [416, 'InvalidRange', 'changed'],
    // Without one that is known, the status decides.
    [200, 'SomethingNew', 'server-error'],
    [503, undefined, 'throttled'],
    [429, undefined, 'throttled'],
    [500, undefined, 'server-error'],
    [502, undefined, 'server-error'],
    [504, 'SomethingNew', 'server-error'],
    [408, undefined, 'reset'],
    [407, undefined, 'proxy'],
    [401, undefined, 'credentials'],
    [403, 'SomethingNew', 'denied'],
    [402, undefined, 'denied'],
    [451, undefined, 'denied'],
    [404, undefined, 'missing'],
    [410, undefined, 'missing'],
    [412, undefined, 'changed'],
    [416, undefined, 'changed'],
    [302, undefined, 'redirect-refused'],
    // Of a cache, to a condition that nobody has set: it sends us nowhere.
    [304, undefined, 'protocol'],
    [400, undefined, 'protocol'],
    [204, undefined, 'protocol'],
  ])('%i %s is %s', (status, code, expected) => {
    expect(classifyHttpError(status, code)).toBe(expected)
  })

  it.each(['constructor', '__proto__', 'toString'])('a code named %s is only an unknown one', (code) => {
    expect(classifyHttpError(500, code)).toBe('server-error')
  })
})

describe('an error document', () => {
  const read = (status: number, body: string, headers: Record<string, string> = {}) =>
    readErrorAnswer({ status, body, headers: new Map(Object.entries(headers)), receivedAt: 0 })

  it.each<[string, string, Record<string, string>, string | undefined]>([
    ['in its document', '<Message>Ask there.</Message><Endpoint>b.s3.other</Endpoint>', {}, 'Ask there. -> b.s3.other'],
    ['in a header', '', { location: 'https://b.s3.other/key?X-Amz-Signature=1' }, 'b.s3.other'],
    ['nowhere', '<Message>Gone.</Message>', { location: '/login' }, 'Gone.'],
  ])('of a redirect tells the host that is named %s', (_name, body, headers, detail) => {
    expect(read(307, `<Error>${body}</Error>`, headers)).toMatchObject({ class: 'redirect-refused', detail })
  })

  it('that names the host to be asked instead quotes it, though it is no redirect', () => {
    const body = '<Error><Code>AccessDenied</Code><Message>Ask there.</Message><Endpoint>oss.other</Endpoint></Error>'
    expect(read(403, body, { location: 'https://elsewhere' }).detail).toBe('Ask there. -> oss.other')
  })

  it.each([
    [
      'Authorization: AWS4-HMAC-SHA256 Credential=AK/2026, Signature=5ec2e7',
      'Authorization: AWS4-HMAC-SHA256 Credential=AK/2026, Signature=...',
    ],
    ['GET /k?X-Amz-Signature=5ec2e7&amp;x=1 is stale', 'GET /k?X-Amz-Signature=...&x=1 is stale'],
    ['{"x-amz-security-token": "5ec2e7", "host": "h"}', '{"x-amz-security-token": "...", "host": "h"}'],
  ])('that quotes the request (%s) is told without what proves who asked', (message, detail) => {
    expect(read(403, `<Error><Message>${message}</Message></Error>`).detail).toBe(detail)
  })

  it.each([
    ['encrypted with a key of its owner', 400, 'InvalidRequest'],
    ['encrypted by KMS, asked for without a signature', 400, 'InvalidArgument'],
    ['a delete marker', 405, 'MethodNotAllowed'],
    ['by its status alone', 405, 'SomethingNew'],
  ])('that refuses an object %s denies it', (_name, status, code) => {
    expect(read(status, `<Error><Code>${code}</Code><Message>no</Message></Error>`)).toMatchObject({ class: 'denied' })
  })

  it('tells code, message and request', () => {
    const body =
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Not &lt;you&gt; &amp;amp;</Message>' +
      '<RequestId>4442587FB7D0A2F9</RequestId></Error>'
    expect(read(403, body)).toEqual({
      class: 'denied',
      code: 'AccessDenied',
      httpStatus: 403,
      detail: 'Not <you> &amp;',
      requestId: '4442587FB7D0A2F9',
    })
  })

  it.each<[string, string, string]>([
    ['empty', '', 'HTTP 500'],
    ['no XML', 'Bad gateway', 'HTTP 500'],
    ['cut in the middle of its code', '<Error><Code>Slow', 'HTTP 500'],
    ['a code that never ends', `<Error><Code>${'x'.repeat(100_000)}</Code>`, 'HTTP 500'],
    ['entities that would expand', '<!DOCTYPE a [<!ENTITY b "bbbb">]><Error><Code>&b;&b;</Code></Error>', '&b;&b;'],
  ])('%s', (_title, body, code) => {
    expect(read(500, body)).toMatchObject({ class: 'server-error', code, httpStatus: 500 })
  })

  it('finds the region in the document, in the headers, or in words', () => {
    const document = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>'
    expect(read(400, document)).toMatchObject({ class: 'wrong-region', region: 'eu-west-1' })
    expect(read(307, '', { 'x-amz-bucket-region': 'us-west-2' })).toMatchObject({
      class: 'wrong-region',
      region: 'us-west-2',
    })
    const words = "the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    const inWords = (code: string) => read(400, `<Error><Code>${code}</Code><Message>${words}</Message></Error>`)
    expect(inWords('AuthorizationHeaderMalformed')).toMatchObject({ class: 'wrong-region', region: 'eu-west-1' })
    expect(inWords('InvalidRequest')).not.toHaveProperty('region')
    expect(read(302, '')).toMatchObject({ class: 'redirect-refused' })
  })

  it.each<[string, Record<string, string>]>([
    ['in seconds', { 'retry-after': '7' }],
    ['as a date, by the clock of this machine', { 'retry-after': 'Thu, 01 Jan 1970 00:00:07 GMT' }],
    [
      "as a date, by the server's own clock",
      { 'retry-after': 'Sat, 04 Oct 2025 01:00:07 GMT', date: 'Sat, 04 Oct 2025 01:00:00 GMT' },
    ],
  ])('tells how long to wait %s', (_title, headers) => {
    expect(read(503, '', headers)).toMatchObject({ class: 'throttled', retryAfterMs: 7000 })
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2025, 9, 31, 12, 0, 0)
  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['0', 0],
    ['5', 5000],
    [' 5 ', 5000],
    ['999999999', 3_600_000],
    ['Fri, 31 Oct 2025 12:00:30 GMT', 30_000],
    ['Fri, 31 Oct 2025 11:00:00 GMT', 0],
    ['Fri, 31 Oct 2125 11:00:00 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
  ])('%s', (value, expected) => {
    expect(readRetryAfter(value, now)).toBe(expected)
  })
})

describe('the class of a socket error', () => {
  it.each([
    ['ECONNREFUSED', 'connecting', 'connect'],
    ['ETIMEDOUT', 'connecting', 'connect'],
    ['ECONNRESET', 'connecting', 'connect'],
    ['ECONNRESET', 'open', 'reset'],
    ['EPIPE', 'open', 'reset'],
    ['ETIMEDOUT', 'open', 'reset'],
    ['ENOTFOUND', 'connecting', 'dns'],
    ['EAI_AGAIN', 'connecting', 'dns'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connecting', 'tls'],
    ['CERT_HAS_EXPIRED', 'connecting', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'connecting', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'connecting', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connecting', 'tls'],
    ['EPROTO', 'connecting', 'tls'],
    // A record whose bytes were changed on their way: the connection is lost, no certificate was refused.
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'open', 'reset'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'connecting', 'connect'],
    ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'open', 'reset'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'open', 'reset'],
    // TLS 1.3 asks for it when the connection is open already.
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'open', 'tls'],
    ['ESOMETHINGNEW', 'connecting', 'connect'],
    ['ESOMETHINGNEW', 'open', 'reset'],
  ] as const)('%s while %s is %s', (code, phase, expected) => {
    expect(classifySocketError({ code, message: 'words' }, phase)).toEqual({ class: expected, code, detail: 'words' })
  })
  it.each([
    [
      'write EPROTO 40FD63:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/a.c:77:\n',
      'wrong version number',
    ],
    [
      'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      'self-signed certificate',
    ],
  ])('keeps of %j what concerns a user', (message, detail) => {
    expect(classifySocketError({ code: 'EPROTO', message }, 'connecting').detail).toBe(detail)
  })
})
