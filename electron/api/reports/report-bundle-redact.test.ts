import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Redaction, redact } from './report-bundle-redact.ts'

const PLAIN: Redaction = { secrets: [], homeFolder: '/home/wang', userName: 'wang' }
const KEY = 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

describe('always taken out', () => {
  test.each<[string, string, string]>([
    ['access key', 'key AKIAIOSFODNN7EXAMPLE refused', 'key [access-key] refused'],
    ['temporary access key', 'ASIAIOSFODNN7EXAMPLE', '[access-key]'],
    ['secret key by its form', `tried ${SECRET}.`.replace('.', ' '), 'tried [secret] '],
    [
      'signed address',
      'GET https://b.s3.amazonaws.com/k?X-Amz-Signature=ab&x=1 403',
      'GET https://b.s3.amazonaws.com/k?[removed] 403',
    ],
    ['password of a proxy', '"proxy":"http://wang:geheim@proxy:3128"', '"proxy":"http://[removed]@proxy:3128"'],
    ['password with an @ in it', 'http://wang:ge@heim@proxy:3128', 'http://[removed]@proxy:3128'],
    ['header', 'Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=cd', 'Authorization: [removed] [removed]'],
    ['field of JSON', '{"sessionToken":"IQo\\"Jb3","a":1}', '{"sessionToken":"[removed]","a":1}'],
    [
      'field of JSON within JSON',
      '{\\"sessionToken\\":\\"IQoJb3\\",\\"a\\":1}',
      '{\\"sessionToken\\":\\"[removed]\\",\\"a\\":1}',
    ],
    [
      'headers as botocore logs them',
      "{'X-Amz-Security-Token': b'IQoJb3', 'Host': b'h'}",
      "{'X-Amz-Security-Token': b'[removed]', 'Host': b'h'}",
    ],
    ['field of Python', "{'aws_session_token': 'IQoJb3'}", "{'aws_session_token': '[removed]'}"],
    ['argument of Python', "client(password='ge heim', a=1)", "client(password='[removed]', a=1)"],
    ['setting in double quotes', 'password = "ge heim" # old', 'password = "[removed]" # old'],
    [
      'setting in double quotes, in JSON',
      '{"detail":"token=\\"ge heim\\"","b":1}',
      '{"detail":"token=\\"[removed]\\"","b":1}',
    ],
    ['nothing but the end of a string', '{"a":"password=","b:":"c"}', '{"a":"password=","b:":"c"}'],
    ['a login in a key that is an address', 's3://b/http://wang:geheim@h/k', 's3://b/http://[removed]@h/k'],
    ['flag of a command', 'curl --proxy-password geheim --silent', 'curl --proxy-password [removed] --silent'],
    ['login of a proxy without a scheme', 'proxy wang:geheim@proxy:3128', 'proxy [removed]@proxy:3128'],
    ['cookie', 'Set-Cookie: sid=abc; Path=/', 'Set-Cookie: [removed]'],
    ['key of an interface', 'x-api-key: abc123', 'x-api-key: [removed]'],
    ['setting', 'aws_secret_access_key = abc123', 'aws_secret_access_key = [removed]'],
    ['S3 error body', '<AWSAccessKeyId>minioadmin</AWSAccessKeyId>', '<AWSAccessKeyId>[removed]</AWSAccessKeyId>'],
    ['signature in hex', `sig ${'0a'.repeat(32)}`, 'sig [hex]'],
    ['own home', '/home/wang/era5/x.nc', '~/era5/x.nc'],
    ['own folder elsewhere', '/scratch/wang/era5/wangs.nc', '/scratch/[user]/era5/wangs.nc'],
    ['own folder on another drive, in JSON', '"D:\\\\wang"', '"D:\\\\[user]"'],
    ['another home', '/Users/li/era5', '/Users/[user]/era5'],
    ['home on Windows', 'C:\\Users\\li\\era5', 'C:\\Users\\[user]\\era5'],
    ['home on Windows, a name with a space', 'C:\\Users\\li ming\\era5', 'C:\\Users\\[user]\\era5'],
    ['home on Windows in JSON', '"C:\\\\Users\\\\li\\\\era5"', '"C:\\\\Users\\\\[user]\\\\era5"'],
  ])('%s', (_, text, wanted) => expect(redact(text, PLAIN)).toBe(wanted))

  test('a key of the archive, a request id, numbers and a plain address stay', () => {
    const line = JSON.stringify({
      key: KEY,
      requestId: '4442587FB7D0A2F9',
      bytes: 123456789,
      url: 'https://b.example/k',
    })
    expect(redact(line, PLAIN)).toBe(line)
  })
  test('known secrets, as they stand, in JSON and in an address', () => {
    const secret = 'päss"word/1'
    const text = `${secret} ${JSON.stringify(secret)} ${encodeURIComponent(secret)}`
    expect(redact(text, { ...PLAIN, secrets: [secret] })).toBe('[removed] "[removed]" [removed]')
  })
})

