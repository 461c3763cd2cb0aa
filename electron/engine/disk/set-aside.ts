/**
 * Keeps a file whose name an object is about to get, and which no run of ours has put there: under a free name beside
 * it.
 */
import { link, lstat, rename } from 'node:fs/promises'
import { codeOf, WRITE_PROTECTED } from './disk-error.ts'

const SUFFIX = '.before-longhaul'
const REFUSALS: readonly string[] = ['EPERM', 'EACCES']

/**
 * What stands behind its name from now on; undefined where no plain file bears it. Where file systems know a second
 * name for a file it keeps its own until another takes its place. Throws what the file system throws.
 */
export async function setAside(path: string): Promise<string | undefined> {
  const found = await look(path)
  if (!found?.isFile()) return undefined
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? SUFFIX : `${SUFFIX}-${number}`
    const taken = await look(path + suffix)
    // A run was cut off between the two names.
    if (taken && found.ino > 0 && taken.ino === found.ino && taken.dev === found.dev) return suffix
    if (!taken && (await giveName(path, path + suffix))) return suffix
  }
}

/** False when the name has just been taken. */
async function giveName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
  }
  // FAT and some network drives know one name for a file only.
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (!REFUSALS.includes(codeOf(error) ?? '')) throw error
    throw Object.assign(new Error(`${WRITE_PROTECTED}: what bears its name is: ${error}`), { code: WRITE_PROTECTED })
  }
}

const look = (path: string) => lstat(path).catch(() => undefined)
