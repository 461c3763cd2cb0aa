/**
 * Writes body bytes at their own offsets, synchronously: the worker has nothing else to do for this connection, and a
 * synchronous `pwrite` from the receive buffer needs neither copy nor promise.
 */
import { closeSync, writeSync } from 'node:fs'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import { mapDiskError } from '../disk/disk-error.ts'
import { whyNotSameFolder } from '../disk/folder-identity.ts'
import { landSync, openPartSync } from '../disk/small-file.ts'
import type { TaskFile } from '../engine-ports.ts'
import type { RangeSum } from '../verify/range-sums.ts'

export type TaskWriter = {
  /** Writes `length` bytes of `buffer` from `offset` at byte `position` of the object. */
  write(buffer: Buffer, offset: number, length: number, position: number): Failure | undefined
  /** All bytes are written. */
  complete(): Failure | undefined
  /** The task has failed; what is written stays. */
  abandon(): Failure | undefined
  /** Of all that was written, when the task wants sums. */
  sums?(): RangeSum[]
}

/** A small object gets its own part file here and lands at once; a range of a big one uses the file already open. */
export function openTaskFile(file: TaskFile): Outcome<TaskWriter> {
  if (file.kind === 'open') {
    return success({
      write: (buffer, offset, length, position) => writeAll(file.fd, buffer, offset, length, position),
      complete: () => undefined,
      abandon: () => undefined,
    })
  }
  const folderFailure = () => file.folder && whyNotSameFolder(file.folder)
  const replaced = folderFailure()
  if (replaced) return failed(replaced)
  let fd: number
  try {
    fd = openPartSync(file.partPath)
  } catch (error) {
    return failed(mapDiskError(error, file.partPath))
  }
  return success({
    write: (buffer, offset, length, position) => writeAll(fd, buffer, offset, length, position, file.partPath),
    complete() {
      const failure = folderFailure()
      if (!failure) return landSync(fd, file)
      attempt(file.partPath, () => closeSync(fd))
      return failure
    },
    abandon: () => attempt(file.partPath, () => closeSync(fd)),
  })
}

function writeAll(
  fd: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
  path?: string,
): Failure | undefined {
  return attempt(path, () => {
    let written = 0
    while (written < length) written += writeSync(fd, buffer, offset + written, length - written, position + written)
  })
}

function attempt(path: string | undefined, run: () => void): Failure | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return mapDiskError(error, path)
  }
}
