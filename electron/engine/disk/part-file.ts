/**
 * One file on its way: bytes arrive in `<path>.part` in any order, and only a complete file gets its name. For large
 * objects, which the control plane opens; workers write to the descriptor. Small ones: small-file.ts.
 */
import {
  close as closeWithCallback,
  constants,
  fdatasync as fdatasyncWithCallback,
  fstat as fstatWithCallback,
  ftruncate as ftruncateWithCallback,
  futimes as futimesWithCallback,
  lstatSync,
  open as openWithCallback,
} from 'node:fs'
import { lstat, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import { codeOf, isTooLargeForDisk, mapDiskError } from './disk-error.ts'
import { readFreeSpace } from './free-space.ts'
import { renamePatiently, TRIES_FOR_LARGE } from './rename-patiently.ts'
import { setAside } from './set-aside.ts'

const close = promisify(closeWithCallback)
const fdatasync = promisify(fdatasyncWithCallback)
const fstat = promisify(fstatWithCallback)
const ftruncate = promisify(ftruncateWithCallback)
const futimes = promisify(futimesWithCallback)
const open = promisify(openWithCallback)

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** A pipe planted in place of the file must not hold us up. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** Why the folder of a file is not the one that was checked; undefined while it is. */
type WhyNotHere = () => Failure | undefined

export type PartFile = {
  /** For workers; valid until `land` or `close`. */
  readonly fd: number
  readonly partPath: string
  readonly finalPath: string
  /** Pushes what was written so far to the device. */
  flush(): Promise<Outcome<void>>
  /**
   * Gives the file its time, if one is known (else 0), and its name. Flushes first, so that no power cut leaves half a
   * file under the name.
   * `keepsFormer`: what bears it is set aside; told is what stands behind its name then.
   */
  land(lastModified: number, keepsFormer?: boolean): Promise<Outcome<string | undefined>>
  /** Keeps the part file for a later run. Safe to repeat. */
  close(): Promise<void>
}

/**
 * The folders must exist and be checked already: see destination.ts. `whyNotHere` is called before the file is opened,
 * again before it is touched, for a busy disk may keep the opening waiting, and before it gets its name.
 */
export async function openPartFile(
  { partPath, finalPath, size }: { partPath: string; finalPath: string; size: number },
  whyNotHere: WhyNotHere,
): Promise<Outcome<PartFile>> {
  const elsewhere = whyNotHere()
  if (elsewhere) return failed(elsewhere)
  // Said before a byte is fetched.
  if (lstatSync(finalPath, { throwIfNoEntry: false })?.isDirectory())
    return failed({ class: 'disk', code: 'EISDIR', subject: finalPath })
  let fd: number | undefined
  try {
    const opened = await openOrCreate(partPath)
    fd = opened.fd
    const found = await fstat(fd)
    const replaced = whyNotHere()
    if (replaced) {
      await close(fd)
      if (opened.isNew) await unlinkSame(partPath, found.ino)
      return failed(replaced)
    }
    // A second name of the same file may lie outside the destination.
    if (!found.isFile() || found.nlink > 1) {
      await close(fd)
      return failed({ class: 'unsafe-path', code: found.isFile() ? 'EMLINK' : 'EFTYPE', subject: partPath })
    }
    if (found.size !== size) await ftruncate(fd, size)
    return success(createPartFile(fd, { partPath, finalPath, whyNotHere }))
  } catch (error) {
    if (fd !== undefined) await close(fd).catch(() => {})
    return failed(await whyNotOpened(error, partPath, size))
  }
}

async function whyNotOpened(error: unknown, partPath: string, size: number): Promise<Failure> {
  const failure = mapDiskError(error, partPath)
  if (failure.class !== 'disk-full') return failure
  const room = await readFreeSpace(partPath)
  const isTooLarge = room.ok && isTooLargeForDisk(failure, size, room.value.freeBytes)
  return isTooLarge ? { ...failure, class: 'disk', code: 'EFBIG' } : failure
}

async function openOrCreate(path: string): Promise<{ fd: number; isNew: boolean }> {
  const flags = constants.O_RDWR | NO_FOLLOW | NO_WAIT
  try {
    return { fd: await open(path, flags), isNew: false }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return { fd: await open(path, flags | constants.O_CREAT | constants.O_EXCL, 0o666), isNew: true }
  }
}

/** Leaves what bears the name by now if it is another file. */
async function unlinkSame(path: string, inode: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found?.ino === inode) await unlink(path).catch(() => {})
}

function createPartFile(
  fd: number,
  { partPath, finalPath, whyNotHere }: Pick<PartFile, 'partPath' | 'finalPath'> & { whyNotHere: WhyNotHere },
): PartFile {
  let isOpen = true
  const closeOnce = async () => {
    if (!isOpen) return
    isOpen = false
    await close(fd)
  }
  return {
    fd,
    partPath,
    finalPath,
    async flush() {
      if (!isOpen) return success(undefined)
      try {
        await fdatasync(fd)
        return success(undefined)
      } catch (error) {
        // Landed and closed in the meantime: landing flushes.
        return isOpen ? failed(mapDiskError(error, partPath)) : success(undefined)
      }
    },
    async land(lastModified, keepsFormer) {
      try {
        if (lastModified > 0) await futimes(fd, lastModified / 1000, lastModified / 1000)
        await fdatasync(fd)
        await closeOnce()
        const failure = whyNotHere()
        if (failure) return failed(failure)
        const former = keepsFormer ? await setAside(finalPath) : undefined
        await renamePatiently(partPath, finalPath, { tries: TRIES_FOR_LARGE })
        return success(former)
      } catch (error) {
        return failed(mapDiskError(error, finalPath))
      } finally {
        await closeOnce().catch(() => {})
      }
    },
    close: () => closeOnce().catch(() => {}),
  }
}
