/** Reads back what packing has written: the archive's files, the program's resources, its fuses. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getRawHeader, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit'

/** Everything the program may consist of. A new kind of file has to be added here on purpose. */
const ALLOWED: readonly RegExp[] = [
  /^package\.json$/,
  /^out\/main\/entry\.mjs$/,
  /^out\/main\/(desktop|cli|data-plane-worker|verify-worker)\.cjs$/,
  /^out\/main\/chunks\/[\w.-]+\.cjs$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/index\.html$/,
  /^out\/renderer\/favicon\.svg$/,
  /^out\/renderer\/assets\/[\w.-]+\.(js|css|svg|png|woff2)$/,
]

/** What cannot be missing from a program that starts. */
export const REQUIRED: readonly string[] = [
  'package.json',
  'out/main/entry.mjs',
  'out/main/desktop.cjs',
  'out/main/cli.cjs',
  'out/main/data-plane-worker.cjs',
  'out/main/verify-worker.cjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
]

export const isAllowed = (file: string): boolean => ALLOWED.some((pattern) => pattern.test(file))

/** Files of an archive, with forward slashes and without folders. */
export function filesOf(asar: string): string[] {
  const entries = listPackage(asar, { isPack: false }).map((entry) => entry.replaceAll('\\', '/').replace(/^\//, ''))
  return entries.filter((entry) => !entries.some((other) => other.startsWith(`${entry}/`)))
}

/** What the packed folder holds that the uninstaller, which takes files away by their names, would leave behind. */
export function leftByUninstaller(folder: string, script: string): string[] {
  const removed = [...readFileSync(script, 'utf8').matchAll(/^ *(?:Delete|RMDir \/r) "\$INSTDIR\\([^"$]+)"/gm)]
  return readdirSync(folder).filter((name) => !removed.some(([, path]) => path === name))
}

export type ProgramResources = {
  /** ProductName, FileVersion and the like. */
  words: Record<string, string>
  /** The icon's pictures: side in pixels and bytes. */
  pictures: Array<{ side: number; bytes: Buffer }>
  /** What Electron compares an archive with before it loads it; undefined when it was not written. */
  integrity: Array<{ file: string; alg: string; value: string }> | undefined
}

export function resourcesOf(program: string): ProgramResources {
  const resources = NtExecutableResource.from(NtExecutable.from(readFileSync(program), { ignoreCert: true }))
  const [version] = Resource.VersionInfo.fromEntries(resources.entries)
  const [language] = version?.getAllLanguagesForStringValues() ?? []
  const integrity = resources.entries.find(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR')
  const group = Resource.IconGroupEntry.fromEntries(resources.entries)[0]
  return {
    words: version && language ? version.getStringValues(language) : {},
    pictures: (group?.getIconItemsFromEntries(resources.entries) ?? []).map(pictureOf),
    integrity: integrity && JSON.parse(Buffer.from(integrity.bin).toString('utf8')),
  }
}

export const picturesOfIcon = (file: string): ProgramResources['pictures'] =>
  Data.IconFile.from(readFileSync(file)).icons.map(({ data }) => pictureOf(data))

/** PNG keeps its width in its first chunk; a bitmap in its header. */
function pictureOf(item: Data.IconItem | Data.RawIconItem): ProgramResources['pictures'][number] {
  const bytes = Buffer.from(item.isRaw() ? item.bin : item.generate())
  return { side: item.isRaw() ? bytes.readUInt32BE(16) : (item.width ?? 0), bytes }
}

/** SHA-256 of the archive's header, which holds the hashes of all its files. */
export const headerHashOf = (asar: string): string =>
  createHash('sha256').update(getRawHeader(asar).headerString).digest('hex')

/** Fuses by name; undefined for one that the binary does not have. In the wire, '1' is on and '0' is off. */
export async function fusesOf(program: string): Promise<Record<string, boolean | undefined>> {
  const wire = (await getCurrentFuseWire(program)) as unknown as Record<number, number>
  const names = Object.entries(FuseV1Options).filter((entry): entry is [string, FuseV1Options] =>
    Number.isNaN(Number(entry[0])),
  )
  return Object.fromEntries(
    names.map(([name, place]) => {
      const state = String.fromCharCode(wire[place] ?? 0)
      return [name, state === '1' ? true : state === '0' ? false : undefined]
    }),
  )
}

export const asarOf = (folder: string): string => join(folder, 'resources', 'app.asar')
