/**
 * `npm run dev`: builds again at every change. In the desktop window with hot reload where there can be one, else the
 * web host, which starts again with every build: reload the page. Ctrl-C ends all of it.
 */
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, root, STAMP } from './ensure-built.ts'
import { findElectron } from './find-electron.ts'

const SOURCES = ['electron', 'renderer', 'shared']
/** An editor writes several files at once, and some twice. */
const QUIET_MS = 300

const electron = findElectron()
if ('binary' in electron) run([join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'dev'])
else {
  console.log(`Serving the window for a browser: ${electron.reason}.`)
  if (!(await ensureBuilt())) process.exit(1)
  const program = join(root, 'out', 'main', 'cli.cjs')
  run([`--watch-path=${STAMP}`, '--watch-preserve-output', program, 'web', '--no-open'])
  buildAtEveryChange()
}

function run(args: string[]): void {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  child.once('exit', (code) => process.exit(code ?? 0))
}

function buildAtEveryChange(): void {
  let timer: NodeJS.Timeout | undefined
  let building: Promise<unknown> = Promise.resolve()
  for (const folder of SOURCES) {
    watch(join(root, folder), { recursive: true }, () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        building = building.then(ensureBuilt)
      }, QUIET_MS)
    })
  }
}
