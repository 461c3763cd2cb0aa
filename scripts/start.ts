/** `npm start`: the desktop window where there can be one, else the same window in a browser. Says which and why. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, root } from './ensure-built.ts'

const electronFolder = join(root, 'node_modules', 'electron')
/** The download of Electron is about 110 MB; a network that cannot bring it in this time is treated as none. */
const DOWNLOAD_TIMEOUT_MS = 180_000

if (!(await ensureBuilt())) {
  console.error('the build failed: see above')
  process.exit(1)
}
const reason = whyNoDesktop()
if (reason === undefined) {
  console.log('Opening the desktop window (Electron is here, and there is a display).')
  const electron = spawn(electronBinary() as string, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  electron.on('exit', (code) => process.exit(code ?? 1))
} else {
  console.log(`Serving the window for a browser: ${reason}.`)
  process.argv.splice(2, 0, 'web')
  await import('./longhaul.ts')
}

/** Undefined when the desktop window can open. */
function whyNoDesktop(): string | undefined {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!hasDisplay) return 'this machine has no display'
  if (electronBinary()) return undefined
  console.log('Downloading Electron ...')
  const options = { stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS } as const
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], options)
  return electronBinary() ? undefined : "Electron's binary is not here and cannot be downloaded"
}

function electronBinary(): string | undefined {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(binary) ? binary : undefined
}
