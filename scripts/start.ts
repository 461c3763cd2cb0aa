/** `npm start`: the desktop window where there can be one, else the same window in a browser. Says which and why. */
import { spawn } from 'node:child_process'
import { ensureBuilt, root } from './ensure-built.ts'
import { findElectron } from './find-electron.ts'

if (!(await ensureBuilt())) {
  console.error('the build failed: see above')
  process.exit(1)
}
const electron = findElectron()
if ('binary' in electron) {
  console.log('Opening the desktop window (Electron is here, and there is a display).')
  const window = spawn(electron.binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  window.on('exit', (code) => process.exit(code ?? 1))
} else {
  console.log(`Serving the window for a browser: ${electron.reason}.`)
  process.argv.splice(2, 0, 'web')
  await import('./longhaul.ts')
}
