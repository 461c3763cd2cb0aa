/**
 * Which sentence of ours says why a log could not be read; undefined:
 * the failure's own. What is said of folders and disks would mislead.
 */
import type { Failure } from '../../shared/failure.ts'

export function whyNotRead({
  class: failure,
  code,
}: Failure): 'logs.missing' | 'logs.notAFile' | 'logs.unreadable' | undefined {
  if (code === 'ENOENT') return 'logs.missing'
  if (code === 'not-a-file') return 'logs.notAFile'
  return failure === 'disk-denied' ? 'logs.unreadable' : undefined
}
