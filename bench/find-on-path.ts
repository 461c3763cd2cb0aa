import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian keeps servers where the PATH of a user does not reach. */
const MORE_FOLDERS = process.platform === 'win32' ? [] : ['/usr/sbin', '/usr/local/sbin']
const ENDINGS = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']

/** Path of an executable file of this name; a found one need not run. */
export function findOnPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS].filter((folder) => folder !== '')
  return folders.flatMap((folder) => ENDINGS.map((ending) => join(folder, name + ending))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
