/**
 * One flush for thousands of small files: `sync -f FOLDER` is syncfs(2) on the file system that holds the folder, and
 * reports write errors since Linux 5.8. Node has no call for it.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

/** False when the system has no such command, cannot start it (out of memory) or it failed: flush file by file then. */
export async function syncFilesystem(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  try {
    await runFile('sync', ['-f', folder])
    return true
  } catch {
    return false
  }
}
