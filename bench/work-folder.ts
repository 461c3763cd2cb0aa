/** A folder for objects and results: on a RAM disk when there is room, so that no disk is measured. */
import { mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const RAM_DISK = '/dev/shm'
/** What the machine should have left when the folder is full. */
const SPARE_BYTES = 512 * 1024 ** 2

export type WorkFolder = { path: string; storage: string }

/** Throws when neither has room; the message is for the user. */
export function makeWorkFolder(neededBytes: number): WorkFolder {
  const wanted = neededBytes + SPARE_BYTES
  if (freeBytes(RAM_DISK) > wanted && freemem() > wanted) return { path: makeIn(RAM_DISK), storage: 'a RAM disk' }
  const temporary = tmpdir()
  if (freeBytes(temporary) > wanted) return { path: makeIn(temporary), storage: storageOf(temporary) }
  throw new Error(`needs ${(wanted / 1e9).toFixed(1)} GB in ${RAM_DISK} or ${temporary}`)
}

const makeIn = (folder: string): string => mkdtempSync(join(folder, 'longhaul-bench-'))

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}

/** The temporary folder is in memory on many machines. */
function storageOf(folder: string): string {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    return mounts.some((line) => line.split(' ')[1] === folder && line.includes(' tmpfs ')) ? 'a RAM disk' : 'a disk'
  } catch {
    return 'a disk'
  }
}
