/** Builds `out/` when it is missing or older than the sources. Safe to call from several processes at once. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')
const SOURCES = ['shared', 'electron', 'renderer', 'electron.vite.config.ts', 'package-lock.json']
/** Written when a build is complete. */
export const STAMP = join(root, 'out', '.built')

/** Returns false when the build failed; its output is on stderr. */
export async function ensureBuilt(): Promise<boolean> {
  if (isFresh()) return true
  const lock = join(root, 'node_modules', '.longhaul-build-lock')
  while (!tryLock(lock)) await new Promise((resolve) => setTimeout(resolve, 200))
  try {
    return isFresh() || build()
  } finally {
    rmSync(lock, { force: true })
  }
}

function build(): boolean {
  process.stderr.write('building ...\n')
  const startedAt = Date.now()
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const result = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (result.status !== 0) return false
  writeFileSync(STAMP, String(startedAt))
  return true
}

function isFresh(): boolean {
  if (!existsSync(STAMP)) return false
  const builtAt = Number(readFileSync(STAMP, 'utf8'))
  return SOURCES.every((source) => newest(join(root, source)) < builtAt)
}

/** Latest modification below a path; tests do not count, they are not built. */
function newest(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  if (!stats.isDirectory()) return /\.test\.tsx?$|\.md$/.test(path) ? 0 : stats.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** The lock holds the builder's process id: a builder that was killed holds nobody up. */
function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true })
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
