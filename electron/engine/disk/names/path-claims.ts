/**
 * Keeps two keys from meeting in one file: gives out each path once.
 *
 * safe-path.ts cleans keys one by one; only here is it seen that `Data.nc` and `data.nc` are one file on Windows and
 * macOS, that `é` has two spellings, that `a` and `a/b` cannot both exist, and that the unfinished `x.part` of `x` is
 * another object's own name. The later key of such a pair gets a hash into its name. First come, first served in the
 * order of the listing; a path that an earlier run has recorded in the manifest stays with its key.
 *
 * Memory: 16 bytes a slot, about 34 MB for 1,000,000 keys; only changed names are kept as text.
 */
import type { Random } from '../../engine-ports.ts'
import { createFingerprinter, createFingerprintTable } from '../fingerprint.ts'
import { isSame } from '../same-bytes.ts'
import type { PlainRow } from './manifest-row.ts'
import { createOrdinaryPaths } from './ordinary-path.ts'
import { isSafePath, PART_SUFFIX, safePath, withHash } from './safe-path.ts'

type ClaimedPath = {
  kind: 'file' | 'folder'
  /** Relative, `/` between segments. Empty only for the marker of the prefix itself. */
  path: string
  /** The key could not keep its own name: worth a `path-mapped` event and a line in the manifest. */
  mapped: boolean
}

export type PathClaims = {
  /** A mapping from an earlier run. Before the first `claim`. Unsafe paths are ignored; returns `false` for them. */
  remember(row: { bucket: string; key: string; path: string }): boolean
  /** The same, from the bytes of a manifest. False: the row is to be decoded and remembered. */
  rememberPlain(row: PlainRow): boolean
  /** `key` as a whole, `keyBelowPrefix` its end that names the file. Asking again gives the same answer. */
  claim(key: string, keyBelowPrefix: string, size: number): ClaimedPath
}

/** What the table holds for a folder. Owners have an odd high half. */
const FOLDER_HIGH = 0
const FOLDER_LOW = 1

