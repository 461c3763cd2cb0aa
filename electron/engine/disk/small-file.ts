/**
 * A small object, landed inside a worker: six system calls from nothing to the final name. Loads nothing that a
 * worker does not need to start.
 */
import { closeSync, constants, fstatSync, futimesSync, lstatSync, openSync, unlinkSync } from 'node:fs'
import type { Failure } from '../../../shared/failure.ts'
import { codeOf, mapDiskError } from './disk-error.ts'
import { isLookAlike } from './look-alike.ts'
import { renamePatientlySync } from './rename-patiently.ts'

/**
 * Opens a new, empty part file; an old one of the name is removed. A new file is no link, neither soft nor hard, so
 * nothing needs to be looked up. Throws what the file system throws: callers map it with `mapDiskError`.
 */
export function openPartSync(partPath: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  try {
    return openSync(partPath, flags, 0o666)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    unlinkSync(partPath)
    return openSync(partPath, flags, 0o666)
  }
}

export type SmallFile = {
  partPath: string
  finalPath: string
  /** Unix milliseconds; 0 = unknown. */
  lastModified: number
  /** What bears its name an earlier run has landed: it is replaced, whatever it looks like. */
  replaces?: boolean
}

/**
 * Time (0 = unknown: that of its landing), close, name. Does not flush: a small object counts as safe from a power cut
 * at the next checkpoint, and its journal record is not believed before. Returns the failure, if any; the descriptor is
 * closed in any case. `name-taken`: another program has put a file under the name meanwhile; the caller that can set it
 * aside lands the part file.
 */
export function landSync(fd: number, file: SmallFile): Failure | undefined {
  const { partPath, finalPath, lastModified } = file
  let isOpen = true
  try {
    const isTaken = !file.replaces && isOfOthers(fd, file)
    if (lastModified > 0) futimesSync(fd, lastModified / 1000, lastModified / 1000)
    isOpen = false
    closeSync(fd)
    if (isTaken) return { class: 'cancelled', code: 'name-taken' }
    renamePatientlySync(partPath, finalPath)
    return undefined
  } catch (error) {
    if (isOpen) closeSync(fd)
    return mapDiskError(error, finalPath)
  }
}

function isOfOthers(fd: number, { finalPath, lastModified }: SmallFile): boolean {
  const found = lstatSync(finalPath, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size === 0) return false
  return !isLookAlike({ size: found.size, lastModified: found.mtimeMs }, { size: fstatSync(fd).size, lastModified })
}
