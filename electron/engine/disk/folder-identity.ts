/**
 * Which folder a path led to when it was looked at. One `stat` shows later whether any folder on the way has been
 * replaced since, by a link for instance: it would lead to another inode. Node cannot open relative to a folder, so
 * what happens between this look and the next system call stays unseen.
 */
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import { mapDiskError } from './disk-error.ts'

/** Plain data: crosses to the workers. */
export type FolderIdentity = {
  path: string
  device: number
  inode: number
  /**
   * A path in it that is ours: without it another folder lies there, of the disk below one that was taken away, say.
   */
  witness?: string
}

/**
 * Failures: `unsafe-path` with `ELOOP` where `path` is or goes through a link, `disk` where it is no folder. No call
 * may come between the look for links and the inode: a link put there meanwhile would count as the folder for good.
 *
 * `parent`: has been looked at. While it is what it was, the way to it need not be walked again, folder by folder; of
 * folders hundreds deep that took longer than all else.
 */
export function identifyFolder(path: string, parent?: FolderIdentity): Outcome<FolderIdentity> {
  try {
    const found = lstatSync(path)
    const replaced = parent && whyNotSameFolder(parent)
    if (replaced) return failed(replaced)
    if (parent ? found.isSymbolicLink() : hasLink(path))
      return failed({ class: 'unsafe-path', code: 'ELOOP', subject: path })
    if (!found.isDirectory()) return failed({ class: 'disk', code: 'ENOTDIR', subject: path })
    return success({ path, device: found.dev, inode: found.ino })
  } catch (error) {
    return failed(mapDiskError(error, path))
  }
}

/** Synchronous: a few microseconds, and nothing may come between it and what it guards. */
export function whyNotSameFolder(known: FolderIdentity): Failure | undefined {
  try {
    const { dev, ino } = statSync(known.path)
    // Some network and user-space file systems number a folder anew now and then: only a link on the way is a danger.
    const mayBeAnew = () => !hasLink(known.path) && (known.witness === undefined || existsSync(known.witness))
    const isSame = (dev === known.device && ino === known.inode) || mayBeAnew()
    return isSame ? undefined : { class: 'unsafe-path', code: 'folder-replaced', subject: known.path }
  } catch (error) {
    return mapDiskError(error, known.path)
  }
}

/** The root of a Windows share is resolved with a `\\` behind it; the user may have left that out. */
function hasLink(path: string): boolean {
  return realpathSync(path) !== resolve(path)
}
