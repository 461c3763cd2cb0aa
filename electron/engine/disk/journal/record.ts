/**
 * One line of the journal: `crc32 of the rest, 8 hex digits` `space` `JSON` `newline`.
 * Readable with a pager, checkable alone: damage to one line costs that line.
 *
 * The checksum of a record starts from the id of its session, so that records whose session line is lost are not taken
 * for those of the session before, of another source perhaps or another start of the machine.
 */
import { crc32 } from 'node:zlib'
import type { Span } from '../byte-spans.ts'

export const JOURNAL_SCHEMA = 1

/**
 * What a run downloads from. Records of other sources in the same folder are kept and not believed; those that may be
 * of the same files take claims back.
 */
export type JournalIdentity = { bucket: string; endpoint: string; prefix: string }

export type SessionRecord = {
  kind: 'session'
  schema: number
  /** Drawn by chance. The line is repeated now and then, so that losing it once does not lose the session. */
  id: string
  /** Of the machine that wrote it; see boot-id.ts. */
  bootId: string
  /** ISO 8601, for people. */
  time: string
} & JournalIdentity

/** The work on an object of several ranges began: these bytes, and no others, go to `path`. */
type PinnedRecord = {
  kind: 'pinned'
  key: string
  etag: string
  size: number
  /** Unix milliseconds. */
  lastModified: number
  /** Relative to the destination. */
  path: string
}
/** Bytes of a pinned object that have been written to its part file. */
export type RangesRecord = { kind: 'ranges'; key: string; etag: string; spans: Span[] }
/** The whole object is under its final name. */
type LandedRecord = { kind: 'landed'; key: string; etag: string; size: number }
/**
 * Nothing of this object may be believed any more: it changed at the source, failed its check, its file is gone,
 * or an answer was too long. What still counts is recorded anew behind it.
 * Always by `appendDurably`, and always before an object that has landed is pinned again.
 */
type RestartedRecord = { kind: 'restarted'; key: string }
/** Lines before this one were lost, and they may have taken claims back: bytes of unfinished files are fetched anew. */
type DoubtRecord = { kind: 'doubt' }
/** A point in the journal: data written before it is being flushed. */
type MarkRecord = { kind: 'mark'; mark: number }
/** All records of this session before that mark stand on flushed data. */
type CheckpointRecord = { kind: 'checkpoint'; mark: number }

/** What the engine reports, and the doubt that a repair leaves. */
export type ProgressRecord = PinnedRecord | RangesRecord | LandedRecord | RestartedRecord | DoubtRecord
/** What decides which records count. */
export type ControlRecord = SessionRecord | MarkRecord | CheckpointRecord
type JournalRecord = ControlRecord | ProgressRecord

export const isSameSource = (one: JournalIdentity, other: JournalIdentity): boolean =>
  one.bucket === other.bucket && serviceAt(one.endpoint) === serviceAt(other.endpoint) && one.prefix === other.prefix

/**
 * Whether a key has the same file in both: paths are given to the keys of a bucket, below the folder of the prefix. Where
 * the sources differ, runs of the one overwrite what the other believes in.
 */
export const sharesFiles = (one: JournalIdentity, other: JournalIdentity): boolean =>
  one.bucket === other.bucket && folderOf(one.prefix) === folderOf(other.prefix)

const folderOf = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1)

/**
 * The service behind an address, however it was typed: `HTTPS://host:443/` is `http://host`, `127.0.0.1` is `localhost`.
 * All addresses of AWS are one, for a bucket's name is given once:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html
 */
function serviceAt(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint
  const { hostname, port, pathname } = new URL(endpoint)
  if (hostname.endsWith('.amazonaws.com')) return ''
  const host = THIS_MACHINE.has(hostname) ? 'localhost' : hostname
  return `${host}:${port}${pathname.replace(/\/+$/, '')}`
}

const THIS_MACHINE: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0'])

/** Start value of the checksums of a session's records. A session line itself starts from 0. */
export const seedOf = (sessionId: string): number => crc32(sessionId)

/** The JSON of a line. A record that is written for every object is put together by hand, in half the time. */
export function recordText(record: JournalRecord): string {
  if (record.kind !== 'landed') return JSON.stringify(record)
  return `{"kind":"landed","key":${quote(record.key)},"etag":${quote(record.etag)},"size":${record.size}}`
}

