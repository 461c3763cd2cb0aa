/**
 * Nearly all lines of a long journal are `landed` records as `recordText` writes them, with keys and ETags of plain
 * ASCII. Replaying needs only fingerprints of them, and these are taken from the bytes where they stand: parsing the
 * JSON and making its strings takes several times as long. Any other line is none of these, and is decoded.
 */
import { isSame } from '../same-bytes.ts'

/** Where the values of such a line begin and end in its bytes. Filled in by `findLanded`, line after line. */
export type LandedPlaces = { keyStart: number; keyEnd: number; etagStart: number; etagEnd: number; size: number }

const BEFORE_KEY = Buffer.from('{"kind":"landed","key":"')
const BEFORE_ETAG = Buffer.from('","etag":"')
const BEFORE_SIZE = Buffer.from('","size":')
const CLOSING_BRACE = 0x7d
/** With at most so many digits a number is a safe integer. */
const MOST_DIGITS = 15

/** `start` and `end` delimit the JSON. */
export function findLanded(bytes: Buffer, start: number, end: number, places: LandedPlaces): boolean {
  if (!hasAt(bytes, start, BEFORE_KEY)) return false
  places.keyStart = start + BEFORE_KEY.length
  places.keyEnd = endOfPlainText(bytes, places.keyStart, end)
  if (!hasAt(bytes, places.keyEnd, BEFORE_ETAG)) return false
  places.etagStart = places.keyEnd + BEFORE_ETAG.length
  places.etagEnd = endOfPlainText(bytes, places.etagStart, end)
  if (!hasAt(bytes, places.etagEnd, BEFORE_SIZE)) return false
  const sizeStart = places.etagEnd + BEFORE_SIZE.length
  const digits = end - 1 - sizeStart
  if (digits < 1 || digits > MOST_DIGITS || bytes[end - 1] !== CLOSING_BRACE) return false
  places.size = 0
  for (let at = sizeStart; at < end - 1; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return false
    places.size = places.size * 10 + digit
  }
  return digits === 1 || bytes[sizeStart] !== 0x30
}

const hasAt = (bytes: Buffer, start: number, expected: Buffer): boolean =>
  isSame(bytes, start, expected, 0, expected.length)

/** Printable ASCII that JSON writes as it is. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (/[ -~]/.test(String.fromCharCode(byte)) ? 1 : 0))
for (const special of '"\\') IS_PLAIN[special.charCodeAt(0)] = 0

/** At the closing quote, if all is well. */
function endOfPlainText(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && IS_PLAIN[bytes[at] as number] === 1) at++
  return at
}
