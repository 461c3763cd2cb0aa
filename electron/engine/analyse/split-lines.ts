/** Bytes -> lines, whatever the bytes are. A line longer than `MAX_LINE` keeps its beginning only. */
const MAX_LINE = 64 * 1024
const CARRIAGE_RETURN = 13

export function createLineSplitter(onLine: (line: string) => void) {
  let decoder: TextDecoder | undefined
  let first = Buffer.alloc(0)
  let carry = ''
  let isOverlong = false

  function pushText(text: string): void {
    let from = 0
    for (;;) {
      const end = text.indexOf('\n', from)
      if (end === -1) break
      if (isOverlong || carry) {
        emit(isOverlong ? carry : carry + text.slice(from, Math.min(end, from + MAX_LINE)))
        carry = ''
        isOverlong = false
      } else emit(text.slice(from, Math.min(end, from + MAX_LINE)))
      from = end + 1
    }
    if (isOverlong) return
    carry += text.slice(from, from + MAX_LINE)
    isOverlong = carry.length >= MAX_LINE
  }

  function emit(line: string): void {
    onLine(line.charCodeAt(line.length - 1) === CARRIAGE_RETURN ? line.slice(0, -1) : line)
  }

  return {
    push(chunk: Uint8Array): void {
      if (!decoder) {
        // The first two bytes tell the encoding; PowerShell's `>` writes UTF-16.
        first = Buffer.concat([first, chunk])
        if (first.length < 2) return
        decoder = new TextDecoder(encodingOf(first))
        pushText(decoder.decode(first, { stream: true }))
        first = Buffer.alloc(0)
      } else pushText(decoder.decode(chunk, { stream: true }))
    },
    end(): void {
      pushText((decoder ?? new TextDecoder()).decode(first))
      if (carry) emit(carry)
      carry = ''
    },
  }
}

function encodingOf([one, two]: Uint8Array): string {
  if (one === 0xff && two === 0xfe) return 'utf-16le'
  return one === 0xfe && two === 0xff ? 'utf-16be' : 'utf-8'
}
