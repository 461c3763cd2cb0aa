/**
 * What a file of lines wants in front of the next one: power that
 * failed, or a disk that was full, may have torn its last line.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * A line end where the file does not end in one, for the torn
 * line would swallow the next. Empty where it cannot be read.
 */
export function lineStartOf(path: string): '' | '\n' {
  let fd: number | undefined
  try {
    // Without waiting where a pipe lies in its place.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const { size } = fstatSync(fd)
    const last = Buffer.alloc(1)
    return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE ? '\n' : ''
  } catch {
    return ''
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

const NEWLINE = 0x0a
