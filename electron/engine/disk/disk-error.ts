/** What the file system says -> a failure with a class. */
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

export function mapDiskError(error: unknown, subject?: string): Failure {
  const code = codeOf(error) ?? 'UNKNOWN'
  const failure: Failure = { class: CLASSES[code] ?? 'disk', code }
  if (subject !== undefined) failure.subject = subject
  if (error instanceof Error) failure.detail = error.message.slice(0, 300)
  return failure
}

/** `ENOENT` and the like; undefined for what is no error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
