/**
 * Replaces a small file as a whole: whatever happens, a full disk and a power cut included, what was there before or
 * what comes now lies under its name. Writes of one file never overtake each other.
 */
import { randomBytes } from 'node:crypto'
import { open, realpath, stat, unlink } from 'node:fs/promises'
import { renamePatiently } from '../../engine/disk/rename-patiently.ts'

const writing = new Map<string, Promise<void>>()

/** `mode` is for a new file; one that is there keeps its own. Throws what the file system throws. */
export async function writeWholeFile(path: string, text: string, mode = 0o666): Promise<void> {
  const before = writing.get(path) ?? Promise.resolve()
  const write = before.catch(() => {}).then(() => replace(path, text, mode))
  writing.set(path, write)
  try {
    await write
  } finally {
    if (writing.get(path) === write) writing.delete(path)
  }
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  // A link that the user has made stays one.
  const target = await realpath(path).catch(() => path)
  const fresh = `${target}.${randomBytes(4).toString('hex')}.new`
  const file = await open(fresh, 'wx', mode)
  try {
    try {
      const old = await stat(target).catch(() => undefined)
      if (old) await file.chmod(old.mode & 0o777)
      // All of it or an error: a single write does not report what a full disk did not take.
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await renamePatiently(fresh, target)
  } catch (error) {
    await unlink(fresh).catch(() => {})
    throw error
  }
}
