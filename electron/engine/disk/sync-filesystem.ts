/**
 * One flush for thousands of small files: `sync -f FOLDER` is syncfs(2) on the file system that holds the folder, and
 * reports write errors since Linux 5.8. Node has no call for it.
 */
import { spawn } from 'node:child_process'

/** False when the system has no such command or it failed: flush file by file then. */
export function syncFilesystem(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false)
  return new Promise((resolve) => {
    const child = spawn('sync', ['-f', folder], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
