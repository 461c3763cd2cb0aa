/** What people read at the end of a run. Pure. */

import { failureClassSchema } from '../../../shared/failure-schema.ts'
import { formatBytes, formatRate, splitDuration } from '../../../shared/format-units.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { Limit, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { phasesZh } from '../../../shared/phase-words.ts'
import { adviceFor, type Language, printable, sentenceFor } from './sentences.ts'

/** More names than this scroll the reason off the screen; all of them are in download_errors.log. */
const MAX_NAMED = 20

export function summaryLines(summary: Summary, language: Language): string[] {
  // A run that never began has no totals.
  const hasBegun = summary.bytesFetched > 0 || summary.objectsDone > 0 || summary.failure === undefined
  return [
    ...(hasBegun ? [totalsLine(summary, language)] : []),
    ...unprovenLines(summary, language),
    ...setAsideLines(summary, language),
    ...failedLines(summary, language),
    ...leftLines(summary, language),
    ...endLines(summary, language),
  ]
}

function totalsLine(summary: Summary, language: Language): string {
  const { objectsDone, objectsSkipped, bytesDone, bytesFetched, seconds, retries } = summary
  const rate = formatRate(seconds > 0 ? bytesFetched / seconds : 0)
  // Objects that were there already have no speed.
  const [speedEn, speedZh] = bytesFetched > 0 ? [`, ${rate} on average`, `，平均 ${rate}`] : ['', '']
  const time = formatDuration(seconds, language)
  return language === 'zh'
    ? `${objectsDone} 个对象（其中 ${objectsSkipped} 个早已下载），${formatBytes(bytesDone)}，用时 ${time}${speedZh}，重试 ${retries} 次`
    : `${plural(objectsDone, 'object')} (${objectsSkipped} already there), ${formatBytes(bytesDone)}, in ${time}` +
        `${speedEn}, ${plural(retries, 'retry', 'retries')}`
}

function unprovenLines({ objectsUnproven }: Summary, language: Language): string[] {
  if (objectsUnproven === 0) return []
  return [
    language === 'zh'
      ? `${objectsUnproven} 个对象无从校验：服务端没有给出它们的校验和。`
      : `${plural(objectsUnproven, 'object')} had nothing to check against: the service gives no checksum of ${objectsUnproven === 1 ? 'it' : 'them'}.`,
  ]
}

function setAsideLines({ filesSetAside: count }: Summary, language: Language): string[] {
  if (count === 0) return []
  if (language === 'zh') return [`${count} 个您原有的文件与对象同名，已改名为 文件名.before-longhaul 保留在旁边。`]
  const bore = count === 1 ? 'the name of an object and was' : 'the names of objects and were'
  const beside = count === 1 ? 'it' : 'them'
  return [`${plural(count, 'file')} of yours bore ${bore} kept as NAME.before-longhaul beside ${beside}.`]
}

function failedLines(summary: Summary, language: Language): string[] {
  if (summary.objectsFailed === 0) return []
  const heading =
    language === 'zh' ? `${summary.objectsFailed} 个对象失败：` : `${plural(summary.objectsFailed, 'object')} failed:`
  const named = summary.failed.slice(0, MAX_NAMED).map(({ key, failure, message }) => {
    const known = failureClassSchema.safeParse(failure)
    const sentence = known.success ? sentenceFor({ class: known.data, ...tellingCode(message) }, language) : failure
    const detail = message && message !== failure && !sentence.includes(message) ? ` (${printable(message)})` : ''
    return `  ${printable(key)}: ${sentence}${detail}`
  })
  const more = summary.objectsFailed - named.length
  const rest = language === 'zh' ? `  ……另有 ${more} 个` : `  ... and ${more} more`
  return [heading, ...named, ...(more > 0 ? [rest] : [])]
}

/** Codes that say more than their failure class; a message begins with them. */
const tellingCode = (message: string) => {
  const [code] = /^(EBUSY|EFBIG|EISDIR|ENAMETOOLONG|write-protected)\b/.exec(message) ?? []
  return code ? { code, detail: message } : {}
}

/** The listing may find more. */
function leftLines({ objectsLeft }: Summary, language: Language): string[] {
  if (objectsLeft === 0) return []
  return [
    language === 'zh'
      ? `已列出的对象中还有 ${objectsLeft} 个没有下载。`
      : `${plural(objectsLeft, 'listed object')} not fetched yet.`,
  ]
}

function endLines(summary: Summary, language: Language): string[] {
  const { failure, status, objectsDone } = summary
  if (failure && failure.class !== 'cancelled') return [sentenceFor(failure, language) + adviceFor(failure, language)]
  if (status === 'completed' && objectsDone === 0) return [NOTHING_TO_FETCH[language]]
  const shared = sharedByAll(summary)
  if (shared) return [adviceFor({ class: shared }, language).trim()]
  if (status !== 'interrupted') return []
  return [
    language === 'zh' ? '已中断；再次运行同一条命令即可继续。' : 'Interrupted; run the same command again to continue.',
  ]
}

/** A message begins with its code: the algorithm, which of an ETag is MD5. */
const isOfEtag = (message: string) => message.startsWith('MD5')

