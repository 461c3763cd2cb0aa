import { describe, expect, test } from 'vitest'
import { EVENT_CODES } from '../../shared/engine-event.ts'
import { FAILURE_CLASSES } from '../../shared/failure.ts'
import type { Access } from '../../shared/job-spec.ts'
import { DEFAULT_POLICY } from '../../shared/policy.ts'
import { CONTRACT_BROKEN, PROGRAM_UNREACHABLE } from '../client/parsed-client.ts'
import { sampleJob } from '../job/testing/samples.ts'
import { describeFailure, describeJobFailure } from './describe-failure.ts'
import { en } from './en.ts'
import { applyLanguage, chooseLanguage, i18next, type Language } from './index.ts'
import { jobEn } from './job-en.ts'
import { jobZh } from './job-zh.ts'
import { momentFormat } from './moment-format.ts'
import { zh } from './zh.ts'

/** `form.errors.bucketMissing` -> text. */
function flatten(words: object, path = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === 'string') flat.set(path + name, value)
    else for (const [key, text] of flatten(value, `${path}${name}.`)) flat.set(key, text)
  }
  return flat
}

const chinese = flatten(zh)
const english = flatten(en)
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

describe('both languages say the same', () => {
  test('every Chinese key is there in English, and no other but singulars', () => {
    const extra = [...english.keys()].filter((key) => !chinese.has(key))
    expect([...chinese.keys()].filter((key) => !english.has(key))).toEqual([])
    expect(extra.filter((key) => !chinese.has(key.replace(/_one$/, '_other')))).toEqual([])
  })
  test('with the same numbers and names in it', () => {
    const different = [...chinese].filter(
      ([key, text]) => String(placeholders(text)) !== String(placeholders(english.get(key) ?? '')),
    )
    expect(different).toEqual([])
  })
  test('and nothing is empty', () => {
    expect([...chinese, ...english].filter(([, text]) => text.trim() === '')).toEqual([])
  })
  test('English has no Chinese left over, except where both are shown', () => {
    const han = [...english].filter(([key, text]) => /\p{Script=Han}/u.test(text) && key !== 'shell.switchLanguage')
    expect(han).toEqual([])
  })
  test('every plural in English has its singular', () => {
    const plurals = [...english.keys()].filter((key) => key.endsWith('_other'))
    expect(plurals.filter((key) => !english.has(key.replace(/_other$/, '_one')))).toEqual([])
  })
})

