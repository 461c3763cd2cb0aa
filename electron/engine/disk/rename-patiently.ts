/**
 * A rename that Windows may have to be asked for more than once: virus scanners and indexers hold fresh files for moments, and
 * then it answers EPERM, EACCES or EBUSY. Who holds a file for longer is a program that has it open; that is said of this
 * file (EBUSY), not of the folder, into which it has just been written.
 */
import { renameSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './disk-error.ts'

const HELD = ['EPERM', 'EACCES', 'EBUSY']
/** Before the second try; each further wait is twice as long. */
const FIRST_WAIT_MS = 10
/** 2.55 s in all: a scan of a fresh file takes milliseconds, of a large archive a second or two. */
const TRIES = 9

type Options<Rename> = { platform?: NodeJS.Platform; rename?: Rename }

/** Throws what the file system throws. */
export async function renamePatiently(
  from: string,
  to: string,
  { platform = process.platform, rename: move = rename }: Options<typeof rename> = {},
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await move(from, to)
    } catch (error) {
      await sleep(waitAfter(error, tries, platform))
    }
  }
}

/** The same for a worker thread, which stands still meanwhile. */
export function renamePatientlySync(
  from: string,
  to: string,
  { platform = process.platform, rename: move = renameSync }: Options<typeof renameSync> = {},
): void {
  for (let tries = 1; ; tries++) {
    try {
      move(from, to)
      return
    } catch (error) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitAfter(error, tries, platform))
    }
  }
}

/** Milliseconds until the next try; throws when there is none. */
function waitAfter(error: unknown, tries: number, platform: NodeJS.Platform): number {
  if (platform !== 'win32' || !HELD.includes(codeOf(error) ?? '')) throw error
  if (tries === TRIES)
    throw Object.assign(new Error(`EBUSY: another program holds it open: ${error}`), { code: 'EBUSY' })
  return FIRST_WAIT_MS * 2 ** (tries - 1)
}