const NEEDS_NO_ESCAPES = /^[ !#-[\]-~]*$/
const quote = (text: string): string => (NEEDS_NO_ESCAPES.test(text) ? `"${text}"` : JSON.stringify(text))

const CHECKSUM_PLACE = '00000000 '
const FIRST_LETTER_OF_KIND = '{"kind":"'.length

/** The lines of many records of one session at once: one piece of text is turned into bytes, not one for each. */
export function encodeLines(texts: readonly string[], seed: number): Buffer {
  const bytes = Buffer.from(`${CHECKSUM_PLACE}${texts.join(`\n${CHECKSUM_PLACE}`)}\n`)
  for (let start = 0; start < bytes.length; ) {
    const body = start + CHECKSUM_PLACE.length
    const end = bytes.indexOf(0x0a, body)
    // Of all kinds only a session begins with this letter.
    const isSession = bytes[body + FIRST_LETTER_OF_KIND] === 0x73
    writeHex(bytes, start, crc32(bytes.subarray(body, end), isSession ? 0 : seed))
    start = end + 1
  }
  return bytes
}

function writeHex(bytes: Buffer, start: number, value: number): void {
  for (let index = 0; index < 8; index++) {
    const digit = (value >>> (28 - 4 * index)) & 15
    bytes[start + index] = digit + (digit < 10 ? 0x30 : 0x57)
  }
}

/** Whether the line is whole and belongs to the session of the seed. */
export function hasChecksum(bytes: Buffer, start: number, end: number, seed: number): boolean {
  return (
    end - start >= SHORTEST_LINE &&
    bytes[start + 8] === 0x20 &&
    crc32(bytes.subarray(start + CHECKSUM_PLACE.length, end), seed) === readHex(bytes, start)
  )
}

/** Where the JSON of a line begins. */
export const bodyOf = (lineStart: number): number => lineStart + CHECKSUM_PLACE.length

const SHORTEST_LINE = CHECKSUM_PLACE.length + '{}'.length

/**
 * `start` and `end` delimit the line without its newline; without a seed only a session line is valid.
 * Undefined for a line that is damaged or makes no sense.
 */
export function decodeRecord(
  bytes: Buffer,
  start: number,
  end: number,
  seed: number | undefined,
): JournalRecord | undefined {
  const isRecord = seed !== undefined && hasChecksum(bytes, start, end, seed)
  if (!isRecord && !hasChecksum(bytes, start, end, 0)) return undefined
  try {
    const record = checkShape(JSON.parse(bytes.toString('utf8', start + CHECKSUM_PLACE.length, end)))
    return record && (isRecord ? record.kind !== 'session' : record.kind === 'session') ? record : undefined
  } catch {
    // The checksum fits and the text is no JSON: not written by us.
    return undefined
  }
}

function readHex(bytes: Buffer, start: number): number {
  let value = 0
  for (let index = start; index < start + 8; index++) {
    const byte = bytes[index] ?? 0
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** By hand: a schema library takes ten times as long, and a journal may hold a million lines. */
function checkShape(value: unknown): JournalRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const record = value as JournalRecord
  return isWellShaped(record) ? record : undefined
}

function isWellShaped(record: JournalRecord): boolean {
  switch (record.kind) {
    case 'landed':
      return isText(record.key) && isText(record.etag) && isCount(record.size)
    case 'ranges':
      return isText(record.key) && isText(record.etag) && Array.isArray(record.spans) && record.spans.every(isSpan)
    case 'pinned':
      return (
        isText(record.key) &&
        isText(record.etag) &&
        isCount(record.size) &&
        typeof record.lastModified === 'number' &&
        isText(record.path)
      )
    case 'restarted':
      return isText(record.key)
    case 'doubt':
      return true
    case 'mark':
    case 'checkpoint':
      return isCount(record.mark)
    case 'session':
      return (
        isCount(record.schema) &&
        isText(record.id) &&
        isText(record.bootId) &&
        isText(record.bucket) &&
        isText(record.endpoint) &&
        isText(record.prefix)
      )
    default:
      return false
  }
}

function isSpan(span: unknown): boolean {
  return Array.isArray(span) && span.length === 2 && isCount(span[0]) && isCount(span[1]) && span[0] < span[1]
}
