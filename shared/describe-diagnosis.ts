/** The sentences of a diagnosis, in either language: for the window, the terminal and `diagnostics.txt`. Pure. */
import {
  CHECK_UNITS,
  type Check,
  type CheckUnit,
  countVerdicts,
  type DiagnosisReport,
  type Evidence,
  findingsOf,
} from './diagnosis.ts'
import { diagnosisWordsEn } from './diagnosis-words-en.ts'
import { type DiagnosisWords, diagnosisWordsZh } from './diagnosis-words-zh.ts'
import { formatBytes, formatRate } from './format-units.ts'

type Language = 'zh' | 'en'
const WORDS: Record<Language, DiagnosisWords> = { zh: diagnosisWordsZh, en: diagnosisWordsEn }

export type CheckText = {
  name: string
  verdict: string
  /** `312 ms`; a dash when nothing was measured. */
  value: string
  /** Empty where there is none. */
  threshold: string
  cause: string
  /** Empty when there is nothing to do. */
  advice: string
}

export function describeCheck(check: Check, language: Language): CheckText {
  const words = WORDS[language]
  const { name, threshold } = words.checks[check.code]
  const { says, advice = '' } = words.causes[check.cause]
  const unit = CHECK_UNITS[check.code]
  const limits = Object.fromEntries(
    Object.entries(check.threshold).map(([limit, value]) => [limit, formatValue(value, unit, language)]),
  )
  return {
    name,
    verdict: words.verdicts[check.verdict],
    value: measuredText(check, language),
    threshold: Object.keys(limits).length > 0 ? fill(threshold, limits) : '',
    cause: tidy(fill(says, wordEvidence(check.evidence))),
    advice,
  }
}

export const summarizeDiagnosis = (checks: readonly Check[], language: Language): string =>
  fill(WORDS[language].report.summary, wordEvidence(countVerdicts(checks)))

/** `diagnostics.txt`: findings first, then every check with its evidence. The given language, then the other one. */
export function writeDiagnostics(report: DiagnosisReport, first: Language): string {
  const other = first === 'zh' ? 'en' : 'zh'
  return `${writeReport(report, first)}\n\n${'='.repeat(72)}\n\n${writeReport(report, other)}\n`
}

/** In one language, without a line's end at its end. */
export function writeReport(report: DiagnosisReport, language: Language): string {
  const { report: words } = WORDS[language]
  const findings = findingsOf(report.checks)
  // Ten checks that all say the same would hide the rest.
  const notAsked = report.checks.filter(({ cause }) => cause === 'not-asked')
  const names = notAsked.map(({ code }) => WORDS[language].checks[code].name).join(language === 'zh' ? '、' : ', ')
  const facts = [
    [words.made, report.startedAt],
    [words.seconds, formatValue(report.seconds, 'seconds', language)],
    [words.version, report.version],
    [words.system, report.system],
    [words.address, report.address || words.localOnly],
    [words.folder, report.folder],
  ]
  return [
    words.title,
    ...facts.map(([name, value]) => `  ${name}: ${oneLine(value ?? '')}`),
    '',
    summarizeDiagnosis(report.checks, language),
    '',
    `== ${words.findings} ==`,
    ...(findings.length > 0 ? findings.flatMap((check) => findingLines(check, language)) : [words.allWell]),
    '',
    `== ${words.all} ==`,
    ...report.checks.filter(({ cause }) => cause !== 'not-asked').flatMap((check) => checkLines(check, language)),
    ...(names ? [fill(words.notAsked, { names })] : []),
  ].join('\n')
}

function findingLines(check: Check, language: Language): string[] {
  const { name, verdict, value, cause, advice } = describeCheck(check, language)
  const line = `[${verdict}] ${name}: ${value === NO_VALUE ? '' : `${value}. `}${cause}`
  return advice ? [line, `    -> ${advice}`] : [line]
}

function checkLines(check: Check, language: Language): string[] {
  const { report: words } = WORDS[language]
  const { name, verdict, value, threshold, cause } = describeCheck(check, language)
  const limit = threshold ? ` (${words.threshold}: ${threshold})` : ''
  const evidence = Object.entries(wordEvidence(check.evidence)).map(([key, text]) => `${key}=${text}`)
  return [
    `[${verdict}] ${name}: ${value}${limit}`,
    `    ${cause}${evidence.length > 0 ? `  {${evidence.join(', ')}}` : ''}`,
  ]
}

const NO_VALUE = '–'

/** Where a name says more than a count, the name stands for the value. */
function measuredText({ code, value, evidence }: Check, language: Language): string {
  if (code === 'proxy' && typeof evidence.proxy === 'string') return oneLine(evidence.proxy)
  if (code === 'vpn' && typeof evidence.interfaces === 'string' && evidence.interfaces)
    return oneLine(evidence.interfaces)
  if (value === null || code === 'proxy' || code === 'vpn') return NO_VALUE
  return formatValue(value, CHECK_UNITS[code], language)
}

function formatValue(value: number, unit: CheckUnit, language: Language): string {
  switch (unit) {
    case 'count':
      return String(Math.round(value))
    case 'ratio':
      return formatRatio(value)
    case 'milliseconds':
      return formatMilliseconds(value)
    case 'seconds':
      return `${Number(value.toFixed(1))} ${language === 'zh' ? '秒' : 's'}`
    case 'bytes':
      return value < 100_000 ? `${Math.round(value)} B` : formatBytes(value)
    case 'bytesPerSecond':
      return formatRate(value)
    case 'bytesPerHour':
      return `${value < 0 ? '-' : ''}${formatBytes(Math.abs(value))}/h`
  }
}

const formatRatio = (value: number): string => `${Number((value * 100).toFixed(1))} %`
const formatMilliseconds = (value: number): string =>
  value >= 1000 ? `${Number((value / 1000).toFixed(1))} s` : `${Number(value.toFixed(value < 10 ? 1 : 0))} ms`

/** By the unit in which the name ends. */
function wordEvidence(evidence: Evidence): Record<string, string> {
  return Object.fromEntries(Object.entries(evidence).map(([name, value]) => [name, wordOne(name, value)]))
}

function wordOne(name: string, value: Evidence[string]): string {
  if (typeof value !== 'number') return oneLine(String(value))
  if (/BytesPerSecond$/.test(name)) return formatRate(value)
  if (/[bB]ytes$/.test(name)) return formatBytes(value)
  if (/Ms$/.test(name)) return formatMilliseconds(value)
  if (/Ratio$/.test(name)) return formatRatio(value)
  return String(Number(value.toFixed(2)))
}

/** Names come from other people's networks: nothing that would move a terminal's cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')

const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/\{\{(\w+)(?:\|([^|}]+)\|([^|}]+))?\}\}/g, (_, name: string, one?: string, many = '') =>
    one === undefined ? (values[name] ?? '') : values[name] === '1' ? one : many,
  )

/** What was not known leaves an empty pair of brackets or a double blank behind. */
const tidy = (text: string): string =>
  text
    .replace(/([(（])HTTP {2}?(?=[^\d])/g, '$1')
    .replace(/HTTP (\d{3}) HTTP \1/, 'HTTP $1')
    .replace(/\s*[(（]\s*[)）]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim()
