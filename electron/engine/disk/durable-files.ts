/**
 * The few steps that make a change of the file system certain.
 * All throw what the file system throws, unless stated otherwise.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Failure } from '../../../shared/failure.ts'
import { codeOf, mapDiskError } from './disk-error.ts'
import { renamePatiently } from './rename-patiently.ts'

export async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Moves `from` onto `to` and makes the move itself durable where the system can. */
export async function renameDurably(from: string, to: string, folder: string): Promise<void> {
  await renamePatiently(from, to)
  await syncFolder(folder)
}

/** Windows has no such thing; there the file system's own journal keeps the order. */
export async function syncFolder(folder: string): Promise<Failure | undefined> {
  if (process.platform === 'win32') return undefined
  try {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    return undefined
  } catch (error) {
    return mapDiskError(error, folder)
  }
}

/** `journal.damaged-N` with the first N that is free. */
export async function freeNameBeside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${path}.damaged-${number}`
    try {
      await stat(name)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return name
      throw error
    }
  }
}
