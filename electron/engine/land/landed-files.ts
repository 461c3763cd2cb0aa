/**
 * Files that bear objects' names: whether those that an earlier run has landed are still there and, where that is asked
 * for, right.
 */
import { type Failure, type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import { isLookAlike } from '../disk/look-alike.ts'
import type { PathClaims } from '../disk/names/path-claims.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { Verified } from '../verify/verify-object.ts'
import type { EtagDoubt } from './etag-doubt.ts'
import type { FilePatience } from './file-patience.ts'
import type { ForeignFiles } from './foreign-files.ts'

export type LandedFilesOptions = {
  table: ObjectTable
  destination: Pick<Destination, 'inspect' | 'inspectPart' | 'locate'>
  journal: Pick<Journal, 'replay' | 'appendDurably'>
  verify: VerifyMode
  pathOf(index: number): ReturnType<PathClaims['claim']>
  /** Asks what the object is now. */
  repin(index: number): Promise<Outcome<void>>
  /** Compares a complete file with what S3 promises; class `corrupt` on a mismatch. */
  checkObject(object: FileToCheck): Promise<Outcome<Verified>>
  isProvenWrong: EtagDoubt
  foreign: Pick<ForeignFiles, 'isAlike' | 'isOurs' | 'has' | 'mayBear' | 'note' | 'noteOurs' | 'takeOver'>
  patiently: FilePatience
  /** What lies under many absolute paths; undefined when that cannot be found out. */
  inspectFiles: Verifier['inspect']
  /** It was to be proven right, and the service has promised nothing about its bytes: it stands as it is. */
  onUnproven(): void
}

export type LandedFiles = ReturnType<typeof createLandedFiles>

/** Errors of the file system for a file of ours: it is gone, or the disk has lost it. */
const LOST_FILE = ['ENOENT', 'EIO']

export function createLandedFiles(options: LandedFilesOptions) {
  const { table, destination, journal, foreign, pathOf } = options

  const isAsListed = (index: number, found: { size: number; lastModified: number }): boolean =>
    isLookAlike(found, { size: table.size(index), lastModified: table.lastModified(index) })

  /** The complete file lies under its name, with the object's size and time. */
  async function hasLanded(index: number, path: string): Promise<boolean> {
    const found = await destination.inspect(path)
    return found !== undefined && isAsListed(index, found)
  }

  return {
    /**
     * The complete file lies under its name and no part file beside it: without the second, an older file might be
     * taken for an object that has no time of its own.
     */
    wasNamed: async (index: number, path: string): Promise<boolean> =>
      (await hasLanded(index, path)) && (await destination.inspectPart(path)) === undefined,

    /** A file bears its name that no run of ours has put there, since before the job or while it runs. */
    async isInTheWay(index: number, path: string): Promise<boolean> {
      if (foreign.has(index)) return true
      if (foreign.isOurs(index)) return false
      const found = await destination.inspect(path)
      return found !== undefined && found.size > 0 && !isAsListed(index, found)
    },

    /**
     * Of each object, whether an earlier run has landed exactly it, and its file is still there; notes files of others.
     */
    async areThere(indexes: readonly number[]): Promise<boolean[]> {
      const there = indexes.map(() => false)
      const files: { position: number; path: string; isOurs: boolean }[] = []
      for (const [position, index] of indexes.entries()) {
        const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
        const isOurs = journal.replay.isLanded({ key, etag, size })
        if (!isOurs && !foreign.mayBear(index)) {
          foreign.noteOurs(index)
          continue
        }
        const { kind, path } = pathOf(index)
        if (kind === 'folder') there[position] = isOurs
        else files.push({ position, path, isOurs })
      }
      if (files.length === 0) return there
      const facts = await options.inspectFiles(files.map(({ path }) => destination.locate(path).finalPath))
      for (const [at, { position, path, isOurs }] of files.entries()) {
        const index = indexes[position] as number
        const found = facts && { size: facts[2 * at] as number, lastModified: facts[2 * at + 1] as number }
        if (isOurs) there[position] = found ? isAsListed(index, found) : await hasLanded(index, path)
        else if (found) foreign.note(index, found.size, isAsListed(index, found))
        if (isOurs && !there[position]) foreign.noteOurs(index)
      }
      return there
    },

    /** Whether the file is to be read: one that an earlier run has landed, or that may be the object all the same. */
    isReread: (index: number, isThere: boolean): boolean =>
      foreign.isAlike(index) ||
      (isThere && options.verify === 'reread' && table.size(index) > 0 && pathOf(index).kind === 'file'),

    /**
     * Holds the file against what S3 promises. `anew`: why it is to be fetched anew. Nothing is believed of it any more
     * then, but it keeps its name until another one takes its place. `isForeign`: no run of ours has put it there, and
     * it is not proven to be the object.
     */
    async reread(index: number): Promise<Outcome<{ anew?: Failure; isForeign?: boolean }>> {
      if (foreign.has(index)) {
        const taken = await foreign.takeOver(index)
        return taken.ok ? success({ isForeign: !taken.value }) : taken
      }
      const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
      const path = destination.locate(pathOf(index).path).finalPath
      const checked = await options.patiently(() => options.checkObject({ key, size, etag, path }))
      if (checked.ok) {
        if (checked.value.strength === 'size') options.onUnproven()
        return success({})
      }
      const { failure } = checked
      if (!isToFetchAnew(failure)) return checked
      // Where ETags are no MD5s, each of a finished folder's files would be fetched for nothing.
      if (failure.class === 'corrupt' && !(await options.isProvenWrong(failure, etag))) return checked
      foreign.noteOurs(index)
      const taken = await journal.appendDurably({ kind: 'restarted', key })
      if (!taken.ok) return taken
      const pinned = failure.class === 'changed' ? await options.repin(index) : success(undefined)
      return pinned.ok ? success({ anew: failure }) : pinned
    },
  }
}

/** Failures of the file itself, which is fetched anew; others are of the way to check it. */
const isToFetchAnew = ({ class: failureClass, code = '' }: Failure): boolean =>
  failureClass === 'corrupt' || failureClass === 'changed' || (failureClass === 'disk' && LOST_FILE.includes(code))
