/** Where the specs run: in a browser against the web host, and in real Electron wherever its binary is. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type HostName = 'web' | 'electron'
/** `skipped` says why the specs of this host are not run here. */
export type Host = { name: HostName; skipped?: string }

const electronFolder = join(import.meta.dirname, '..', '..', 'node_modules', 'electron')

/** `LONGHAUL_E2E_HOST=web` or `=electron` runs one host only, and then a missing Electron is a failure, not a skip. */
export function listHosts(environment = process.env): Host[] {
  const wanted = environment.LONGHAUL_E2E_HOST
  if (wanted === 'web') return [{ name: 'web' }, { name: 'electron', skipped: 'LONGHAUL_E2E_HOST=web' }]
  if (wanted === 'electron') return [{ name: 'web', skipped: 'LONGHAUL_E2E_HOST=electron' }, { name: 'electron' }]
  const reason = whyNoElectron(environment)
  return [{ name: 'web' }, reason === undefined ? { name: 'electron' } : { name: 'electron', skipped: reason }]
}

/** Read from its folder: asking the package itself would begin to download what is missing. */
export function findElectron(): string | undefined {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const binary = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(binary) ? binary : undefined
}

function whyNoElectron(environment: NodeJS.ProcessEnv): string | undefined {
  if (!findElectron()) return "Electron's binary is not here"
  const hasDisplay = process.platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY
  return hasDisplay ? undefined : 'no display'
}
