/** An error of the file system -> a failure with a class. */
import type { Failure, FailureClass } from '../../../shared/failure.ts'

const CLASSES: Record<string, FailureClass> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'disk-denied',
  EPERM: 'disk-denied',
  EROFS: 'disk-denied',
  // O_NOFOLLOW met a link.
  ELOOP: 'unsafe-path',
}

/** Of a file that its user has write-protected; no code of the operating system, whose own mean the folder. */
export const WRITE_PROTECTED = 'write-protected'

export function mapDiskError(error: unknown, subject?: string): Failure {
  const code = codeOf(error) ?? 'UNKNOWN'
  const failure: Failure = { class: CLASSES[code] ?? 'disk', code }
  if (subject !== undefined) failure.subject = subject
  if (error instanceof Error) failure.detail = error.message.slice(0, 300)
  return failure
}

/** The largest file of FAT32. */
const MOST_BYTES_ON_FAT32 = 2 ** 32 - 1

/**
 * Windows calls a FAT32 disk full, whatever room it has, where a
 * file is to be larger than such disks take; others report EFBIG.
 */
export function isTooLargeForDisk(failure: Failure, fileBytes: number, freeBytes: number): boolean {
  return failure.code === 'ENOSPC' && fileBytes > MOST_BYTES_ON_FAT32 && freeBytes >= fileBytes
}

/** What Node has made of such an error where it starts a thread or loads a module: only its message shows it. */
export const shortOfFilesIn = (words: string): string | undefined =>
  /\b(?:EMFILE|ENFILE)\b/.exec(words)?.[0] ?? (words.includes('too many open files') ? 'EMFILE' : undefined)

/** `ENOENT` and the like; undefined for what is no error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
