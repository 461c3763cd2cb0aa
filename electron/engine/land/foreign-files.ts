/**
 * Files that bear the names of objects and that no run of ours has put there: kept under other names, or taken over
 * where they are the objects.
 */
import { lutimes } from 'node:fs/promises'
import { type Outcome, success } from '../../../shared/failure.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { PathClaims } from '../disk/names/path-claims.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import { type Check, chooseCheck } from '../verify/choose-check.ts'
import type { Verified } from '../verify/verify-object.ts'
import type { FilePatience } from './file-patience.ts'

export type ForeignFilesOptions = {
  table: ObjectTable
  destination: Pick<Destination, 'ensureFolderOf' | 'hadFiles' | 'locate'>
  journal: Pick<Journal, 'replay'>
  pathOf(index: number): ReturnType<PathClaims['claim']>
  /** Compares a complete file with what S3 promises. */
  checkObject(object: FileToCheck): Promise<Outcome<Verified>>
  patiently: FilePatience
  /** The file is the object. */
  onTakenOver(index: number, path: string): void
}

export type ForeignFiles = ReturnType<typeof createForeignFiles>

/** One that is smaller takes as many requests to prove as to fetch, unless its ETag proves it without one. */
const WORTH_ASKING_BYTES = 1024 ** 2

type Found = { readonly isAlike: boolean; readonly isAsListed: boolean }

/** A million files may be found: they share these. */
const AS_LISTED: Found = { isAlike: true, isAsListed: true }
const ALIKE: Found = { isAlike: true, isAsListed: false }
const OTHER: Found = { isAlike: false, isAsListed: false }

export function createForeignFiles(options: ForeignFilesOptions) {
  const { table, destination, journal } = options
  /** By object: whether the file has its size, and its time as well. */
  const found = new Map<number, Found>()
  const ours = new Set<number>()

  /** What its ETag alone may prove: a file that fits it is the object, one that does not may be it all the same. */
  function proofOfEtag(index: number): Check | undefined {
    const [size, etag] = [table.size(index), table.etag(index)]
    const check = chooseCheck({ size, etag, lastModified: 0, checksums: {}, checksumType: '', partCount: 1 })
    return check.kind === 'size' ? undefined : check
  }

  return {
    /** What bears the object's name may be none of ours. */
    mayBear: (index: number): boolean => destination.hadFiles && !journal.replay.hasLanded(table.key(index)),

    /**
     * What bears its name, or bore it, an earlier run has landed: it is replaced, whatever has become of it. The
     * journal forgets that as soon as the object is fetched anew.
     */
    noteOurs(index: number): void {
      if (destination.hadFiles) ours.add(index)
    },
    isOurs: (index: number): boolean => ours.has(index),

    /**
     * `bytes`: size of the file. One of the object's size and time is what another program has fetched, or we, and the
     * journal could not keep it: it may be replaced. A small one is what a run that was killed has landed last.
     */
    note(index: number, bytes: number, isAsListed: boolean): void {
      const size = table.size(index)
      const isBegun = journal.replay.progressOf(table.key(index)) !== undefined
      const isReplaced = isBegun || (size <= WORTH_ASKING_BYTES && !proofOfEtag(index))
      if (bytes === 0 || (isAsListed && isReplaced)) return
      found.set(index, isAsListed ? AS_LISTED : bytes === size ? ALIKE : OTHER)
    },

    /** A file is in the way that is not replaced. */
    has: (index: number): boolean => found.has(index),

    /** It may be the object. */
    isAlike: (index: number): boolean => found.get(index)?.isAlike === true,

    /** It has been given another name. */
    forget: (index: number): void => void found.delete(index),

    /** Takes over what is proven to be the object; false = it is to be fetched. */
    async takeOver(index: number): Promise<Outcome<boolean>> {
      const { path } = options.pathOf(index)
      const { finalPath } = destination.locate(path)
      const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
      const isByEtag = size <= WORTH_ASKING_BYTES && found.get(index)?.isAsListed === true
      const check = isByEtag ? proofOfEtag(index) : undefined
      const object = { key, size, etag, path: finalPath, check }
      const made = await destination.ensureFolderOf(path)
      const checked = made.ok ? await options.patiently(() => options.checkObject(object)) : made
      if (!checked.ok && checked.failure.class === 'cancelled') return checked
      const isProven = checked.ok && checked.value.strength === 'checksum'
      const isOurs = isProven && (await giveTime(finalPath, table.lastModified(index)))
      if (isOurs || found.get(index)?.isAsListed) found.delete(index)
      if (isOurs) options.onTakenOver(index, path)
      return success(isOurs)
    },
  }
}

/** The time that it would have if we had fetched it: by that later runs know it. */
async function giveTime(path: string, lastModified: number): Promise<boolean> {
  if (lastModified === 0) return true
  try {
    await lutimes(path, lastModified / 1000, lastModified / 1000)
    return true
  } catch {
    return false
  }
}
