/**
 * Bytes -> lines, whatever the encoding. Bytes are read as Latin-1, which is a plain copy, and only lines with
 * non-ASCII bytes are decoded again: as UTF-8, or as GBK, which Python writes on a Chinese Windows; line by line,
 * because tools mix them. A line longer than `MAX_LINE` is truncated.
 */
import { isAscii, isUtf8 } from 'node:buffer'

const MAX_LINE = 64 * 1024
const UTF8_MARK = Buffer.from('\ufeff')

export function createLineSplitter(onLine: (line: string) => void) {
  let utf16: TextDecoder | undefined
  let hasBegun = false
  let first = Buffer.alloc(0)
  let carry = ''
  let isOverlong = false
  /** The line being assembled is pure ASCII so far. */
  let isPlain = true
  let endedInReturn = false

  function pushText(given: string, isPlainText: boolean): void {
    const text = withoutReturns(given)
    let from = 0
    for (;;) {
      const end = text.indexOf('\n', from)
      if (end === -1) break
      const upTo = Math.min(end, from + MAX_LINE)
      if (isOverlong) emit(carry, isPlain)
      else emit(carry ? carry + text.slice(from, upTo) : text.slice(from, upTo), isPlain && isPlainText)
      carry = ''
      isOverlong = false
      isPlain = true
      from = end + 1
    }
    if (isOverlong) return
    carry += text.slice(from, from + MAX_LINE)
    isPlain &&= isPlainText
    isOverlong = carry.length >= MAX_LINE
  }

  /** A carriage return ends a line too: progress bars write many of them, and a line feed only at the end. */
  function withoutReturns(text: string): string {
    const begin = endedInReturn && text.startsWith('\n') ? 1 : 0
    if (text.length > 0) endedInReturn = text.endsWith('\r')
    const rest = begin > 0 ? text.slice(begin) : text
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest
  }

  function emit(line: string, isPlainLine: boolean): void {
    onLine(isPlainLine || utf16 ? line : decodeLine(line))
  }

  function pushBytes(chunk: Buffer): void {
    if (utf16) pushText(utf16.decode(chunk, { stream: true }), true)
    else pushText(chunk.toString('latin1'), isAscii(chunk))
  }

  return {
    push(chunk: Buffer): void {
      if (hasBegun) {
        pushBytes(chunk)
        return
      }
      first = Buffer.concat([first, chunk])
      if (first.length >= UTF8_MARK.length) begin()
    },
    end(): void {
      if (!hasBegun) begin()
      if (utf16) pushText(utf16.decode(), true)
      if (carry) emit(carry, isPlain)
      carry = ''
    },
  }

  function begin(): void {
    hasBegun = true
    const encoding = utf16Of(first)
    if (encoding) utf16 = new TextDecoder(encoding)
    const isMarked = first.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)
    pushBytes(isMarked ? first.subarray(UTF8_MARK.length) : first)
    first = Buffer.alloc(0)
  }
}

/** By its byte order mark, which PowerShell's `>` writes, or by the zero byte next to a first ASCII letter. */
function utf16Of([one = 0, two = 0]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if ((one === 0xff && two === 0xfe) || (isLetter(one) && two === 0)) return 'utf-16le'
  return (one === 0xfe && two === 0xff) || (one === 0 && isLetter(two)) ? 'utf-16be' : undefined
}

const isLetter = (byte: number): boolean => byte > 0 && byte < 0x80

const chinese = new TextDecoder('gb18030')

function decodeLine(line: string): string {
  const bytes = Buffer.from(line, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : chinese.decode(bytes)
}
