/**
 * From a key to an open object: claims its path, makes its folders, and opens its part file at what an earlier run has
 * left in it. A small object needs no part file of ours: its worker fetches, writes and renames it in one go.
 */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { Span } from '../disk/byte-spans.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { PathClaims } from '../disk/names/path-claims.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { createOpenObject, type ObjectProof, type OpenObject, type PrefixGroup } from '../schedule/open-object.ts'
import { isSameEtag } from '../transport/judge-response.ts'
import type { Check } from '../verify/choose-check.ts'
import { orderSums } from '../verify/range-sums.ts'
import type { ForeignFiles } from './foreign-files.ts'
import type { LandedFiles } from './landed-files.ts'
import type { ObjectRecords } from './object-records.ts'
import type { ObjectVersion } from './object-version.ts'
import type { OpenParts } from './open-parts.ts'

export type BeginObjectsOptions = {
  table: ObjectTable
  destination: Pick<Destination, 'ensureFolder' | 'ensureFolderOf' | 'folderOf' | 'locate'>
  journal: Pick<Journal, 'append' | 'replay'>
  verify: VerifyMode
  pathOf(index: number): ReturnType<PathClaims['claim']>
  /** What S3 promises about the object's bytes. */
  askForCheck(object: { key: string; size: number; etag: string }): Promise<Outcome<Check>>
  version: ObjectVersion
  records: ObjectRecords
  foreign: ForeignFiles
  landedFiles: LandedFiles
  parts: OpenParts
  onPathMapped(key: string, path: string): void
}

/** Objects up to this size are fetched, written and landed by the worker alone, in one go. */
const SMALL_OBJECT_BYTES = 1024 ** 2

/** ETag of every empty object that was uploaded in one piece without a key of the customer or of KMS. */
const MD5_OF_NOTHING = 'd41d8cd98f00b204e9800998ecf8427e'

export function createObjectBeginnings(options: BeginObjectsOptions) {
  const { table, destination, journal, verify, pathOf, records, foreign, landedFiles } = options
  /** A file that is read again before it gets its name must not be landed by the worker. */
  const landsInWorker = verify !== 'reread'
  const provesWhileReceiving = verify === 'checksum'
  /** Of small objects: all there is to prove is in the answer. */
  const comparison: ObjectProof | undefined = provesWhileReceiving ? { task: { kind: 'compare' }, sums: [] } : undefined

  const describe = (index: number) => ({ key: table.key(index), size: table.size(index), etag: table.etag(index) })

  function beginAtOnce(index: number, group: PrefixGroup): OpenObject | undefined {
    if (!isSmall(index) || journal.replay.progressOf(table.key(index)) !== undefined) return undefined
    const { kind, path, mapped } = pathOf(index)
    return kind === 'file' && !mapped ? openSmall(index, path, group) : undefined
  }

  async function begin(index: number, group: PrefixGroup): Promise<Outcome<OpenObject | undefined>> {
    const { kind, path, mapped } = pathOf(index)
    if (kind === 'file' && isFalselyEmpty(index)) {
      const pinned = await options.version.repin(index)
      if (!pinned.ok) return pinned
    }
    if (mapped) {
      records.mapped(index, path)
      options.onPathMapped(table.key(index), path)
    }
    if (kind === 'folder') {
      const made = await destination.ensureFolder(path)
      return made.ok ? success(undefined) : made
    }
    const earlier = records.progressOf(index)
    const continues = earlier?.path === path
    if (isSmall(index) && !continues) {
      const made = await destination.ensureFolderOf(path)
      if (!made.ok) return made
      const small = openSmall(index, path, group)
      if (small) return success(small)
    }
    if (earlier && continues && isAll(earlier.spans, table.size(index))) {
      const named = await recordNamed(index, path)
      if (!named.ok) return named
      if (named.value === 'recorded') return success(undefined)
      // Of what the journal knew of it nothing is left now.
      if (named.value === 'wrong') return begin(index, group)
    }
    return openLarge(index, path, group)
  }

  /** The worker can fetch, write and land it alone. */
  function isSmall(index: number): boolean {
    const size = table.size(index)
    return landsInWorker && size > 0 && size <= SMALL_OBJECT_BYTES && !foreign.has(index)
  }

  /** The listing calls it empty, and its ETag says otherwise: no request for its bytes would ever find that out. */
  const isFalselyEmpty = (index: number): boolean =>
    table.size(index) === 0 && !isSameEtag(table.etag(index), MD5_OF_NOTHING)

  /** Undefined when the folder of its file has not been made and checked. */
  function openSmall(index: number, path: string, group: PrefixGroup): OpenObject | undefined {
    const folder = destination.folderOf(path)
    if (!folder) return undefined
    const { partPath, finalPath } = destination.locate(path)
    const file = {
      kind: 'whole' as const,
      partPath,
      finalPath,
      lastModified: table.lastModified(index),
      replaces: foreign.isOurs(index),
      folder,
    }
    return createOpenObject({ index, ...describe(index), path, group, file, proof: comparison }, [])
  }

  async function openLarge(index: number, path: string, group: PrefixGroup): Promise<Outcome<OpenObject>> {
    const described = describe(index)
    const proof = provesWhileReceiving && described.size > 0 ? await planProof(described) : undefined
    const opened = await options.parts.open(index, path)
    if (!opened.ok) return opened
    const file = { kind: 'open' as const, fd: opened.value.fd }
    return success(createOpenObject({ index, ...described, path, group, file, proof }, opened.value.spans))
  }

  /**
   * All bytes are there: the last run may have named the complete file and been cut off before it could record it,
   * which is done now. `wrong`: the file was read again and is not the object.
   */
  async function recordNamed(index: number, path: string): Promise<Outcome<'recorded' | 'unnamed' | 'wrong'>> {
    const { key, size, etag } = describe(index)
    if (!(await landedFiles.wasNamed(index, path))) return success('unnamed')
    if (landedFiles.isReread(index, true)) {
      const read = await landedFiles.reread(index)
      if (!read.ok) return read
      if (read.value.anew) return success('wrong')
    }
    journal.append({ kind: 'landed', key, etag, size })
    return success('recorded')
  }

  /** Undefined when S3 does not answer now: then it is requested once more at the end. */
  async function planProof(object: { key: string; size: number; etag: string }): Promise<ObjectProof | undefined> {
    const check = await options.askForCheck(object)
    if (!check.ok) return undefined
    const order = orderSums(check.value)
    return { check: check.value, sums: [], ...(order ? { task: { kind: 'sum', ...order } } : {}) }
  }

  return { beginAtOnce, begin }
}

const isAll = (spans: readonly Span[], size: number): boolean =>
  spans.length === 1 && spans[0]?.[0] === 0 && spans[0][1] === size
