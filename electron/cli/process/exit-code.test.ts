import { describe, expect, test } from 'vitest'
import { FAILURE_CLASSES, type Failure, type FailureClass } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import { emptySummary } from '../../api/jobs/empty-summary.ts'
import { summaryLines } from '../output/human-lines.ts'
import { adviceFor, languageOf, localeLanguageOf, printable, sentenceFor } from '../output/sentences.ts'
import { exitCodeOf } from './exit-code.ts'

const EXPECTED: Record<FailureClass, number> = {
  throttled: 4,
  'server-error': 4,
  stalled: 4,
  slow: 4,
  reset: 4,
  connect: 4,
  dns: 4,
  tls: 4,
  proxy: 4,
  denied: 3,
  credentials: 3,
  'clock-skew': 3,
  'missing-bucket': 3,
  missing: 3,
  'wrong-region': 3,
  'redirect-refused': 3,
  changed: 1,
  archived: 1,
  protocol: 4,
  corrupt: 1,
  'disk-full': 5,
  'disk-denied': 5,
  'disk-gone': 5,
  disk: 5,
  locked: 5,
  'unsafe-path': 5,
  cancelled: 130,
  usage: 2,
}

test.each(FAILURE_CLASSES)('a job that ends with %s has its exit code', (failureClass) => {
  expect(exitCodeOf(emptySummary({ class: failureClass }))).toBe(EXPECTED[failureClass])
})

test('a mistake of ours is not blamed on the service: exit code 1, and what it was', () => {
  const failure: Failure = { class: 'protocol', code: 'internal', detail: 'EMFILE: too many open files' }
  expect(exitCodeOf(emptySummary(failure))).toBe(1)
  expect(sentenceFor(failure, 'en')).toBe('Longhaul itself has failed. ("EMFILE: too many open files")')
  expect(sentenceFor(failure, 'zh')).toBe('Longhaul 自身出错。（"EMFILE: too many open files"）')
  for (const language of ['en', 'zh'] as const) expect(adviceFor(failure, language)).not.toContain('--endpoint-url')
})

const { failure: _failure, ...plain } = emptySummary({ class: 'usage' })
test.each<[string, Partial<Summary>, number]>([
  ['everything is there', { status: 'completed' }, 0],
  ['some objects failed', { status: 'failed', objectsFailed: 2 }, 1],
  ['the user interrupted', { status: 'interrupted' }, 130],
])('%s', (_, summary, code) => {
  expect(exitCodeOf({ ...plain, ...summary })).toBe(code)
})

describe('every failure class has one sentence', () => {
  test.each(FAILURE_CLASSES.flatMap((name) => [[name, 'en'] as const, [name, 'zh'] as const]))(
    '%s in %s',
    (name, language) => {
      const named = sentenceFor({ class: name, subject: "a$&b$'" }, language)
      const bare = sentenceFor({ class: name }, language)
      expect(named).toContain("a$&b$'")
      for (const sentence of [named, bare]) {
        expect(sentence).toMatch(/[.。)）]$/)
        expect(sentence).not.toMatch(/undefined|\n/)
      }
      expect(/[一-鿿]/.test(bare)).toBe(language === 'zh')
    },
  )

  test('the other side is quoted, our own codes are not', () => {
    expect(
      sentenceFor(
        { class: 'denied', subject: 'b', httpStatus: 403, code: 'AccessDenied', detail: 'No\u001b[31m' },
        'en',
      ),
    ).toBe('Access to b is denied. (HTTP 403, AccessDenied, "No [31m")')
    expect(sentenceFor({ class: 'proxy', code: 'HTTP 407', httpStatus: 407 }, 'en')).toMatch(/ \(HTTP 407\)$/)
    expect(sentenceFor({ class: 'missing', subject: 'p/', code: 'empty-prefix' }, 'en')).toBe('There is nothing at p/.')
    expect(sentenceFor({ class: 'wrong-region', subject: 'b', region: 'eu-west-1' }, 'en')).toContain(
      '--region eu-west-1',
    )
  })
})

test('credentials that have run out are not said to be none', () => {
  const failure = { class: 'credentials', code: 'ExpiredToken', httpStatus: 403 } as const
  expect(sentenceFor(failure, 'en')).toBe('The credentials have run out. (HTTP 403, ExpiredToken)')
  expect(sentenceFor(failure, 'zh')).toBe('凭证已过期。（HTTP 403, ExpiredToken）')
})

test('keys that are refused are not said to be none; an object that is refused by such a code says nothing of them', () => {
  const failure = { class: 'credentials', code: 'SignatureDoesNotMatch', httpStatus: 403 } as const
  expect(sentenceFor(failure, 'en')).toBe('The access keys are refused. (HTTP 403, SignatureDoesNotMatch)')
  expect(adviceFor(failure, 'zh')).toMatch(/^请检查 Access Key ID 和 Secret/)
  expect(sentenceFor({ ...failure, class: 'denied' }, 'en')).toMatch(/^Access is denied/)
})

