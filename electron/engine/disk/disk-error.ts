/** Names what the file system said. */
import type { Failure, FailureClass } from '../../../shared/failure.ts'

const BY_CODE: Record<string, FailureClass> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EFBIG: 'disk-full',
  EACCES: 'disk-denied',
  EPERM: 'disk-denied',
  EROFS: 'disk-denied',
  ELOOP: 'unsafe-path',
}

export function mapDiskError(error: unknown, path?: string): Failure {
  const { code, message } = error as NodeJS.ErrnoException
  return {
    class: BY_CODE[code ?? ''] ?? 'disk',
    code: code ?? 'unknown',
    ...(path ? { subject: path } : {}),
    detail: String(message).slice(0, 300),
  }
}