/** `expected`: about how many paths there will be to remember. */
export function createPathClaims({
  random,
  bucket,
  expected = 0,
}: {
  random: Random
  bucket: string
  expected?: number
}): PathClaims {
  const fingerprint = createFingerprinter(random)
  const fingerprintOfStrangers = createFingerprinter(random)
  /** Fingerprint of the folded path -> fingerprint of the owning key, or of no key for a folder. */
  const table = createFingerprintTable(expected)
  const remembered = new Map<string, string>()
  const ordinary = createOrdinaryPaths(random)
  const bucketBytes = Buffer.from(bucket)
  /** Folder of the last claim: keys come sorted, so nearly always also that of the next one. */
  let lastFolder = ''
  /** Hardly any bucket has names that end in `.part`; without one a look-up is spared. */
  let partNames = 0

  const isHeld = (folded: string): boolean => {
    const { high, low } = fingerprint.ofText(folded)
    return table.find(high, low) >= 0
  }
  const isFile = (folded: string): boolean => {
    const { high, low } = fingerprint.ofText(folded)
    const slot = table.find(high, low)
    return slot >= 0 && !isFolder(slot)
  }
  const isFolder = (slot: number) => table.valueHigh(slot) === FOLDER_HIGH && table.valueLow(slot) === FOLDER_LOW

  /** Takes the path for the object, unless another one, or a folder, or an unfinished file has it. */
  const holdFile = (path: string, owningBucket: string, key: string): boolean => {
    const owner =
      owningBucket === bucket ? fingerprint.ofText(key) : fingerprintOfStrangers.ofText(`${owningBucket}\n${key}`)
    const ownerHigh = (owner.high | 1) >>> 0
    const ownerLow = owner.low
    const folded = fold(path)
    const { high, low } = fingerprint.ofText(folded)
    const slot = table.find(high, low)
    if (slot >= 0) return table.valueHigh(slot) === ownerHigh && table.valueLow(slot) === ownerLow
    if (partNames > 0 && isHeld(folded + PART_SUFFIX)) return false
    if (folded.endsWith(PART_SUFFIX)) {
      if (isFile(folded.slice(0, -PART_SUFFIX.length))) return false
      partNames++
      const again = fingerprint.ofText(folded)
      table.set(again.high, again.low, ownerHigh, ownerLow)
      return true
    }
    table.set(high, low, ownerHigh, ownerLow)
    return true
  }

  /** `holdFile` for an ordinary path in a folder that is held, of a key of this bucket. False decides nothing. */
  const holdOrdinary = (bytes: Buffer, keyStart: number, keyEnd: number, start: number, end: number): boolean => {
    if (partNames > 0 || !ordinary.isOne(bytes, start, end)) return false
    const owner = fingerprint.ofAscii(bytes, keyStart, keyEnd)
    const ownerHigh = (owner.high | 1) >>> 0
    const ownerLow = owner.low
    const { high, low } = fingerprint.ofAscii(ordinary.folded, 0, end - start)
    const slot = table.find(high, low)
    if (slot >= 0) return table.valueHigh(slot) === ownerHigh && table.valueLow(slot) === ownerLow
    table.set(high, low, ownerHigh, ownerLow)
    return true
  }

  const holdFolder = (path: string): boolean => {
    const folded = fold(path)
    if (isFile(folded)) return false
    if (folded.endsWith(PART_SUFFIX)) {
      if (isFile(folded.slice(0, -PART_SUFFIX.length))) return false
      partNames++
    }
    const { high, low } = fingerprint.ofText(folded)
    table.set(high, low, FOLDER_HIGH, FOLDER_LOW)
    return true
  }

  /** The folders of a path, each renamed when a file has its name. */
  const placeFolders = (folder: string): string => {
    if (folder === lastFolder) return folder
    const segments = folder.split('/')
    let given = ''
    for (const [index, segment] of segments.entries()) {
      const parent = given === '' ? '' : `${given}/`
      const identity = `${segments.slice(0, index + 1).join('/')}/`
      given = parent + firstFree(segment, identity, (candidate) => holdFolder(parent + candidate))
    }
    if (given === folder) {
      lastFolder = folder
      ordinary.addFolder(folder)
    }
    return given
  }

  const placeFile = (path: string, key: string): string => {
    const folder = folderOf(path)
    const given = placeFolders(folder)
    const parent = given === '' ? '' : `${given}/`
    const name = folder === '' ? path : path.slice(folder.length + 1)
    return parent + firstFree(name, `${bucket}\n${key}`, (candidate) => holdFile(parent + candidate, bucket, key))
  }

  return {
    remember({ bucket: owningBucket, key, path }) {
      if (!isSafePath(path)) return false
      const folder = folderOf(path)
      if (folder !== '') {
        const segments = folder.split('/')
        for (let end = 1; end <= segments.length; end++) {
          if (!holdFolder(segments.slice(0, end).join('/'))) return false
        }
        ordinary.addFolder(folder)
      }
      if (!holdFile(path, owningBucket, key)) return false
      // Keys that kept their own name come to the same path by themselves.
      if (owningBucket === bucket && !key.endsWith(path)) remembered.set(key, path)
      return true
    },
    rememberPlain({ bytes, start, bucketEnd, keyEnd, pathEnd }) {
      const keyStart = bucketEnd + 1
      const pathStart = keyEnd + 1
      const startInKey = keyEnd - (pathEnd - pathStart)
      const isOurs =
        bucketEnd - start === bucketBytes.length && isSame(bytes, start, bucketBytes, 0, bucketBytes.length)
      const isKeysEnd = startInKey >= keyStart && isSame(bytes, startInKey, bytes, pathStart, pathEnd - pathStart)
      return isOurs && isKeysEnd && holdOrdinary(bytes, keyStart, keyEnd, pathStart, pathEnd)
    },
    claim(key, keyBelowPrefix, size) {
      const start = key.length - keyBelowPrefix.length
      const isNew = remembered.size === 0 || !remembered.has(key)
      if (isNew && ordinary.take(key) && holdOrdinary(ordinary.taken, 0, key.length, start, key.length))
        return { kind: 'file', path: keyBelowPrefix, mapped: false }
      const safe = safePath(keyBelowPrefix, size)
      const earlier = isNew || safe.kind === 'folder' ? undefined : remembered.get(key)
      if (earlier !== undefined) return { kind: 'file', path: earlier, mapped: earlier !== keyBelowPrefix }
      const path = safe.kind === 'file' ? placeFile(safe.path, key) : placeFolders(safe.path)
      return { kind: safe.kind, path, mapped: safe.mapped || path !== safe.path }
    },
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

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
