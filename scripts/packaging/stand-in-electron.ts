/**
 * A folder that electron-builder takes for Electron's own, where the real one cannot be downloaded. It cannot run: it
 * only has the places that packing writes to, so that what was written can be read back.
 */
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Any small 64-bit program with resources will do; this one comes with electron-builder's dependencies. */
const SMALL_PROGRAM = ['node_modules', 'electron-winstaller', 'vendor', '7z-x64.exe']
/** Marks the place of the fuses in Electron's binary: https://github.com/electron/fuses */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** As Electron ships it, in the order of `FuseV1Options`: one character each, 1 = on. */
const DEFAULT_FUSES = '10110001'

/** How electron-builder calls the two systems that a stand-in can be packed for here. */
export type PackedSystem = 'win' | 'linux'

export function makeStandInElectron(root: string, folder: string, system: PackedSystem): void {
  mkdirSync(join(folder, 'resources'), { recursive: true })
  mkdirSync(join(folder, 'locales'))
  for (const locale of ['de', 'en-US', 'zh-CN']) writeFileSync(join(folder, 'locales', `${locale}.pak`), '')
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'version'), version)
  const program = join(folder, system === 'win' ? 'electron.exe' : 'electron')
  // On Linux nothing but the fuses is written into the program, so it need not be one.
  if (system === 'win') copyFileSync(join(root, ...SMALL_PROGRAM), program)
  // Version of the wire, its length, then the fuses.
  appendFileSync(
    program,
    Buffer.from([0, ...Buffer.from(SENTINEL), 1, DEFAULT_FUSES.length, ...Buffer.from(DEFAULT_FUSES), 0]),
  )
}
