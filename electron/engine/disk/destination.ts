/**
 * The folder that receives the objects: makes folders below it, opens part files in it, and flushes what was written.
 * Nothing is ever opened through a symbolic link below it: every folder on the way is looked at once, and its identity
 * again before a file is opened in it or named.
 */
import { constants } from 'node:fs'
import { lstat, mkdir, open, opendir, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { Clock } from '../engine-ports.ts'
import { codeOf, mapDiskError } from './disk-error.ts'
import { syncFolder } from './durable-files.ts'
import { type FolderIdentity, identifyFolder, whyNotSameFolder } from './folder-identity.ts'
import { findMissingDrive } from './missing-drive.ts'
import { isSafePath, OWN_FOLDER, PART_SUFFIX } from './names/safe-path.ts'
import { openPartFile, type PartFile } from './part-file.ts'
import { syncFilesystem } from './sync-filesystem.ts'

type FlushReport = {
  /** Files and folders that were flushed one by one; 0 when the whole file system was. */
  files: number
  milliseconds: number
}

type FileFacts = { size: number; lastModified: number }

export type Destination = {
  /** Absolute, links in it resolved. */
  readonly root: string
  /** Something lay in it when it was opened. */
  readonly hadFiles: boolean
  /** DEST/.longhaul. */
  readonly ownFolder: string
  /** Class `disk-gone` when it is no longer there. Synchronous: a few microseconds. */
  whyGone(): Failure | undefined
  /** What lies behind a failure: with the folder gone no file is found in it, and no object is to blame. */
  explain(failure: Failure): Failure
  /** Absolute paths of an object. `path` comes from path-claims.ts. */
  locate(path: string): { partPath: string; finalPath: string }
  /** The folder of this file as it was when it was made and checked; undefined when it was not. For the hot path. */
  folderOf(path: string): FolderIdentity | undefined
  /** Makes the folders above a file. */
  ensureFolderOf(path: string): Promise<Outcome<unknown>>
  /** Makes a folder, for a folder marker. Empty path: the destination itself. */
  ensureFolder(path: string): Promise<Outcome<unknown>>
  /** For objects in the journal go through begin-object.ts, which keeps both in step. */
  openPart(path: string, size: number): Promise<Outcome<PartFile>>
  /** A worker has landed this file without flushing it: the next `flush` does. */
  noteLanded(path: string): void
  /** Size and time of a complete file; undefined when there is none, or it is no plain file. */
  inspect(path: string): Promise<FileFacts | undefined>
  /** The same of the part file. */
  inspectPart(path: string): Promise<FileFacts | undefined>
  /**
   * Flushes all open part files, all files noted since the last flush and their folders. On failure they stay noted.
   * Afterwards the journal may make a checkpoint of the mark taken before.
   */
  flush(): Promise<Outcome<FlushReport>>
  /** Closes the part files that are still open; they stay for a later run. */
  close(): Promise<void>
}

/** From here on one `sync -f` is quicker than flushing file by file; measured in README.md. */
const FILES_FOR_WHOLE_SYNC = 64
const MAX_KNOWN_FOLDERS = 100_000
const FLUSHES_AT_ONCE = 4
/** Failure for a file or folder that cannot be found or made. */
const OF_THE_DISK: ReadonlySet<Failure['class']> = new Set(['disk', 'disk-denied', 'unsafe-path'])

export async function openDestination({
  folder,
  clock,
}: {
  folder: string
  clock: Clock
}): Promise<Outcome<Destination>> {
  try {
    await makeFolders(resolve(folder))
    const root = await realpath(resolve(folder))
    const rootFolder = identifyFolder(root)
    if (!rootFolder.ok) return rootFolder
    const witness = join(root, OWN_FOLDER)
    const own = await makeFolder(witness)
    if (!own.ok) return own
    return success(createDestination({ ...rootFolder.value, witness }, await holdsFiles(root), clock))
  } catch (error) {
    const drive = await findMissingDrive(folder)
    return failed(drive ? { class: 'disk-gone', subject: drive } : mapDiskError(error, folder))
  }
}

function createDestination(rootFolder: FolderIdentity, hadFiles: boolean, clock: Clock): Destination {
  const root = rootFolder.path
  const ownFolder = join(root, OWN_FOLDER)
  const below = root.endsWith(sep) ? root : root + sep
  const knownFolders = new Map<string, FolderIdentity>([['', rootFolder]])
  const openParts = new Set<PartFile>()
  let landed = new Set<string>()

  const locate = (path: string) => {
    if (!isSafePath(path)) throw new Error(`not a safe path: ${JSON.stringify(path)}`)
    const finalPath = below + (sep === '/' ? path : path.replaceAll('/', sep))
    return { finalPath, partPath: finalPath + PART_SUFFIX }
  }

  const ensureFolder = async (path: string): Promise<Outcome<FolderIdentity>> => {
    const known = knownFolders.get(path)
    if (known) return success(known)
    const parent = await ensureFolder(folderOf(path))
    if (!parent.ok) return parent
    const made = await makeFolder(locate(path).finalPath, parent.value)
    if (!made.ok) {
      whyNotInFolder(parent.value)
      return made
    }
    if (knownFolders.size >= MAX_KNOWN_FOLDERS) forgetFolders()
    knownFolders.set(path, made.value)
    return made
  }

  function forgetFolders(): void {
    knownFolders.clear()
    knownFolders.set('', rootFolder)
  }

  const whyGone = (): Failure | undefined =>
    whyNotSameFolder(rootFolder) ? { class: 'disk-gone', subject: root } : undefined

  /** A folder that is no longer what it was is looked at anew for the next file. */
  const whyNotInFolder = (folder: FolderIdentity): Failure | undefined => {
    const failure = whyNotSameFolder(folder)
    if (failure) forgetFolders()
    return failure
  }

  const flushOneByOne = async (files: string[], folders: string[]): Promise<Failure | undefined> => {
    const work = [
      ...[...openParts].map((part) => async () => {
        const flushed = await part.flush()
        return flushed.ok ? undefined : flushed.failure
      }),
      ...files.map((file) => () => flushFile(locate(file).finalPath)),
    ]
    const failure = (await runSome(work)) ?? (await runSome(folders.map((folder) => () => syncFolder(folder))))
    return failure
  }

  return {
    root,
    hadFiles,
    ownFolder,
    whyGone,
    explain: (failure) => (OF_THE_DISK.has(failure.class) && whyGone()) || failure,
    locate,
    folderOf: (path) => knownFolders.get(folderOf(path)),
    ensureFolderOf: (path) => ensureFolder(folderOf(path)),
    ensureFolder,
    async openPart(path, size) {
      const folder = await ensureFolder(folderOf(path))
      if (!folder.ok) return folder
      const opened = await openPartFile({ ...locate(path), size }, () => whyNotInFolder(folder.value))
      if (!opened.ok) return opened
      const part = opened.value
      openParts.add(part)
      return success({
        ...part,
        async land(lastModified, keepsFormer) {
          const outcome = await part.land(lastModified, keepsFormer)
          openParts.delete(part)
          // Its bytes are flushed, its name is not yet.
          if (outcome.ok) landed.add(path)
          return outcome
        },
        async close() {
          openParts.delete(part)
          await part.close()
        },
      })
    },
    noteLanded: (path) => void landed.add(path),
    inspect: (path) => inspectFile(locate(path).finalPath),
    inspectPart: (path) => inspectFile(locate(path).partPath),
    async flush() {
      const startedAt = clock.monotonic()
      const files = landed
      landed = new Set()
      const report = (count: number) => success({ files: count, milliseconds: clock.monotonic() - startedAt })
      if (files.size >= FILES_FOR_WHOLE_SYNC && (await syncFilesystem(root))) return report(0)
      const folders = new Set([...files].map((file) => join(root, ...folderOf(file).split('/'))))
      const failure = await flushOneByOne([...files], [...folders])
      if (failure) {
        for (const file of files) landed.add(file)
        return failed(failure)
      }
      return report(files.size + openParts.size + folders.size)
    },
    async close() {
      await Promise.all([...openParts].map((part) => part.close()))
      openParts.clear()
    },
  }
}

/** Looks at two names at most: there may be a million. */
async function holdsFiles(root: string): Promise<boolean> {
  for await (const { name } of await opendir(root)) if (name !== OWN_FOLDER) return true
  return false
}

async function inspectFile(path: string): Promise<FileFacts | undefined> {
  try {
    const found = await lstat(path)
    return found.isFile() ? { size: found.size, lastModified: found.mtimeMs } : undefined
  } catch {
    return undefined
  }
}

/** As `mkdir -p`. Node's own reports ENOENT where the cause is EROFS, and below `/proc` tries for ever. */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const isThere = await stat(path)
      .then((found) => found.isDirectory())
      .catch(() => false)
    if (isThere) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolders(dirname(path))
    await mkdir(path)
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Makes the last folder of a path whose parents are checked. A link or a file in its place is a failure. */
async function makeFolder(path: string, parent?: FolderIdentity): Promise<Outcome<FolderIdentity>> {
  const replaced = parent && whyNotSameFolder(parent)
  if (replaced) return failed(replaced)
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return failed(mapDiskError(error, path))
  }
  return identifyFolder(path, parent)
}

async function flushFile(path: string): Promise<Failure | undefined> {
  try {
    // Windows flushes only through a handle that may write.
    const access = sep === '\\' ? constants.O_RDWR : constants.O_RDONLY
    const file = await open(path, access | (constants.O_NOFOLLOW ?? 0))
    try {
      await file.datasync()
    } finally {
      await file.close()
    }
    return undefined
  } catch (error) {
    // Taken away by the user: nothing to keep safe, and the next run sees that it is missing.
    return codeOf(error) === 'ENOENT' ? undefined : mapDiskError(error, path)
  }
}

/** A few at a time, so that reads and writes still find a free thread. The first failure, if any. */
async function runSome(work: (() => Promise<Failure | undefined>)[]): Promise<Failure | undefined> {
  let failure: Failure | undefined
  const waiting = work.values()
  const lane = async () => {
    for (const run of waiting) failure ??= await run()
  }
  await Promise.all(Array.from({ length: FLUSHES_AT_ONCE }, lane))
  return failure
}
