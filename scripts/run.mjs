/**
 * Runs one of the TypeScript files beside this one: `node scripts/run.mjs FILE.ts ARGS`.
 * npm puts the pinned Node 24 first on the PATH; where its install script was skipped, this says so in one line.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const [file, ...args] = process.argv.slice(2)
const [major, minor] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 18)

// npm passes SIGTERM on to the shell between us alone: when that has gone, so do we, in good order.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}

if (runsTypeScript) {
  process.argv = [process.argv[0], join(here, file), ...args]
  await import(pathToFileURL(join(here, file)).href)
} else {
  const pinned = join(here, '..', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(pinned)) {
    console.error('Longhaul needs its pinned Node 24: run `npm ci` without --ignore-scripts, or use Node 24 itself.')
    process.exit(1)
  }
  const child = spawnSync(pinned, [join(here, file), ...args], { stdio: 'inherit' })
  process.exit(child.status ?? 1)
}
