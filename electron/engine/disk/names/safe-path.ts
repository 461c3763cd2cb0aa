/**
 * Object key -> relative path that any machine can hold, Windows included. Pure.
 *
 * In: the key below the job's prefix. Out: segments that are no `..`, no drive, no device name, hold no character
 * that a file system or a terminal acts on, and fit in 255 bytes with `.part` behind them.
 *
 * - An ordinary key keeps its name to the letter.
 * - A segment that has to change carries `~` and ten characters of a hash of the key up to that segment. So two keys
 *   never meet by being cleaned, and two objects of one odd folder stay in one folder.
 * - A segment that merely looks like such a name is changed as well: the mapping is injective up to a hash collision,
 *   which path-claims.ts catches.
 */
import { createHash } from 'node:crypto'
import { isDeviceName } from '../../../../shared/windows-names.ts'

export type SafePath = {
  /** `folder`: an empty object whose key ends in `/`, made by consoles to show a folder. Nothing to fetch. */
  kind: 'file' | 'folder'
  /** Empty only for the marker of the prefix itself. */
  segments: string[]
  /** The segments joined by `/`. */
  path: string
  /** The key could not keep its own name. */
  mapped: boolean
}

/** Name of the folder in DEST that holds journal, manifest and lock. No key may point into it. */
export const OWN_FOLDER = '.longhaul'
/** What an unfinished file is called: `<path>.part`. */
export const PART_SUFFIX = '.part'

/** ext4, APFS and NTFS hold 255 bytes or UTF-16 units per name; `.part` must fit behind it. */
const MAX_SEGMENT_BYTES = 255 - PART_SUFFIX.length
/** macOS ends whole paths at 1,024 bytes; this leaves room for the destination's own path. */
const MAX_PATH_BYTES = 900

export function safePath(keyBelowPrefix: string, size: number): SafePath {
  const isMarker = size === 0 && (keyBelowPrefix === '' || keyBelowPrefix.endsWith('/'))
  const raw = isMarker && keyBelowPrefix !== '' ? keyBelowPrefix.slice(0, -1) : keyBelowPrefix
  if (isMarker && raw === '') return { kind: 'folder', segments: [], path: '', mapped: keyBelowPrefix !== '' }

  const rawSegments = raw.split('/')
  const segments: string[] = []
  let end = 0
  for (const segment of rawSegments) {
    end += segment.length
    segments.push(cleanSegment(segment, segments.length === 0, () => raw.slice(0, end)))
    end += 1
  }
  const fitting = shortenPath(segments, raw)
  const path = fitting.join('/')
  return { kind: isMarker ? 'folder' : 'file', segments: fitting, path, mapped: path !== raw }
}

/** Whether a path read from a file (manifest, journal) is one this module could have made. */
export function isSafePath(path: string): boolean {
  if (path === '' || Buffer.byteLength(path) > MAX_PATH_BYTES) return false
  return path.split('/').every((segment, index) => !needsChange(segment, index === 0))
}

/**
 * Whether bytes are a name that surely keeps itself: letters, digits, `_`, `-` and single dots, and nothing that ends
 * where the name of a device would. False decides nothing.
 */
export function isOrdinaryName(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (length === 0 || length === 3 || length === 4 || length > MAX_SEGMENT_BYTES) return false
  if (bytes[start + 3] === DOT || bytes[start + 4] === DOT) return false
  let previous = DOT
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === DOT ? previous === DOT : IS_ORDINARY[byte] !== 1) return false
    previous = byte
  }
  return previous !== DOT
}

const DOT = 0x2e
const IS_ORDINARY = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_-]/.test(String.fromCharCode(byte)) ? 1 : 0,
)

/** Puts the hash of `identity` into the name: `data.nc` -> `data~4f3k2m9x1c.nc`. */
export function withHash(segment: string, identity: string): string {
  const mark = `~${shortHash(identity)}`
  const dot = segment.lastIndexOf('.')
  const hasExtension = dot > 0 && segment.length - dot <= 17
  const extension = hasExtension ? segment.slice(dot) : ''
  const stem = hasExtension ? segment.slice(0, dot) : segment
  return cutToBytes(stem, MAX_SEGMENT_BYTES - mark.length - Buffer.byteLength(extension)) + mark + extension
}

