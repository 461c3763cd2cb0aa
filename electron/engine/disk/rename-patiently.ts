/**
 * A rename that Windows may refuse at first: virus scanners and indexers hold fresh files for
 * moments, and then it answers EPERM, EACCES or EBUSY. Who holds a file for longer is a program that has it open; that
 * is said of this file (EBUSY), not of the folder, into which it has just been written. So it answers as well where a
 * folder bears the name, or a file that its user has write-protected: waiting mends neither. Elsewhere a file that may
 * not be replaced (`chattr +i`, locked in the Finder, another's in a folder with the sticky bit) is told from a folder
 * that may not be written to by asking for the folder.
 */
import { accessSync, constants, lstatSync, renameSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, WRITE_PROTECTED } from './disk-error.ts'

const HELD = ['EPERM', 'EACCES', 'EBUSY']
/** Before the second try; each further wait is twice as long, up to the longest. */
const FIRST_WAIT_MS = 10
const LONGEST_WAIT_MS = 5000
/** 2.55 s in all: a scan of a fresh file takes milliseconds, of a large archive a second or two. */
const TRIES = 9
/**
 * 35 s in all, for a whole object that nobody else waits for: some scanners, and programs that carry files into a cloud
 * or a backup, hold one of gigabytes for longer, and its user is not there to press Retry.
 */
export const TRIES_FOR_LARGE = 16

/** Windows shows its attribute in the mode. */
const OWNER_MAY_WRITE = 0o200

type Options<Rename> = { platform?: NodeJS.Platform; rename?: Rename; tries?: number }

/** Throws what the file system throws. */
export async function renamePatiently(
  from: string,
  to: string,
  { platform = process.platform, rename: move = rename, tries = TRIES }: Options<typeof rename> = {},
): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await move(from, to)
    } catch (error) {
      await sleep(waitAfter(error, tried, { platform, tries, to }))
    }
  }
}

/** The same for a worker thread, which stands still meanwhile. */
export function renamePatientlySync(
  from: string,
  to: string,
  { platform = process.platform, rename: move = renameSync, tries = TRIES }: Options<typeof renameSync> = {},
): void {
  for (let tried = 1; ; tried++) {
    try {
      move(from, to)
      return
    } catch (error) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitAfter(error, tried, { platform, tries, to }))
    }
  }
}

/** Milliseconds until the next try; throws when there is none. */
export function waitAfter(
  error: unknown,
  tried: number,
  { platform, tries, to }: { platform: NodeJS.Platform; tries: number; to: string },
): number {
  const code = codeOf(error) ?? ''
  if (!HELD.includes(code)) throw error
  const found = lstatSync(to, { throwIfNoEntry: false })
  if (platform !== 'win32') {
    const isProtected = code !== 'EBUSY' && found !== undefined && mayWrite(dirname(to))
    throw isProtected ? renamed(WRITE_PROTECTED, `what bears its name is: ${error}`) : error
  }
  if (found?.isDirectory()) throw renamed('EISDIR', `a folder bears its name: ${error}`)
  if (found && (found.mode & OWNER_MAY_WRITE) === 0) throw renamed(WRITE_PROTECTED, `what bears its name is: ${error}`)
  if (tried === tries) throw renamed('EBUSY', `another program holds it open: ${error}`)
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1))
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const renamed = (code: string, words: string) => Object.assign(new Error(`${code}: ${words}`), { code })
