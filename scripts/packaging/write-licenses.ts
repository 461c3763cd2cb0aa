/**
 * electron-builder's `afterPack`: puts the licenses of everything that is bundled beside the program, as most of them
 * ask for. Electron's own lie there already.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AfterPackContext } from 'electron-builder'

export const LICENSES_FILE = 'LICENSES.third-party.txt'

export async function afterPack({ appOutDir, packager, electronPlatformName }: AfterPackContext): Promise<void> {
  const folder = electronPlatformName === 'darwin' ? packager.getResourcesDir(appOutDir) : appOutDir
  writeFileSync(join(folder, LICENSES_FILE), licensesText(readShippedPackages(packager.projectDir)))
}

export type ShippedPackage = {
  name: string
  version: string
  /** As the package names it, e.g. `MIT`. */
  license: string
  /** The text it brings along; empty when it brings none. */
  text: string
}

/** All that the lock file installs for production on this system: what is bundled, and a little more. */
export function readShippedPackages(root: string): ShippedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; license?: string; dev?: boolean; devOptional?: boolean }>
  }
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional && existsSync(join(root, path)))
    .map(([path, { version = '', license = 'unknown' }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      text: readLicense(join(root, path)),
    }))
}

function readLicense(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(name))
  return files
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n')
}

/** Every text once, under the names of all who share it. */
export function licensesText(packages: ShippedPackage[]): string {
  const byText = new Map<string, string[]>()
  for (const { name, version, license, text } of packages) {
    const shown = text || `Its package names the license ${license} and brings no text.`
    byText.set(shown, [...(byText.get(shown) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...byText].map(([text, names]) => `${[...new Set(names)].sort().join('\n')}\n\n${text}\n`)
  const line = `${'-'.repeat(80)}\n\n`
  return `Longhaul contains these packages.\n\n${line}${parts.sort().join(`\n${line}`)}`
}