describe('names, on request', () => {
  const hide = { bucket: 'era5-mirror', prefix: 'e5.oper.an.pl/202510/', folders: ['D:\\era5\\202510'] }
  const hidden = (text: string) => redact(text, { ...PLAIN, hide })
  test('bucket, keys, folders and globs', () => {
    const text = `${JSON.stringify({ bucket: 'era5-mirror', key: KEY, include: ['*130_t*'], destination: 'D:\\era5\\202510' })}
s3://era5-mirror/${KEY} era5-mirror.s3.amazonaws.com D:\\era5\\202510\\x`
    expect(hidden(text)).not.toMatch(/mirror|130_t|202510|oper/)
    expect(JSON.parse(hidden(text).split('\n')[0] ?? '')).toMatchObject({ include: [] })
  })
  test('bucket and prefix of another job, which a diagnosis names', () => {
    const text = '对象: s3://private-lab/2024/run-7/ at private-lab.s3.us-west-2.amazonaws.com, s3://private-lab'
    expect(hidden(text)).not.toMatch(/private|run-7/)
    expect(hidden(text)).toContain('.s3.us-west-2.amazonaws.com')
  })
  test('the same key has the same name everywhere', () => {
    const [one, other] = hidden(`${JSON.stringify({ key: KEY })}\n${KEY}`).split('\n')
    expect(one).toContain(other)
  })
})

describe('for any text', () => {
  const tail = fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
    minLength: 16,
    maxLength: 16,
  })
  const around = fc.string({ unit: 'grapheme-ascii', maxLength: 60 })
  test('an access key never gets through, whatever stands around it', () => {
    fc.assert(
      fc.property(around, tail, around, (before, name, after) => {
        expect(redact(`${before} AKIA${name} ${after}`, PLAIN)).not.toContain(`AKIA${name}`)
      }),
    )
  })
  test('a known secret never gets through', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9/+]{8,40}$/)
    fc.assert(
      fc.property(around, secret, around, (before, word, after) => {
        const clean = redact(before + word + after, { ...PLAIN, secrets: [word] })
        expect(clean.replaceAll('[removed]', '')).not.toContain(word)
      }),
    )
  })
  test('JSON stays JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ value, token: 'abc', key: KEY, path: 'C:\\Users\\li' })
        const hide = { bucket: 'era5-mirror', prefix: 'e5.oper.an.pl/', folders: ['/data'] }
        expect(() => JSON.parse(redact(text, PLAIN))).not.toThrow()
        expect(() => JSON.parse(redact(text, { ...PLAIN, hide }))).not.toThrow()
      }),
    )
  })
  test('twice is once', () => {
    fc.assert(
      fc.property(around, (text) => {
        const once = redact(text, PLAIN)
        expect(redact(once, PLAIN)).toBe(once)
      }),
    )
  })
})
