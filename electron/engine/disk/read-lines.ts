/** Reads a file of lines from front to back in bounded memory, as bytes: most lines need not become text. */
import type { FileHandle } from 'node:fs/promises'

export type LineVisitor = {
  /** `start` and `end` within `bytes`, without the line end; `offset` is where `bytes` begins in the file. */
  line(bytes: Buffer, start: number, end: number, offset: number): void
  /** In place of a line that is too long to be one of ours. */
  overlong?(): void
  /** Every now and then, for a caller that writes out what the lines became. */
  pause?(): Promise<void>
}

/** Small enough not to hold up the window: some 10 ms of work each. */
const CHUNK_BYTES = 1024 * 1024
/** Longer than any line can be: keys have 1,024 bytes, spans are cut into several records. */
const MAX_LINE_BYTES = 256 * 1024
const NEWLINE = 0x0a

/** Returns the size of the file. A last line without line end is left out. Throws what the file system throws. */
export async function forEachLine(file: FileHandle, visitor: LineVisitor): Promise<number> {
  // One byte more, for a line end behind what was read: the search for the next one stops there.
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + MAX_LINE_BYTES + 1)
  let offset = 0
  let filled = 0
  let skipping = false
  for (;;) {
    const room = Math.min(CHUNK_BYTES, buffer.length - 1 - filled)
    const { bytesRead } = await file.read(buffer, filled, room, offset + filled)
    if (bytesRead === 0) break
    const searchFrom = filled
    filled += bytesRead
    buffer[filled] = NEWLINE
    let start = 0
    let newline = buffer.indexOf(NEWLINE, searchFrom)
    while (newline < filled) {
      if (!skipping) visitor.line(buffer, start, newline, offset)
      skipping = false
      start = newline + 1
      newline = buffer.indexOf(NEWLINE, start)
    }
    // A line without end is no line of ours: let go of it.
    if (filled - start > MAX_LINE_BYTES) {
      if (!skipping) visitor.overlong?.()
      skipping = true
      start = filled
    }
    buffer.copyWithin(0, start, filled)
    filled -= start
    offset += start
    await visitor.pause?.()
  }
  return offset + filled
}