function cleanSegment(segment: string, isFirst: boolean, keyUpToHere: () => string): string {
  if (!needsChange(segment, isFirst) && !LOOKS_HASHED.test(segment)) return segment
  let name = segment
    .toWellFormed()
    .replace(FORBIDDEN, '_')
    .replace(/[. ]+$/, (run) => '_'.repeat(Math.min(run.length, 8)))
  if (name === '') name = '_'
  if (isDeviceName(name)) name = `_${name}`
  if (isFirst && isOwnFolder(name)) name = '_longhaul'
  return withHash(name, keyUpToHere())
}

function needsChange(segment: string, isFirst: boolean): boolean {
  // Letters, digits, `_`, `-` and single dots, and no device name: nearly every segment there is, decided at once.
  if (segment.length > 9 && segment.length <= MAX_SEGMENT_BYTES && PLAIN.test(segment)) return false
  return (
    segment === '' ||
    FORBIDDEN_ONCE.test(segment) ||
    !segment.isWellFormed() ||
    segment.endsWith('.') ||
    segment.endsWith(' ') ||
    SHORT_NAME.test(segment) ||
    isDeviceName(segment) ||
    (isFirst && isOwnFolder(segment)) ||
    Buffer.byteLength(segment) > MAX_SEGMENT_BYTES
  )
}

const PLAIN = /^(?!(?:con|prn|aux|nul|com.|lpt.)\.)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i

/**
 * Windows' reserved characters, C0 and C1 controls, line separators, bidirectional controls (a name that reads
 * backwards), byte order mark, replacement specials and Unicode's noncharacters.
 */
const FORBIDDEN_CLASS =
  '[<>:"|?*\\\\/\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufdd0-\\ufdef\\ufff9-\\uffff]'
const FORBIDDEN = new RegExp(FORBIDDEN_CLASS, 'g')
const FORBIDDEN_ONCE = new RegExp(FORBIDDEN_CLASS)

/** Crockford's base 32 without i, l, o, u. */
const HASH_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LOOKS_HASHED = /~[0-9a-hjkmnp-tv-z]{10}(?:\.[^.]{0,16})?$/i
/** NTFS aliases such as `LONGHA~1` or `PROGRA~1.TXT`: would open another file than the one they name. */
const SHORT_NAME = /^[^.]{1,7}~\d{1,6}(?:\.[^.]{0,3})?$/

/** Compared as the most forgiving file system would: HFS+ ignores case and zero-width characters. */
function isOwnFolder(segment: string): boolean {
  if (segment.length < OWN_FOLDER.length || !/^[.\u200b-\u200d]/.test(segment)) return false
  return (
    segment
      .normalize('NFKC')
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .toUpperCase()
      .toLowerCase() === OWN_FOLDER
  )
}

/** Keeps as many leading folders as fit, then one name with the hash of the whole key. */
function shortenPath(segments: string[], raw: string): string[] {
  if (raw.length * 3 + segments.length * 12 <= MAX_PATH_BYTES) return segments
  if (Buffer.byteLength(segments.join('/')) <= MAX_PATH_BYTES) return segments
  const last = withHash(segments.at(-1)?.replace(LOOKS_HASHED, '') || '_', raw)
  const kept: string[] = []
  let bytes = Buffer.byteLength(last)
  for (const segment of segments.slice(0, -1)) {
    bytes += Buffer.byteLength(segment) + 1
    if (bytes > MAX_PATH_BYTES) break
    kept.push(segment)
  }
  return [...kept, last]
}

function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let used = 0
  let out = ''
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    out += character
  }
  return out
}

/** 50 bits of SHA-256, ten characters, case-insensitive. */
function shortHash(text: string): string {
  // Keys with lone surrogates would all hash alike as UTF-8, hence UTF-16.
  const digest = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest()
  let hash = ''
  for (let index = 0; index < 10; index++) hash += HASH_ALPHABET[(digest[index] ?? 0) & 31]
  return hash
}
