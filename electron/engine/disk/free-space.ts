/** Room on the volume that holds a folder, or will hold it: the nearest parent that exists answers. */
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { codeOf, mapDiskError } from './disk-error.ts'

export type FreeSpace = {
  /** What this user may still write. */
  freeBytes: number
  totalBytes: number
}

export async function readFreeSpace(folder: string): Promise<Outcome<FreeSpace>> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      const { bavail, blocks, bsize } = await statfs(path)
      return success({ freeBytes: bavail * bsize, totalBytes: blocks * bsize })
    } catch (error) {
      const code = codeOf(error)
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path === dirname(path))
        return failed(mapDiskError(error, folder))
    }
  }
}
