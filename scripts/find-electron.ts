/** Whether the desktop window can open here: Electron's binary, fetched when it can be had, and a display. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasDisplay } from '../electron/api/host/has-display.ts'
import { root } from './ensure-built.ts'

const electronFolder = join(root, 'node_modules', 'electron')
/** The download of Electron is about 110 MB; a network that cannot bring it in this time is treated as none. */
const DOWNLOAD_TIMEOUT_MS = 180_000

/** Where Electron is, or why no window can open. */
export function findElectron(): { binary: string } | { reason: string } {
  if (!hasDisplay(process.platform, process.env)) return { reason: 'this machine has no display' }
  const binary = electronBinary() ?? downloadElectron()
  return binary ? { binary } : { reason: "Electron's binary is not here and cannot be downloaded" }
}

function downloadElectron(): string | undefined {
  console.log('Downloading Electron ...')
  const options = { stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS } as const
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], options)
  return electronBinary()
}

function electronBinary(): string | undefined {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(binary) ? binary : undefined
}
