/**
 * Keeps two keys from meeting in one file: gives out each path once.
 *
 * safe-path.ts cleans keys one by one; only here is it seen that `Data.nc` and `data.nc` are one file on Windows and
 * macOS, that `é` has two spellings, that `a` and `a/b` cannot both exist, and that the unfinished `x.part` of `x` is
 * another object's own name. The later key of such a pair gets a hash into its name. First come, first served in the
 * order of the listing; a path that an earlier run has recorded in the manifest stays with its key.
 *
 * Memory: 17 bytes a slot, about 35 MB for 1,000,000 keys; only changed names are kept as text.
 */
import type { Random } from '../engine-ports.ts'
import { createFingerprinter, createFingerprintTable } from './fingerprint.ts'
import { isSafePath, PART_SUFFIX, type SafePath, safePath, withHash } from './safe-path.ts'

export type ClaimedPath = {
  kind: 'file' | 'folder'
  /** Relative, `/` between segments. Empty only for the marker of the prefix itself. */
  path: string
  /** The key could not keep its own name: worth a `path-mapped` event and a line in the manifest. */
  mapped: boolean
}

export type PathClaims = {
  /** A mapping from an earlier run. Before the first `claim`. Unsafe paths are ignored and told by `false`. */
  remember(row: { bucket: string; key: string; path: string }): boolean
  /** `key` as a whole, `keyBelowPrefix` the part that names the file. Asking again gives the same answer. */
  claim(key: string, keyBelowPrefix: string, size: number): ClaimedPath
}

const FOLDER = { high: 0, low: 1 }

export function createPathClaims({ random, bucket }: { random: Random; bucket: string }): PathClaims {
  const fingerprint = createFingerprinter(random)
  /** Fingerprint of the folded path -> fingerprint of the owning key, or FOLDER. */
  const table = createFingerprintTable()
  const remembered = new Map<string, string>()
  /** Folder of the last claim: keys come sorted, so nearly always also that of the next one. */
  let lastFolder = ''

  const holderOf = (folded: string): { high: number; low: number } | undefined => {
    const { high, low } = fingerprint(folded)
    const slot = table.find(high, low)
    return slot < 0 ? undefined : { high: table.valueHigh(slot), low: table.valueLow(slot) }
  }
  const hold = (folded: string, holder: { high: number; low: number }) => {
    noteName(folded)
    const { high, low } = fingerprint(folded)
    table.set(high, low, holder.high, holder.low)
  }
  const ownerOf = (key: string, owningBucket = bucket) => {
    const { high, low } = fingerprint(`${owningBucket}\n${key}`)
    return { high: (high | 1) >>> 0, low }
  }
  const isFolder = (holder: { high: number; low: number }) => holder.high === FOLDER.high && holder.low === FOLDER.low
  const isFile = (folded: string) => {
    const holder = holderOf(folded)
    return holder !== undefined && !isFolder(holder)
  }

  /** Hardly any bucket has names that end so; without one the second look-up is spared. */
  let partNames = 0
  const noteName = (folded: string) => {
    if (folded.endsWith(PART_SUFFIX)) partNames++
  }
  const fileIsFree = (folded: string, owner: { high: number; low: number }): boolean => {
    const holder = holderOf(folded)
    if (holder) return holder.high === owner.high && holder.low === owner.low
    if (partNames > 0 && holderOf(folded + PART_SUFFIX)) return false
    return !(folded.endsWith(PART_SUFFIX) && isFile(folded.slice(0, -PART_SUFFIX.length)))
  }
  const folderIsFree = (folded: string): boolean => {
    if (isFile(folded)) return false
    return !(folded.endsWith(PART_SUFFIX) && isFile(folded.slice(0, -PART_SUFFIX.length)))
  }

  /** The folders of a path, each renamed when a file has its name. */
  const claimFolders = (segments: readonly string[], identity: string): string[] => {
    const folder = segments.join('/')
    if (folder === lastFolder) return [...segments]
    const given: string[] = []
    let renamed = false
    for (const [index, segment] of segments.entries()) {
      const parent = given.length === 0 ? '' : `${given.join('/')}/`
      const name = firstFree(segment, `${identity}\n${segments.slice(0, index + 1).join('/')}/`, (candidate) =>
        folderIsFree(fold(parent + candidate)),
      )
      renamed ||= name !== segment
      given.push(name)
      hold(fold(parent + name), FOLDER)
    }
    if (!renamed) lastFolder = folder
    return given
  }

  const place = (safe: SafePath, key: string): string => {
    const owner = ownerOf(key)
    if (safe.kind === 'folder') return claimFolders(safe.segments, '').join('/')
    const folders = claimFolders(safe.segments.slice(0, -1), '')
    const parent = folders.length === 0 ? '' : `${folders.join('/')}/`
    const name = firstFree(safe.segments.at(-1) ?? '', `${bucket}\n${key}`, (candidate) =>
      fileIsFree(fold(parent + candidate), owner),
    )
    hold(fold(parent + name), owner)
    return parent + name
  }

  return {
    remember({ bucket: owningBucket, key, path }) {
      if (!isSafePath(path)) return false
      const segments = path.split('/')
      for (let end = 1; end < segments.length; end++) {
        const folder = segments.slice(0, end).join('/')
        if (folder === lastFolder) continue
        if (!folderIsFree(fold(folder))) return false
        hold(fold(folder), FOLDER)
      }
      const owner = ownerOf(key, owningBucket)
      if (!fileIsFree(fold(path), owner)) return false
      hold(fold(path), owner)
      lastFolder = segments.slice(0, -1).join('/')
      // Keys that kept their own name come to the same path by themselves.
      if (owningBucket === bucket && !key.endsWith(path)) remembered.set(key, path)
      return true
    },
    claim(key, keyBelowPrefix, size) {
      const safe = safePath(keyBelowPrefix, size)
      const earlier = remembered.size > 0 && safe.kind === 'file' ? remembered.get(key) : undefined
      const path = earlier ?? (safe.segments.length === 0 ? '' : place(safe, key))
      return { kind: safe.kind, path, mapped: safe.mapped || path !== safe.path }
    },
  }
}

/** The name itself, or the name with a hash, or with the hash of a number behind it, until one is free. */
function firstFree(name: string, identity: string, isFree: (candidate: string) => boolean): string {
  if (isFree(name)) return name
  for (let attempt = 0; ; attempt++) {
    const candidate = withHash(name, attempt === 0 ? identity : `${identity}\n${attempt}`)
    if (isFree(candidate)) return candidate
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const ASCII = /^[\u0000-\u007f]*$/

/**
 * One spelling for all names that some file system takes for the same. Coarser than any single one (`ß` = `ss`): that
 * only renames where no rename was due, while a finer one would let two objects meet.
 */
function fold(path: string): string {
  if (ASCII.test(path)) return path.toLowerCase()
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}