/** What every object has failed of, where that has one cause: reading is not allowed, or ETags are no checksums. */
function sharedByAll({ objectsDone, failed }: Summary): 'denied' | 'corrupt' | undefined {
  if (objectsDone > 0 || failed.length === 0) return undefined
  if (failed.every(({ failure }) => failure === 'denied')) return 'denied'
  return failed.every(({ failure, message }) => failure === 'corrupt' && isOfEtag(message)) ? 'corrupt' : undefined
}

type Progress = Pick<
  MetricsSnapshot,
  | 'phase'
  | 'bytesDone'
  | 'bytesTotal'
  | 'objectsDone'
  | 'objectsTotal'
  | 'listingComplete'
  | 'bytesPerSecond'
  | 'secondsLeft'
  | 'waitSeconds'
  | 'limit'
>

const BAR_COLUMNS = 24

/**
 * As much as the terminal has room for. On a narrow one the speed is kept, then the time left, and the bar goes first.
 */
export function progressLine(snapshot: Progress, columns: number, language: Language): string {
  const { bytesDone, bytesTotal, objectsDone, objectsTotal, phase } = snapshot
  const left = timeLeft(snapshot.secondsLeft, language)
  const wait = snapshot.waitSeconds > 0 ? ` ${formatDuration(snapshot.waitSeconds, language)}` : ''
  const speed = formatRate(snapshot.bytesPerSecond)
  const name = language === 'zh' ? phasesZh[phase] : phase
  const why = held(snapshot.limit, language)
  const state = phase === 'running' ? `${speed}${why}` : `${name}${wait}${phase === 'listing' ? why : ''}`
  const more = snapshot.listingComplete ? '' : '+'
  const done = `${formatBytes(bytesDone)} / ${formatBytes(bytesTotal)}${more}, ${objectsDone}/${objectsTotal}${more}`
  const share = Math.min(1, bytesDone / Math.max(1, bytesTotal))
  const percent = `${String(Math.floor(100 * share)).padStart(3)} %`
  const bar = '='.repeat(Math.round(BAR_COLUMNS * share)).padEnd(BAR_COLUMNS)
  const forms = [
    `${bar} ${percent} | ${done}, ${state}${left}`,
    `${percent} | ${done}, ${state}${left}`,
    `${percent} | ${state}${left}`,
    `${percent} | ${state}`,
  ]
  return forms.find((form) => columnsOf(form) <= columns) ?? cutTo(`${percent} | ${state}`, columns)
}

/** Columns of a character: two for Chinese and its punctuation (Unicode, "East Asian Width"). */
const columnsOf = (text: string): number =>
  [...text].reduce((columns, sign) => columns + (/[\u2e80-\uffef]/.test(sign) ? 2 : 1), 0)

function cutTo(text: string, columns: number): string {
  let cut = text
  while (columnsOf(cut) > columns) cut = cut.slice(0, -1)
  return cut
}

function timeLeft(seconds: number, language: Language): string {
  if (seconds < 0) return ''
  const time = formatDuration(seconds, language)
  return language === 'zh' ? `，剩余 ${time}` : `, ${time} left`
}

/**
 * Why so little comes, where somebody else than this line holds it up: nobody should have to guess from a small number.
 */
const HELD: Partial<Record<Limit['code'], Record<Language, string>>> = {
  throttling: { en: 'S3 asks us to slow down', zh: 'S3 要求放慢' },
  server: { en: 'the server fails to answer', zh: '服务器应答出错' },
  dns: { en: 'DNS does not answer', zh: 'DNS 没有应答' },
  'network-lost': { en: 'nothing arrives', zh: '没有收到数据' },
  'turned-away': { en: 'every connection is refused: certificate or proxy', zh: '连接都被拒绝：证书或代理' },
  disk: { en: 'the disk does not keep up', zh: '磁盘写入跟不上' },
  unanswered: { en: 'no answer from the server yet', zh: '服务器尚未应答' },
}

function held({ code, evidence }: Limit, language: Language): string {
  const words = HELD[code]?.[language]
  if (words === undefined) return ''
  const { seconds } = evidence
  const time = typeof seconds === 'number' && seconds > 0 ? formatDuration(seconds, language) : undefined
  if (language === 'zh') return time ? `（${words}，已 ${time}）` : `（${words}）`
  return time ? ` (${words}, for ${time})` : ` (${words})`
}

function formatDuration(seconds: number, language: Language): string {
  if (seconds < 10) return language === 'zh' ? `${seconds.toFixed(1)} 秒` : `${seconds.toFixed(1)} s`
  const parts = splitDuration(seconds)
  const units = language === 'zh' ? ['天', '时', '分', '秒'] : ['d', 'h', 'min', 's']
  const values = [parts.days, parts.hours, parts.minutes, parts.seconds]
  const first = values.findIndex((value) => value > 0)
  return values
    .map((value, index) => `${value} ${units[index]}`)
    .slice(first, first + 2)
    .join(' ')
}

/** `1 object`, `496 objects`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** An empty prefix fails: here the whole bucket is empty, or the filters exclude everything. */
export const NOTHING_TO_FETCH: Record<Language, string> = {
  zh: '没有可下载的对象：那里是空的，或没有对象符合 --include 和 --exclude。',
  en: 'Nothing to fetch: there is no object, or none that passes --include and --exclude.',
}
