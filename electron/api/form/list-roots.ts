/**
 * Where browsing for a folder can start: home, then the drives on Windows, elsewhere the root and mounted volumes.
 */
import { homedir } from 'node:os'
import { posix } from 'node:path'
import type { CallResult } from '../../../shared/ipc-contract.ts'
import { pathExists } from '../../engine/disk/path-exists.ts'
import { folderNames } from './folders.ts'

export type RootsOptions = {
  platform: NodeJS.Platform
  home?: string
  /** Names in a folder; none where it cannot be read. */
  list?(folder: string): Promise<string[]>
  isThere?(path: string): Promise<boolean>
}

const DRIVES = Array.from({ length: 26 }, (_, index) => `${String.fromCharCode(65 + index)}:\\`)
/** Time limit for one drive: a network drive whose server is away blocks for half a minute. */
const PATIENCE_MS = 1000

export async function listRoots(options: RootsOptions): Promise<CallResult<'folder.roots'>> {
  const { platform, home = homedir(), list = namesIn, isThere = canBeReached } = options
  const drives = platform === 'win32' ? await keep(DRIVES, isThere) : ['/', ...(await mounts(platform, home, list))]
  return [{ path: home, kind: 'home' }, ...drives.map((path) => ({ path, kind: 'drive' as const }))]
}

/** Where desktops mount volumes per user, and where they are mounted by hand. */
async function mounts(platform: NodeJS.Platform, home: string, list: (folder: string) => Promise<string[]>) {
  const user = posix.basename(home)
  const parents = platform === 'darwin' ? ['/Volumes'] : [`/run/media/${user}`, `/media/${user}`, '/media', '/mnt']
  const found = await Promise.all(
    parents.map(async (parent) => (await list(parent)).sort().map((name) => posix.join(parent, name))),
  )
  return found.flat().filter((path) => !parents.includes(path))
}

async function keep(paths: string[], isThere: (path: string) => Promise<boolean>): Promise<string[]> {
  const there = await Promise.all(paths.map(isThere))
  return paths.filter((_, index) => there[index])
}

const canBeReached = (path: string): Promise<boolean> =>
  Promise.race([pathExists(path), new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false).unref())])

const namesIn = (folder: string): Promise<string[]> => folderNames(folder).catch(() => [])
