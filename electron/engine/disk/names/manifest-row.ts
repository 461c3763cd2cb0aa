/**
 * One line of manifest.csv. Spreadsheets open it, so a value must neither break the line nor begin a formula: values
 * that start with `=`, `+`, `-`, `@` or `'` get a `'` in front, paths a `./`, so that they lead to their files all the
 * same; values with control characters or broken Unicode are written as `'json:` and a JSON string. One row is one
 * line, always, also for readers that know more ends of lines than the line feed.
 */
import { isSame } from '../same-bytes.ts'

export type ManifestRow = {
  bucket: string
  /** The whole key. */
  key: string
  /** Relative to the destination, `/` between segments. */
  path: string
  size: number
  etag: string
  /** Unix milliseconds; 0 = unknown. */
  lastModified: number
  /** `mapped`: the name is given, the file is not there yet. */
  state: 'mapped' | 'landed' | 'failed'
}

export const MANIFEST_HEADER = 'bucket,key,path,size,etag,last_modified,state'

export function encodeRow(row: ManifestRow): string {
  const time = isoTime(row.lastModified)
  return `${quote(row.bucket)},${quote(row.key)},${quote(protectPath(row.path))},${row.size},${quote(row.etag)},${time},${row.state}\n`
}

const DAY_MS = 86_400_000
let lastDay = Number.NaN
let lastDayText = ''
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** As `toISOString`, which takes five times as long: objects beside each other are mostly of one day. */
function isoTime(time: number): string {
  if (!(time > 0)) return ''
  const day = Math.floor(time / DAY_MS)
  if (day !== lastDay) {
    lastDay = day
    lastDayText = new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length)
  }
  const milliseconds = Math.trunc(time) - day * DAY_MS
  const seconds = Math.floor(milliseconds / 1000)
  const [hour, minute] = [TWO_DIGITS[Math.floor(seconds / 3600)], TWO_DIGITS[Math.floor(seconds / 60) % 60]]
  const fraction = String(milliseconds % 1000).padStart(3, '0')
  return `${lastDayText}${hour}:${minute}:${TWO_DIGITS[seconds % 60]}.${fraction}Z`
}

/** Undefined for the header and for a line that is no row. */
export function decodeRow(line: string): ManifestRow | undefined {
  const fields = splitFields(line)
  if (fields?.length !== 7) return undefined
  const bucket = unprotect(fields[0])
  const key = unprotect(fields[1])
  const path = unprotect(fields[2])?.replace(/^\.\//, '')
  const etag = unprotect(fields[4])
  const size = Number(fields[3])
  const state = fields[6]
  if (bucket === undefined || key === undefined || path === undefined || etag === undefined) return undefined
  if (!Number.isSafeInteger(size) || fields[3] === '') return undefined
  if (state !== 'mapped' && state !== 'landed' && state !== 'failed') return undefined
  return { bucket, key, path, size, etag, lastModified: fields[5] ? Date.parse(fields[5]) : 0, state }
}

/** Where bucket, key and path end in the bytes of a row that was written without quotes, in ASCII. */
export type PlainRow = { bytes: Buffer; start: number; bucketEnd: number; keyEnd: number; pathEnd: number }

const COMMA = 0x2c
const APOSTROPHE = 0x27
const DOT = 0x2e
const SLASH = 0x2f
const STATES = ['landed', 'mapped', 'failed'].map((state) => Buffer.from(state))
/** Printable ASCII but comma and quote. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (/[ -~]/.test(String.fromCharCode(byte)) ? 1 : 0))
for (const special of ',"') IS_PLAIN[special.charCodeAt(0)] = 0
/** With at most so many digits a number is a safe integer. */
const MOST_DIGITS = 15

/**
 * Nearly all rows of a long manifest are plain, and what the next run must know of them can be read from their bytes.
 * False: the line is to be decoded. Otherwise `row` has where its fields are.
 */
export function findPlainRow(bytes: Buffer, start: number, end: number, row: PlainRow): boolean {
  row.bytes = bytes
  row.start = start
  row.bucketEnd = endOfPlainField(bytes, start, end)
  row.keyEnd = endOfPlainField(bytes, row.bucketEnd + 1, end)
  row.pathEnd = endOfPlainField(bytes, row.keyEnd + 1, end)
  if (bytes[row.keyEnd + 1] === DOT && bytes[row.keyEnd + 2] === SLASH) return false
  const sizeEnd = endOfPlainField(bytes, row.pathEnd + 1, end)
  const etagEnd = endOfPlainField(bytes, sizeEnd + 1, end)
  const timeEnd = endOfPlainField(bytes, etagEnd + 1, end)
  return timeEnd < end && isNumber(bytes, row.pathEnd + 1, sizeEnd) && isState(bytes, timeEnd + 1, end)
}

/** At the comma behind the field. At the end of the line when there is none, or the field is not plain. */
function endOfPlainField(bytes: Buffer, start: number, lineEnd: number): number {
  if (bytes[start] === APOSTROPHE) return lineEnd
  let at = start
  while (at < lineEnd && IS_PLAIN[bytes[at] as number] === 1) at++
  return bytes[at] === COMMA ? at : lineEnd
}

function isNumber(bytes: Buffer, start: number, end: number): boolean {
  if (end <= start || end - start > MOST_DIGITS) return false
  for (let at = start; at < end; at++) if ((bytes[at] as number) < 0x30 || (bytes[at] as number) > 0x39) return false
  return true
}

function isState(bytes: Buffer, start: number, end: number): boolean {
  for (const state of STATES)
    if (state.length === end - start && isSame(bytes, start, state, 0, state.length)) return true
  return false
}

const NEEDS_NOTHING = /^[A-Za-z0-9_./~:][A-Za-z0-9_./~: +%=&@-]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these would break the line
const BREAKS_LINES = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const BEGINS_FORMULA = /^[=+\-@']/

function quote(value: string): string {
  if (NEEDS_NOTHING.test(value)) return value
  return `"${protect(value).replaceAll('"', '""')}"`
}

function protect(value: string): string {
  if (BREAKS_LINES.test(value) || !value.isWellFormed()) return `'json:${escapeSeparators(JSON.stringify(value))}`
  return BEGINS_FORMULA.test(value) ? `'${value}` : value
}

const protectPath = (path: string): string => (BEGINS_FORMULA.test(path) || path.startsWith('./') ? `./${path}` : path)

const escapeSeparators = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function unprotect(value: string | undefined): string | undefined {
  if (!value?.startsWith("'")) return value
  if (!value.startsWith("'json:")) return value.slice(1)
  try {
    const text: unknown = JSON.parse(value.slice("'json:".length))
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** RFC 4180 without line breaks inside quotes. */
function splitFields(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] === '"') {
      let end = at + 1
      while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1
      if (line[end] !== '"') return undefined
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'))
      at = end + 1
    } else {
      const comma = line.indexOf(',', at)
      fields.push(line.slice(at, comma < 0 ? line.length : comma))
      at = comma < 0 ? line.length : comma
    }
    if (at === line.length) return fields
    if (line[at] !== ',') return undefined
    at++
  }
}