describe.each<Language>(['zh', 'en'])('in %s', (language) => {
  const t = i18next.getFixedT(language)
  const job = language === 'zh' ? jobZh : jobEn

  test.each(FAILURE_CLASSES)('failure %s has one sentence and one advice', (failureClass) => {
    const plain = describeFailure(t, { class: failureClass })
    const named = describeFailure(t, { class: failureClass, subject: 'SUBJECT' })
    expect(plain.sentence).toMatch(/[.。]$/)
    expect(plain.sentence).not.toContain('{{')
    expect(named.sentence).toContain('SUBJECT')
    expect(named.advice).toMatch(/[.。]$/)
  })

  test.each(EVENT_CODES)('event %s has its name and sentence', (code) => {
    expect(job.eventNames[code]).toBeTruthy()
    expect(job.events[code].lead.length).toBeGreaterThan(0)
  })

  test.each(Object.keys(DEFAULT_POLICY) as (keyof typeof DEFAULT_POLICY)[])('policy %s is explained', (name) => {
    expect(t(`settings.policies.${name}`)).not.toBe(`settings.policies.${name}`)
  })

  test('a wrong region names the right one', () => {
    const text = describeFailure(t, { class: 'wrong-region', subject: 'bucket', region: 'eu-west-1' })
    expect(text.sentence).toContain('eu-west-1')
    expect(text.advice).toContain('eu-west-1')
  })
  test('a service that takes no bucket in the path is told from a wrong region', () => {
    const failure = { class: 'wrong-region', code: 'SecondLevelDomainForbidden' } as const
    const [general, told] = [describeFailure(t, { class: 'wrong-region' }), describeFailure(t, failure)]
    expect(told.sentence).not.toBe(general.sentence)
    expect(told.advice).not.toBe(general.advice)
    expect(told.evidence).toContain('SecondLevelDomainForbidden')
  })
  test('who is denied without an account is not sent back to have none', () => {
    const anonymous = t('form.accessAnonymous')
    expect(describeFailure(t, { class: 'denied' }).advice).toContain(anonymous)
    expect(describeFailure(t, { class: 'denied' }, true).advice).not.toContain(`“${anonymous}”`)
  })
  test('keys that the program has not kept are told apart from keys that are refused', () => {
    const [refused, gone] = [undefined, 'vault-entry-missing'].map((code) =>
      describeFailure(t, { class: 'credentials', ...(code ? { code } : {}) }),
    )
    expect(gone?.sentence).not.toBe(refused?.sentence)
    expect(gone?.advice).not.toBe(refused?.advice)
  })

  test.each<[string, Access, bytesDone: number, wanted: () => string]>([
    ['keys that have expired: other keys, by the form', { kind: 'vault', id: 'k1' }, 5, () => job.head.reuse],
    ['keys that were wrong from the start: the same', { kind: 'vault', id: 'k1' }, 0, () => job.head.reuse],
    ['a login that has expired: a new one, then on', { kind: 'default' }, 5, () => job.head.resume],
    ['no login from the start: what the form has to choose', { kind: 'default' }, 0, () => t('form.accessAnonymous')],
  ])('a job stopped by %s', (_, access, bytesDone, wanted) => {
    const { spec } = sampleJob()
    const stopped = { spec: { ...spec, source: { ...spec.source, access } }, bytesDone }
    const code = bytesDone > 0 ? { code: 'ExpiredToken' } : {}
    const text = describeJobFailure(t, { class: 'credentials', ...code }, stopped)
    expect(text.advice).toContain(wanted())
    if (bytesDone > 0) expect(text.sentence).toBe(t('failures.special.expiredCredentials'))
  })

  test('an account that is nowhere is told from one that is refused', () => {
    const nowhere = 'Could not load credentials from any providers'
    const failure = { class: 'credentials', code: 'CredentialsProviderError', detail: nowhere } as const
    const [refused, told] = [describeFailure(t, { class: 'credentials' }), describeFailure(t, failure)]
    expect(told.sentence).not.toBe(refused.sentence)
    expect(told.advice).toContain(t('form.accessAnonymous'))
  })
  test('a page that is not there is told from a bucket that is not', () => {
    const noPage = { class: 'protocol', code: 'HTTP 404', httpStatus: 404, subject: 'intranet:8080' } as const
    expect(describeFailure(t, noPage).sentence).toMatch(/S3.*intranet:8080|intranet:8080.*S3/)
    expect(describeFailure(t, { ...noPage, class: 'missing-bucket' }).sentence).not.toContain('S3')
  })
  test.each(['EBUSY', 'EFBIG', 'EISDIR', 'ENAMETOOLONG', 'write-protected'])(
    'a file, not the whole disk, is said to be in trouble: %s',
    (code) => {
      const failure = { class: 'disk', subject: 'D:/era5/a.nc' } as const
      const [general, told] = [describeFailure(t, failure), describeFailure(t, { ...failure, code })]
      expect(told.sentence).not.toBe(general.sentence)
      expect(told.advice).not.toBe(general.advice)
      expect(told.evidence).toContain('D:/era5/a.nc')
    },
  )
  test('a path of another system is called that, whoever refuses it', () => {
    for (const failure of [{ subject: 'D:\\era5' }, { subject: 'destination', detail: 'D:\\era5' }]) {
      const text = describeFailure(t, { class: 'usage', code: 'not-absolute', ...failure })
      expect(text.sentence).toContain('D:\\era5')
    }
  })
  test('two constants that contradict each other are told in our own words', () => {
    const failure = { class: 'usage', code: 'policy', subject: 'dnsMinTtlSeconds', detail: 'must not be' } as const
    const text = describeFailure(t, failure)
    expect(text.advice).toBe(t('settings.policyProblems.dnsOrder'))
    expect(text.evidence).toBe('')
  })
  test('the other side is only quoted, below our own sentence', () => {
    const text = describeFailure(t, { class: 'tls', code: 'CERT_EXPIRED', httpStatus: 495, detail: 'expired' })
    expect(text.sentence).not.toContain('expired')
    expect(text.evidence).toMatch(/^CERT_EXPIRED · HTTP 495 · .*expired$/)
  })
  test.each([PROGRAM_UNREACHABLE, CONTRACT_BROKEN])('%s speaks of the program, not of S3', (code) => {
    expect(describeFailure(t, { class: 'connect', code }).sentence).not.toMatch(/S3|\{\{/)
  })
})

test.each([
  ['zh', 'en', ['en-US'], 'zh'],
  ['en', 'zh', ['zh-CN'], 'en'],
  ['system', 'zh', ['en-US'], 'zh'],
  ['system', 'en', ['zh-CN'], 'zh'],
  ['system', 'en', ['en-GB', 'zh-CN'], 'en'],
  ['system', 'en', ['fr-FR'], 'en'],
  ['system', undefined, ['en-US'], 'en'],
  ['system', undefined, ['de-DE', 'de', 'en'], 'en'],
  ['system', undefined, ['fr-FR', 'ja'], 'zh'],
  ['system', undefined, [], 'zh'],
] as const)('chosen %s on a system in %s with a browser in %j is %s', (chosen, system, browser, language) => {
  expect(chooseLanguage(chosen, system, browser)).toBe(language)
})

test('switching the language switches the words', () => {
  applyLanguage('en')
  expect(i18next.t('form.start')).toBe('Start download')
  applyLanguage('zh')
  expect(i18next.t('form.start')).toBe('开始下载')
})

test.each([
  ['zh', '2026年2月1日 14:10'],
  ['en', '1 Feb 2026, 14:10'],
] as const)('a moment in %s: %s, on the same clock as the charts', (language, text) => {
  const format = momentFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  expect(format.format(Date.UTC(2026, 1, 1, 14, 10))).toBe(text)
})
