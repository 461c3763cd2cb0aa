/**
 * The short way through path-claims.ts, for nearly every path there is: short, in
 * ASCII, in a folder that has been placed before under its own name, with a name
 * that is safe as it is. Told from bytes, without strings or regular expressions.
 */
import type { Random } from '../../engine-ports.ts'
import { createFingerprinter, createFingerprintTable } from '../fingerprint.ts'
import { isSame } from '../same-bytes.ts'
import { isOrdinaryName, PART_SUFFIX } from './safe-path.ts'

export type OrdinaryPaths = {
  /** Paths may lie in this folder from now on. */
  addFolder(folder: string): void
  /** Puts the text into `taken`; false when it is no ASCII, or too long. */
  take(text: string): boolean
  readonly taken: Buffer
  /** Whether the bytes, which are ASCII, are such a path; `folded` then begins with it in lower case. */
  isOne(bytes: Buffer, start: number, end: number): boolean
  readonly folded: Buffer
}

/** The longest key of S3. */
const MOST_KEY_BYTES = 1024
/** No path of that length is ever shortened. */
const MOST_PATH_BYTES = 300
const SLASH = 0x2f
/** Names that were changed, or look like it, have one. */
const TILDE = 0x7e
const PART = Buffer.from(PART_SUFFIX)
const LOWER_CASE = Uint8Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase().charCodeAt(0))

export function createOrdinaryPaths(random: Random): OrdinaryPaths {
  const fingerprint = createFingerprinter(random)
  const folders = createFingerprintTable()
  const taken = Buffer.alloc(MOST_KEY_BYTES)
  const folded = Buffer.alloc(MOST_PATH_BYTES)

  return {
    taken,
    folded,
    addFolder(folder) {
      const { high, low } = fingerprint.ofText(folder)
      folders.set(high, low, 1, 1)
    },
    take(text) {
      if (text.length > MOST_KEY_BYTES) return false
      for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index)
        if (code > 0x7f) return false
        taken[index] = code
      }
      return true
    },
    isOne(bytes, start, end) {
      if (end - start > MOST_PATH_BYTES) return false
      const slash = lastSlash(bytes, start, end)
      if (!isOrdinaryName(bytes, slash + 1, end)) return false
      // An empty folder name in front is none of these.
      if (slash === start) return false
      if (slash > start) {
        const { high, low } = fingerprint.ofAscii(bytes, start, slash)
        if (folders.find(high, low) < 0) return false
      }
      for (let at = start; at < end; at++) {
        const byte = bytes[at] as number
        if (byte === TILDE) return false
        folded[at - start] = LOWER_CASE[byte] as number
      }
      const nameLength = end - slash - 1
      return nameLength < PART.length || !isSame(folded, end - start - PART.length, PART, 0, PART.length)
    },
  }
}

/** `start - 1` when there is none. */
function lastSlash(bytes: Buffer, start: number, end: number): number {
  let at = end - 1
  while (at >= start && bytes[at] !== SLASH) at--
  return at
}
