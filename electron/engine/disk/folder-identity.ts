/**
 * Which folder a path led to when it was looked at. One `stat` tells later whether any folder on the way has been
 * replaced since, by a link for instance: it would lead to another inode. Node cannot open relative to a folder, so
 * what happens between this look and the next system call stays unseen.
 */
import { realpathSync, statSync } from 'node:fs'
import type { Failure } from '../../../shared/failure.ts'
import { mapDiskError } from './disk-error.ts'

/** Plain data: crosses to the workers. */
export type FolderIdentity = { path: string; device: number; inode: number }

/** `path` is absolute and without links. Throws what the file system throws. */
export function identifyFolder(path: string): FolderIdentity {
  const { dev, ino } = statSync(path)
  return { path, device: dev, inode: ino }
}

/** Synchronous: a few microseconds, and nothing may come between it and what it guards. */
export function whyNotSameFolder(known: FolderIdentity): Failure | undefined {
  try {
    const { device, inode } = identifyFolder(known.path)
    // Some network and user-space file systems number a folder anew now and then: only a link on the way is a danger.
    const isSame = (device === known.device && inode === known.inode) || realpathSync(known.path) === known.path
    return isSame ? undefined : { class: 'unsafe-path', code: 'folder-replaced', subject: known.path }
  } catch (error) {
    return mapDiskError(error, known.path)
  }
}
