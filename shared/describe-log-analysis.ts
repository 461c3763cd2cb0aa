/** The sentences of a log analysis, in either language: for the window and the terminal. Pure. */
import { formatBytes, formatRate, splitDuration } from './format-units.ts'
import type { LogAnalysis, LogFinding, LogGroups } from './log-analysis.ts'
import { logWordsEn } from './log-words-en.ts'
import { type LogWords, logWordsZh } from './log-words-zh.ts'
import { UNSEEN_SIGNS } from './unseen-signs.ts'

type Language = 'zh' | 'en'
const WORDS: Record<Language, LogWords> = { zh: logWordsZh, en: logWordsEn }
type Values = Record<string, string | number>

export type LogFindingText = { name: string; says: string; cure: string }

/** `moment` writes a time of the log; as it stands there, unless given. */
export function describeLogFinding(
  { cause, evidence }: LogFinding,
  language: Language,
  moment: (time: string) => string = (time) => time,
): LogFindingText {
  const { name, says, cure } = WORDS[language].causes[cause]
  // A period is written in words of time, like every other duration.
  const values = {
    ...evidence,
    ...(cause === 'periodic-cuts' ? { period: duration(evidence.seconds, language) } : {}),
    ...(typeof evidence.from === 'string' ? { from: moment(evidence.from) } : {}),
  }
  return { name, says: fill(says, values, language), cure }
}

export function summarizeLog(analysis: LogAnalysis, language: Language): string {
  const { bytes, lines, errors, performance } = analysis
  return fill(WORDS[language].report.summary, { bytes, lines, errors, samples: performance?.samples ?? 0 }, language)
}

/** An empty file, nothing recognised, nothing wrong; empty when there are findings. */
export function describeNoFindings({ bytes, findings, errors, performance }: LogAnalysis, language: Language): string {
  if (findings.length > 0) return ''
  const { empty, nothing, clean } = WORDS[language].report
  if (bytes === 0) return empty
  return errors === 0 && !performance ? nothing : clean
}

export function describePeriod({ period }: LogAnalysis, language: Language): string {
  if (!period) return ''
  const values = { period: duration(period.seconds, language), bursts: period.bursts }
  return fill(WORDS[language].report.period, values, language)
}

export function describePerformance({ performance }: LogAnalysis, language: Language): string {
  if (!performance) return ''
  const { firstBytesPerSecond, lastBytesPerSecond, hours } = performance
  return fill(WORDS[language].report.performance, { firstBytesPerSecond, lastBytesPerSecond, hours }, language)
}

/** For the terminal. Names from the file are shown without control characters. */
export function writeLogAnalysis(analysis: LogAnalysis, language: Language): string {
  const { report } = WORDS[language]
  const colon = language === 'zh' ? '：' : ':'
  const { from, to, findings, bursts } = analysis
  const lines = [summarizeLog(analysis, language)]
  if (from && to) lines.push(fill(report.range, { from, to }, language))
  const none = describeNoFindings(analysis, language)
  lines.push('', none || `${report.findings}${colon}`)
  for (const [index, finding] of findings.entries()) {
    const { name, says, cure } = describeLogFinding(finding, language)
    lines.push(
      `${index + 1}. ${name}${colon}${language === 'zh' ? '' : ' '}${says}`,
      `   ${fill(report.cure, { cure }, language)}`,
    )
  }
  for (const group of ['classes', 'addresses', 'prefixes', 'actions'] as const) {
    lines.push(...groupLines(report[group], analysis[group], language))
  }
  if (bursts.length > 0) lines.push('', `${report.bursts}${colon}`)
  for (const burst of bursts.slice(0, 5)) lines.push(`  ${fill(report.burst, burst, language)}`)
  const tail = [describePeriod(analysis, language), describePerformance(analysis, language)].filter(Boolean)
  return printable([...lines, ...(tail.length > 0 ? ['', ...tail] : [])].join('\n'))
}

function groupLines(title: string, { top, rest, others }: LogGroups, language: Language): string[] {
  if (top.length === 0) return []
  const shown = top.slice(0, 10)
  const hidden = top.slice(10)
  const remaining = rest + hidden.reduce((sum, { count }) => sum + count, 0)
  const more = { others: others + hidden.length }
  return [
    '',
    `${title}${language === 'zh' ? '：' : ':'}`,
    ...shown.map(({ name, count }) => `  ${String(count).padStart(9)}  ${name}`),
    ...(remaining > 0
      ? [`  ${String(remaining).padStart(9)}  ${fill(WORDS[language].report.rest, more, language)}`]
      : []),
  ]
}

/** What must not reach a terminal. */
const UNSEEN = new RegExp(`[\\u0000-\\u0009\\u000b-\\u001f${UNSEEN_SIGNS}]`, 'g')
const printable = (text: string): string => text.replace(UNSEEN, '\ufffd')

/** `{count}` is a value, `{count|error|errors}` the word that goes with it. */
const fill = (text: string, values: Values, language: Language): string =>
  text.replaceAll(/\{(\w+)(?:\|([^|}]+)\|([^|}]+))?\}/g, (_, name: string, one?: string, many = '') =>
    one === undefined ? formatField(name, values[name] ?? '', language) : values[name] === 1 ? one : many,
  )

/** The field's name has its unit. */
function formatField(name: string, value: string | number, language: Language): string {
  if (typeof value === 'string') return name === 'from' || name === 'to' ? value.replace(/\.\d+Z$/, 'Z') : value
  if (name.endsWith('BytesPerSecond')) return formatRate(value)
  if (name === 'bytes' || name === 'rssBytesPerHour') return formatBytes(value)
  if (name === 'ratio') return `${Math.round(value * 100)} %`
  if (name === 'hours') return duration(value * 3600, language)
  if (name === 'seconds') return duration(value, language)
  return value.toLocaleString('en-US')
}

function duration(value: string | number | undefined, language: Language): string {
  const { days, hours, minutes, seconds } = splitDuration(Math.max(0, Math.round(Number(value ?? 0))))
  const units = language === 'zh' ? [' 天', ' 小时', ' 分', ' 秒'] : [' d', ' h', ' min', ' s']
  const parts = [days, hours, minutes, seconds].map((count, index) => (count > 0 ? `${count}${units[index]}` : ''))
  return parts.filter(Boolean).slice(0, 2).join(' ') || `0${units[3]}`
}
