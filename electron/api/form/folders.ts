/** What the form needs to know of a folder: is it there, may we write, how much is free, would a download resume. */
import { randomBytes } from 'node:crypto'
import { open, readdir, stat, statfs, unlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { FolderView } from '../../../shared/ipc-contract.ts'
import { mapDiskError } from '../../engine/disk/disk-error.ts'
import { pathExists } from '../../engine/disk/path-exists.ts'

/** A folder that does not exist yet is judged by its nearest existing ancestor. */
export async function inspectFolder(path: string): Promise<Outcome<FolderView>> {
  if (!isAbsolute(path)) return failed({ class: 'usage', code: 'not-absolute', subject: path })
  const folder = resolve(path)
  const existing = await nearestExisting(folder)
  if (!existing)
    return success({
      path: folder,
      exists: false,
      isBelowFile: false,
      isDriveMissing: true,
      writable: false,
      freeBytes: 0,
      hasJournal: false,
    })
  return success({
    path: folder,
    exists: existing.path === folder,
    isBelowFile: !existing.isFolder,
    isDriveMissing: false,
    writable: existing.isFolder && (await canWrite(existing.path)),
    freeBytes: await freeBytesOf(existing.path),
    hasJournal: await pathExists(join(folder, '.longhaul', 'journal')),
  })
}

/** Sub-folders by name, hidden ones left out; an empty path stands for the user's home. */
export async function listFolders(
  path: string,
): Promise<Outcome<{ path: string; parent?: string; folders: string[] }>> {
  const folder = path === '' ? homedir() : path
  if (!isAbsolute(folder)) return failed({ class: 'usage', code: 'not-absolute', subject: folder })
  const here = resolve(folder)
  const parent = dirname(here)
  try {
    const names = await folderNames(here)
    const folders = names.sort((one, other) => one.localeCompare(other)).map((name) => join(here, name))
    return success({ path: here, ...(parent === here ? {} : { parent }), folders })
  } catch (error) {
    return failed(mapDiskError(error, here))
  }
}

/** Names of the folders in one, hidden ones left out. Throws where it cannot be read. */
export async function folderNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
}

async function nearestExisting(folder: string): Promise<{ path: string; isFolder: boolean } | undefined> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      return { path, isFolder: (await stat(path)).isDirectory() }
    } catch {
      if (dirname(path) === path) return undefined
    }
  }
}

/** Tested by writing: mode bits say little about network drives, ACLs, quotas and read-only mounts. */
async function canWrite(folder: string): Promise<boolean> {
  const probe = join(folder, `.longhaul-probe-${randomBytes(6).toString('hex')}`)
  try {
    const file = await open(probe, 'wx')
    await file.close()
    await unlink(probe)
    return true
  } catch {
    return false
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}
