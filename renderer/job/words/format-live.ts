/**
 * Live figures as text. Units are steady: a figure that changes every second keeps its unit and its number of digits,
 * so that only digits change on the screen. Pure.
 */
import { formatBytes, formatRate, splitDuration } from '../../../shared/format-units.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { momentFormat } from '../../i18n/moment-format.ts'

export const UNKNOWN = '–'

const SCALE = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** `412.6 / 676.0 GB`: both in the unit of the total. */
export function formatBytesOf(done: number, total: number): string {
  let unit = 0
  let divisor = 1
  while (total / divisor >= 999.5 && unit < SCALE.length - 1) {
    divisor *= 1000
    unit++
  }
  const digits = unit === 0 ? 0 : total / divisor < 10 ? 2 : 1
  const show = (bytes: number) => (Math.max(0, bytes) / divisor).toFixed(digits)
  return `${show(done)} / ${show(total)} ${SCALE[unit]}`
}

/** `31.8`, where all are MB/s; a slow line has more decimals, for it is not at rest. */
export function formatMegabytes(bytes: number): string {
  const mega = bytes / 1e6
  return mega.toFixed(mega <= 0 || mega >= 0.1 ? 1 : mega < 0.01 ? 3 : 2)
}

/** `99.8 %`; rounds down near the end, so that 100 % means all. */
export function formatPercent(share: number, digits = 1): string {
  const factor = 10 ** digits
  const percent = share < 1 ? Math.floor(Math.max(0, share) * 100 * factor + 1e-6) / factor : 100
  return `${percent.toFixed(digits)} %`
}

/** `−2.4`, `+0.1`: with the minus that is as wide as the plus. */
export const formatSigned = (value: number, digits: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
export const formatCount = (count: number): string => GROUPED.format(count)

/** `84 ms`, `1.25 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(milliseconds >= 10_000 ? 1 : 2)} s`
  return `${milliseconds >= 10 || milliseconds === 0 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`
}

/** `84 / 210 ms`, `12.4 / 28.9 s`: both in the unit of the larger. */
export function formatMillisecondsPair(smaller: number, larger: number): string {
  if (larger >= 10_000) return `${(smaller / 1000).toFixed(1)} / ${(larger / 1000).toFixed(1)} s`
  return `${Math.round(smaller)} / ${Math.round(larger)} ms`
}

/** `2 小时 18 分`, `2 h 18 min`, `45 秒`, `4.2 s`: the two largest units. */
export function formatDuration(seconds: number, words: JobWords): string {
  const { units } = words
  if (seconds > 0 && seconds < 10) {
    const text = seconds.toFixed(1)
    return `${text.endsWith('.0') ? text.slice(0, -2) : text}${units.second}`
  }
  const part = splitDuration(seconds)
  if (part.days > 0) return `${part.days}${units.day} ${part.hours}${units.hour}`
  if (part.hours > 0) return `${part.hours}${units.hour} ${pad(part.minutes)}${units.minute}`
  if (part.minutes > 0) return `${part.minutes}${units.minute} ${pad(part.seconds)}${units.second}`
  return `${part.seconds}${units.second}`
}

/** `1:02:03` or `4:59`: for a countdown, where every second is news. */
export function formatCountdown(seconds: number): string {
  const { days, hours, minutes, seconds: rest } = splitDuration(seconds)
  const wholeHours = days * 24 + hours
  return wholeHours > 0 ? `${wholeHours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`
}

/** On an axis of time since a start whose labels are `step` apart: `4:59`, `36 h`, `7 d`. */
export function formatElapsed(seconds: number, step: number, { units }: JobWords): string {
  if (step >= 86_400) return `${Math.round(seconds / 86_400)}${units.day}`
  if (step >= 3600) return `${Math.round(seconds / 3600)}${units.hour}`
  return formatCountdown(seconds)
}

/**
 * `剩余 2 小时 18 分`, `2 h 18 min left`. An estimate says no more than it knows: minutes above ten minutes, tens of
 * seconds below, and "a few seconds" at the end. -1 = unknown.
 */
export function formatTimeLeft(secondsLeft: number, words: JobWords): string {
  const { head, units } = words
  if (secondsLeft < 0) return head.leftUnknown
  if (secondsLeft < 10) return head.leftFew
  const say = (time: string) => head.left.replace('{time}', time)
  if (secondsLeft < 60) return say(`${Math.round(secondsLeft / 5) * 5}${units.second}`)
  if (secondsLeft < 600) return say(formatDuration(Math.round(secondsLeft / 10) * 10, words))
  const part = splitDuration(Math.round(secondsLeft / 60) * 60)
  if (part.days > 0) return say(`${part.days}${units.day} ${part.hours}${units.hour}`)
  if (part.hours > 0) return say(`${part.hours}${units.hour} ${pad(part.minutes)}${units.minute}`)
  return say(`${part.minutes}${units.minute}`)
}

const pad = (value: number): string => String(value).padStart(2, '0')

const MOMENT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }

function formatMoment(time: string, { language }: JobWords): string {
  const at = Date.parse(time)
  return Number.isNaN(at) ? UNKNOWN : momentFormat(language, MOMENT).format(at)
}

/**
 * The value of a field of an event or of the evidence behind a verdict. The unit is in the
 * field's name, as everywhere in Longhaul: `...Ms`, `...Seconds`, `...BytesPerSecond`,
 * `...Rate`; `...At` is a moment. Words are looked up as `field.value`.
 */
export function formatField(field: string, value: string | number | boolean, words: JobWords): string {
  if (/At$/.test(field)) return formatMoment(String(value), words)
  if (typeof value !== 'number') return wordOf(field, String(value), words)
  if (!Number.isFinite(value)) return UNKNOWN
  if (/megabytesPerSecondPerHour$/i.test(field)) {
    return `${formatSigned(value, 2)} MB/s${words.units.perHour}`
  }
  if (/bytesPerSecond$/i.test(field)) return formatRate(value)
  if (/(requests|errors)PerSecond$/i.test(field)) return `${value.toFixed(1)}${words.units.perSecond}`
  if (/bytes|^size(Bytes)?Total$/i.test(field)) return formatBytes(value)
  if (/Ms$/.test(field)) return formatMilliseconds(value)
  if (/seconds$/i.test(field)) return formatDuration(value, words)
  if (/(rate|ratio|share|fraction|confidence)$/i.test(field)) return formatPercent(value)
  if (field === 'status') return String(value)
  return Number.isInteger(value) ? formatCount(value) : value.toFixed(2)
}

function wordOf(field: string, value: string, words: JobWords): string {
  const failure = (words.failures as Record<string, { name: string } | undefined>)[value]
  return words.values[`${field}.${value}`] ?? failure?.name ?? words.values[value] ?? value
}
