/** Does what would be downloaded fit on the disk? Pure. */
import type { FolderView } from '../../../shared/ipc-contract.ts'

export type Space = { verdict: 'unknown' } | { verdict: 'fits' | 'short'; bytes: number }

/**
 * `bytes`: what remains free, or what is missing. A listing in progress can prove that space is short, never that it
 * suffices. A folder with a journal already holds part of the data, so the rest is unknown; the same goes for a drive
 * that is not connected.
 */
export function judgeSpace(bytes: number | undefined, done: boolean, folder: FolderView | undefined): Space {
  if (bytes === undefined || !folder || folder.hasJournal || folder.isDriveMissing) return { verdict: 'unknown' }
  if (bytes > folder.freeBytes) return { verdict: 'short', bytes: bytes - folder.freeBytes }
  return done ? { verdict: 'fits', bytes: folder.freeBytes - bytes } : { verdict: 'unknown' }
}