test('a listing that leads nowhere is not said to be none of S3', () => {
  const failure = { class: 'protocol', code: 'list-does-not-advance', subject: 'era5' } as const
  expect(sentenceFor(failure, 'en')).toBe('The listing of era5 does not get to its next page.')
  expect(sentenceFor(failure, 'zh')).toBe('era5 的列表翻不到下一页。')
})

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{}, 'en'],
] as const)('the language of %j is %s', (environment, language) => {
  expect(languageOf(environment)).toBe(language)
})

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, undefined],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' }, undefined],
  [{}, undefined],
] as const)('the locale of %j speaks for %s', (environment, language) => {
  expect(localeLanguageOf(environment)).toBe(language)
})

test.each<[string, Failure, 'en' | 'zh', string]>([
  ['a step to take', { class: 'proxy' }, 'en', ' Check --proxy, or use --proxy none.'],
  ['in Chinese', { class: 'proxy' }, 'zh', '请检查 --proxy，或改用 --proxy none。'],
  [
    'a proxy with a login',
    { class: 'proxy', httpStatus: 407 },
    'zh',
    '它需要登录：--proxy http://用户名:密码@主机:端口。',
  ],
  [
    'a file where the folder should be',
    { class: 'disk', code: 'EEXIST' },
    'en',
    ' A file stands where a folder is needed; choose another folder.',
  ],
  ['a path too long', { class: 'disk', code: 'ENAMETOOLONG' }, 'zh', '请换一个路径更短的文件夹。'],
  ['any other trouble of the disk', { class: 'disk', code: 'EIO' }, 'en', ''],
  [
    'a profile nobody has',
    { class: 'credentials', code: 'unknown-profile' },
    'zh',
    '~/.aws 中没有这个名字的 profile。',
  ],
  [
    'a service that fails',
    { class: 'server-error', httpStatus: 500 },
    'en',
    ' That is a fault of the service, and mostly passes: try again later.',
  ],
  ['nothing to do about it', { class: 'cancelled' }, 'en', ''],
  [
    'a bucket with dots in front of the host',
    { class: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    'en',
    ' It is a certificate for other names: a bucket with dots in its name needs --path-style.',
  ],
  [
    'a certificate of the past, as a clock that is wrong sees it',
    { class: 'tls', code: 'CERT_HAS_EXPIRED' },
    'en',
    " Check this machine's date; if it is right, tell whoever runs the service.",
  ],
  [
    'a server without TLS',
    { class: 'tls', code: 'EPROTO', detail: 'wrong version number' },
    'zh',
    '那里使用的不是 TLS：请在 --endpoint-url 中改用 http://，或换一个端口。',
  ],
  [
    'a service that takes no bucket in the path',
    { class: 'wrong-region', code: 'VirtualHostDomainRequired' },
    'en',
    ' Use --virtual-hosted with the host name of the service, not --path-style or an IP address.',
  ],
  [
    'a region that is wrong, by a service that does not say which is right',
    { class: 'wrong-region', code: 'AuthorizationHeaderMalformed' },
    'en',
    ' Name the right one with --region.',
  ],
  [
    'a pattern where a prefix should be',
    { class: 'missing', code: 'empty-prefix', subject: 'e5/202510/*.nc' },
    'en',
    " An address takes no pattern: end it at its last slash, and name the pattern with --include '*.nc'.",
  ],
  ['a region that is named in the sentence', { class: 'wrong-region', region: 'eu-west-1' }, 'en', ''],
  [
    'a listing without an end',
    { class: 'protocol', code: 'list-does-not-advance' },
    'zh',
    '这是服务端（或它前面的缓存）的故障，请联系服务方。',
  ],
])('what to do next: %s', (_, failure, language, advice) => expect(adviceFor(failure, language)).toBe(advice))

test('a run whose filters leave no object says so', () => {
  const summary: Summary = { ...plain, status: 'completed' }
  expect(summaryLines(summary, 'en').at(-1)).toBe(
    'Nothing to fetch: there is no object, or none that passes --include and --exclude.',
  )
  expect(summaryLines({ ...summary, objectsDone: 1 }, 'en')).toHaveLength(1)
})

test('failed objects are listed by name, a key cannot move the cursor', () => {
  const summary: Summary = {
    ...plain,
    status: 'failed',
    objectsFailed: 30,
    failed: Array.from({ length: 30 }, (_, index) => ({
      key: `a\u001b[2J${index}`,
      failure: 'denied',
      message: 'AccessDenied',
    })),
  }
  const lines = summaryLines(summary, 'en')
  expect(lines).toContain('30 objects failed:')
  expect(lines).toContain('  a [2J0: Access is denied. (AccessDenied)')
  expect(lines).toContain('  ... and 10 more')
  expect(lines.at(-1)).toMatch(/^A public bucket needs --no-sign-request; /)
  expect(summaryLines({ ...summary, objectsDone: 1 }, 'en').at(-1)).toBe('  ... and 10 more')
  expect(printable('a\r\nb')).toBe('a b')
  expect(printable('a\u0085b\u202ecn.exe')).toBe('a b cn.exe')
  for (const sign of '\u001b\u007f\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u2066\u2069')
    expect(printable(sign)).toBe(' ')
})
