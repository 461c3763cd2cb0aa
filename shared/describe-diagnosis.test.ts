import { describe, expect, test } from 'vitest'
import { describeCheck, summarizeDiagnosis, writeDiagnostics, writeReport } from './describe-diagnosis.ts'
import { CAUSES, CHECK_CODES, type Check, type DiagnosisReport, diagnosisReportSchema } from './diagnosis.ts'
import { diagnosisWordsEn } from './diagnosis-words-en.ts'
import { diagnosisWordsZh } from './diagnosis-words-zh.ts'

const check = (changes: Partial<Check> = {}): Check => ({
  code: 'head',
  verdict: 'ok',
  cause: 'latency-good',
  value: 84,
  threshold: {},
  evidence: {},
  ...changes,
})
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

describe('both languages say the same', () => {
  test.each(CAUSES)('%s', (cause) => {
    const [zh, en] = [diagnosisWordsZh.causes[cause], diagnosisWordsEn.causes[cause]]
    expect(placeholders(zh.says)).toEqual(placeholders(en.says))
    expect(zh.advice === undefined).toBe(en.advice === undefined)
    expect(`${en.says} ${en.advice ?? ''}`).not.toMatch(/\p{Script=Han}/u)
    for (const sentence of [zh.says, zh.advice ?? '。', en.says, en.advice ?? '.']) expect(sentence).toMatch(/[.。?]$/)
  })
  test.each(CHECK_CODES)('%s', (code) => {
    const [zh, en] = [diagnosisWordsZh.checks[code], diagnosisWordsEn.checks[code]]
    expect(placeholders(zh.threshold)).toEqual(placeholders(en.threshold))
  })
})

test.each<[string, Partial<Check>, string, string]>([
  ['milliseconds', { value: 84.2 }, '84 ms', '84 ms'],
  ['seconds, from a thousand milliseconds on', { value: 5500 }, '5.5 s', '5.5 s'],
  ['a share', { code: 'cpu', value: 0.853 }, '85.3 %', '85.3 %'],
  ['a rate', { code: 'single-speed', value: 31.8e6 }, '31.8 MB/s', '31.8 MB/s'],
  ['a count', { code: 'sockets', value: 12 }, '12', '12'],
  ['a slope that falls', { code: 'memory-slope', value: -2e6 }, '-2.00 MB/h', '-2.00 MB/h'],
  ['seconds of a clock', { code: 'clock-skew', value: 961 }, '961 秒', '961 s'],
  ['an MTU', { code: 'mtu', value: 1500 }, '1500 B', '1500 B'],
  ['a proxy by its name', { code: 'proxy', value: 1, evidence: { proxy: 'p:8080' } }, 'p:8080', 'p:8080'],
  ['nothing', { value: null }, '–', '–'],
])('%s', (_, changes, zh, en) => {
  expect([describeCheck(check(changes), 'zh').value, describeCheck(check(changes), 'en').value]).toEqual([zh, en])
})

test('thresholds and evidence stand in their sentences, in their units', () => {
  const aged = check({
    code: 'single-speed',
    cause: 'fresh-is-faster',
    threshold: { least: 100_000 },
    evidence: { jobConnectionBytesPerSecond: 2_500_000 },
  })
  expect(describeCheck(aged, 'en')).toMatchObject({ threshold: 'at least 0.1 MB/s' })
  expect(describeCheck(aged, 'zh').cause).toContain('2.5 MB/s')
})

test.each([
  [{ code: 'AccessDenied', httpStatus: 403 }, 'Access is denied (HTTP 403 AccessDenied).'],
  [{ code: 'HTTP 403', httpStatus: 403 }, 'Access is denied (HTTP 403).'],
  [{ code: 'AccessDenied' }, 'Access is denied (AccessDenied).'],
  [{}, 'Access is denied.'],
])('what is not known leaves no hole: %o', (evidence, expected) => {
  expect(describeCheck(check({ cause: 'failed-denied', evidence }), 'en').cause).toBe(expected)
})

const report: DiagnosisReport = diagnosisReportSchema.parse({
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 4.2,
  version: '0.1.0',
  system: 'linux',
  address: 's3://era5/e5.oper.an.pl/',
  folder: '~/era5',
  checks: [
    check(),
    check({ code: 'vpn', verdict: 'notice', cause: 'vpn-in-use', value: 1, evidence: { interfaces: 'tun0\u001b[2J' } }),
    check({
      code: 'sockets',
      verdict: 'bad',
      cause: 'sockets-leak',
      value: 80,
      evidence: { established: 80, threads: 16 },
    }),
  ],
})

test('the worst comes first, and the summary counts', () => {
  const text = writeReport(report, 'en')
  expect(text.indexOf('connections leak')).toBeLessThan(text.indexOf('There is a VPN'))
  expect(summarizeDiagnosis(report.checks, 'zh')).toBe('1 项异常，1 项注意，1 项正常，0 项不明')
})

test('what was not asked for takes one line, not one each', () => {
  const unasked = (['head', 'first-byte'] as const).map((code) =>
    check({ code, verdict: 'unknown', cause: 'not-asked', value: null, evidence: {} }),
  )
  const text = writeReport({ ...report, checks: [...report.checks, ...unasked] }, 'en')
  expect(text).toContain('Not checked, because no address was given: HEAD latency, Time to first byte.')
  expect(text).not.toContain('[unknown]')
})

test('diagnostics.txt is there in both languages, the own one first, and moves no cursor', () => {
  const text = writeDiagnostics(report, 'zh')
  expect(text.indexOf('诊断报告')).toBeLessThan(text.indexOf('Longhaul diagnosis'))
  expect(text).not.toContain('\u001b')
  expect(text).not.toMatch(/\{\{|undefined/)
})

test.each([
  [1, '1 connection, within the healthy range (longhaul).'],
  [12, '12 connections, within the healthy range (longhaul).'],
])('English counts of %d', (established, expected) => {
  const sockets = check({ code: 'sockets', cause: 'sockets-healthy', evidence: { established, programs: 'longhaul' } })
  expect(describeCheck(sockets, 'en').cause).toBe(expected)
})
