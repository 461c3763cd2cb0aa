/** From a key to a complete, verified file under its name: path, part file, journal, manifest, in one place. */
import { unlink } from 'node:fs/promises'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import { beginObject } from '../disk/begin-object.ts'
import type { Span } from '../disk/byte-spans.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { Manifest } from '../disk/names/manifest.ts'
import type { PathClaims } from '../disk/names/path-claims.ts'
import type { PartFile } from '../disk/part-file.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { keyBelowPrefix } from '../list/key-below-prefix.ts'
import { headPinned } from '../list/pinned-head.ts'
import { spanBytes } from '../plan/missing-ranges.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { ObjectLanding } from '../schedule/object-landing.ts'
import { createOpenObject, type ObjectProof, type OpenObject, type PrefixGroup } from '../schedule/open-object.ts'
import { isSameEtag } from '../transport/judge-response.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import type { Check } from '../verify/choose-check.ts'
import { orderSums } from '../verify/range-sums.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { Verified } from '../verify/verify-object.ts'
import { createEtagDoubt } from './etag-doubt.ts'
import { createFilePatience } from './file-patience.ts'
import { createForeignFiles } from './foreign-files.ts'
import { createLandedFiles } from './landed-files.ts'
import { createObjectRecords } from './object-records.ts'

export type LandObjectsOptions = {
  table: ObjectTable
  destination: Destination
  claims: PathClaims
  journal: Journal
  manifest: Manifest
  source: Pick<ObjectSource, 'headObject'>
  bucket: string
  prefix: string
  verify: VerifyMode
  /** What S3 promises about the object's bytes. */
  askForCheck(object: { key: string; size: number; etag: string }): Promise<Outcome<Check>>
  /** Compares a complete part file with that; class `corrupt` on a mismatch. */
  checkObject(object: FileToCheck): Promise<Outcome<Verified>>
  /** This machine gives no further file just now: it is tried again. */
  onShortOfFiles(failure: Failure): void
  sleep(milliseconds: number): Promise<void>
  /** What lies under many absolute paths; undefined when that cannot be found out. */
  inspectFiles: Verifier['inspect']
  signal: AbortSignal
  onPathMapped(key: string, path: string): void
  /** A file that bore its name, and was none of ours, lies there now. */
  onSetAside(key: string, path: string): void
  /** It was to be proven right, and the service has promised nothing about its bytes: it stands as it is. */
  onUnproven(): void
}

const isAll = (spans: readonly Span[], size: number): boolean =>
  spans.length === 1 && spans[0]?.[0] === 0 && spans[0][1] === size

/** Objects up to this size are fetched, written and landed by the worker alone, in one go. */
const SMALL_OBJECT_BYTES = 1024 ** 2

/** ETag of every empty object that was uploaded in one piece without a key of the customer or of KMS. */
const MD5_OF_NOTHING = 'd41d8cd98f00b204e9800998ecf8427e'

export function createObjectLanding(options: LandObjectsOptions) {
  const { table, destination, claims, journal, source, signal } = options
  const parts = new Map<number, PartFile>()
  /** Part files with bytes of an earlier run: who knows what has happened to them since. */
  const inherited = new WeakSet<PartFile>()
  /** A file that is read again before it gets its name must not be landed by the worker. */
  const landsInWorker = options.verify !== 'reread'
  const provesWhileReceiving = options.verify === 'checksum'
  /** Of small objects: all there is to prove is in the answer. */
  const comparison: ObjectProof | undefined = provesWhileReceiving ? { task: { kind: 'compare' }, sums: [] } : undefined

  const pathOf = (index: number) =>
    claims.claim(table.key(index), keyBelowPrefix(table.key(index), options.prefix), table.size(index))
  const finalPathOf = (index: number) => destination.locate(pathOf(index).path).finalPath

  const records = createObjectRecords(options)
  const patiently = createFilePatience(options)
  const isProvenWrong = createEtagDoubt({ ...options, finalPathOf })
  const foreign = createForeignFiles({
    ...options,
    pathOf,
    patiently,
    onTakenOver(index, path) {
      destination.noteLanded(path)
      records.landed({ index, key: table.key(index), etag: table.etag(index), size: table.size(index), path })
    },
  })
  const landedFiles = createLandedFiles({ ...options, pathOf, repin, patiently, isProvenWrong, foreign })

  /** Undefined when the folder of its file has not been made and checked. */
  function openSmall(index: number, path: string, group: PrefixGroup): OpenObject | undefined {
    const folder = destination.folderOf(path)
    if (!folder) return undefined
    const { partPath, finalPath } = destination.locate(path)
    const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
    const replaces = foreign.isOurs(index)
    const file = {
      kind: 'whole' as const,
      partPath,
      finalPath,
      lastModified: table.lastModified(index),
      replaces,
      folder,
    }
    return createOpenObject({ index, key, size, etag, path, group, file, proof: comparison }, [])
  }

  /** The worker can fetch, write and land it alone. */
  const isSmall = (index: number): boolean => {
    const size = table.size(index)
    return landsInWorker && size > 0 && size <= SMALL_OBJECT_BYTES && !foreign.has(index)
  }

  function beginAtOnce(index: number, group: PrefixGroup): OpenObject | undefined {
    if (!isSmall(index) || journal.replay.progressOf(table.key(index)) !== undefined) return undefined
    const { kind, path, mapped } = pathOf(index)
    return kind === 'file' && !mapped ? openSmall(index, path, group) : undefined
  }

  async function begin(index: number, group: PrefixGroup): Promise<Outcome<OpenObject | undefined>> {
    const { kind, path, mapped } = pathOf(index)
    // No request would ever find out that the listing is wrong about it.
    if (kind === 'file' && table.size(index) === 0 && !isSameEtag(table.etag(index), MD5_OF_NOTHING)) {
      const pinned = await repin(index)
      if (!pinned.ok) return pinned
    }
    const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
    if (mapped) {
      records.mapped(index, path)
      options.onPathMapped(key, path)
    }
    if (kind === 'folder') {
      const made = await destination.ensureFolder(path)
      return made.ok ? success(undefined) : made
    }
    const described = { index, key, size, etag, path, group }
    const earlier = records.progressOf(index)
    const continues = earlier?.path === path
    if (isSmall(index) && !continues) {
      const made = await destination.ensureFolderOf(path)
      if (!made.ok) return made
      const small = openSmall(index, path, group)
      if (small) return success(small)
    }
    // The last run has named the complete file and was cut off before it could record it.
    if (earlier && continues && isAll(earlier.spans, size) && (await landedFiles.wasNamed(index, path))) {
      const read = landedFiles.isReread(index, true) ? await landedFiles.reread(index) : success<{ anew?: Failure }>({})
      if (!read.ok) return read
      // Of what the journal knew of it nothing is left now.
      if (read.value.anew) return begin(index, group)
      journal.append({ kind: 'landed', key, etag, size })
      return success(undefined)
    }
    const proof = provesWhileReceiving && size > 0 ? await planProof(described) : undefined
    const begun = await openPart(index, path)
    if (!begun.ok) return begun
    const { part, spans } = begun.value
    const file = { kind: 'open' as const, fd: part.fd }
    return success(createOpenObject({ ...described, file, proof }, spans))
  }

  /** Undefined when S3 does not answer now: then it is requested once more at the end. */
  async function planProof(object: { key: string; size: number; etag: string }): Promise<ObjectProof | undefined> {
    const check = await options.askForCheck(object)
    if (!check.ok) return undefined
    const order = orderSums(check.value)
    return { check: check.value, sums: [], ...(order ? { task: { kind: 'sum', ...order } } : {}) }
  }

  /** Asks what the object is now. */
  async function repin(index: number): Promise<Outcome<void>> {
    const head = await source.headObject(table.key(index), { etag: table.etag(index) }, signal)
    if (!head.ok) return head
    table.repin(index, head.value.etag, head.value.size, head.value.lastModified)
    return success(undefined)
  }

  async function isStill(index: number): Promise<Outcome<boolean>> {
    const object = { key: table.key(index), ...records.versionOf(index) }
    const head = await headPinned(source, object, {}, signal)
    if (head.ok) return success(true)
    return head.failure.class === 'changed' ? success(false) : head
  }

  async function openPart(index: number, path: string) {
    const [key, etag, size, lastModified] = [
      table.key(index),
      table.etag(index),
      table.size(index),
      table.lastModified(index),
    ]
    const begun = await patiently(() => beginObject({ journal, destination }, { key, etag, size, lastModified, path }))
    if (!begun.ok) return begun
    parts.set(index, begun.value.part)
    if (begun.value.spans.length > 0) inherited.add(begun.value.part)
    return begun
  }

  async function land(object: OpenObject): Promise<Outcome<void>> {
    const part = parts.get(object.index)
    if (!part) return failed({ class: 'disk', code: 'not-open', subject: object.key })
    let isUnproven = false
    const isWanted = options.verify === 'checksum' || options.verify === 'reread'
    if (isWanted || (options.verify === 'etag' && inherited.has(part))) {
      const { key, size, etag, proof } = object
      const file = { key, size, etag, path: part.partPath, check: proof?.check, received: proof?.sums }
      const checked = await patiently(() => options.checkObject(file))
      // The user has not asked for proof of what was inherited: where S3 does not give it, the bytes stand as they are.
      if (!checked.ok && (isWanted || (await isProvenWrong(checked.failure, etag)))) return checked
      isUnproven = isWanted && size > 0 && checked.ok && checked.value.strength === 'size'
    }
    const noted = await records.complete(object)
    if (!noted.ok) return noted
    parts.delete(object.index)
    const keepsFormer = await landedFiles.isInTheWay(object.index, object.path)
    const named = await part.land(table.lastModified(object.index), keepsFormer)
    if (!named.ok) return named
    foreign.forget(object.index)
    if (named.value) options.onSetAside(object.key, object.path + named.value)
    records.landed(object)
    if (isUnproven) options.onUnproven()
    return success(undefined)
  }

  const landing: ObjectLanding = {
    beginAtOnce,
    begin,
    land,
    landed(object) {
      destination.noteLanded(object.path)
      records.landed(object)
    },
    async keepPart(object) {
      const opened = await openPart(object.index, object.path)
      if (!opened.ok) return opened
      object.file = { kind: 'open', fd: opened.value.part.fd }
      object.proof = undefined
      return success(undefined)
    },
    abandon(object) {
      records.progress(object, [])
      return closePart(object)
    },
    async discard(object) {
      // First the claim, then the bytes: a crash in between must not leave a claim on bytes that are gone.
      const taken = await journal.appendDurably({ kind: 'restarted', key: object.key })
      const part = parts.get(object.index)
      await closePart(object)
      if (part && taken.ok) await unlink(part.partPath).catch(() => {})
    },
    takeBack(object) {
      const { index, key, path, file } = object
      if (file.kind !== 'open') return Promise.resolve(success(undefined))
      const taken = journal.appendDurably({ kind: 'restarted', key })
      // At once, so that no record of its ranges comes in between and is lost.
      journal.append({ kind: 'pinned', key, ...records.versionOf(index), path })
      object.isDirty = true
      records.progress(object, [])
      return taken
    },
    repin,
    isStill,
    explain: destination.explain,
  }

  async function closePart({ index }: OpenObject): Promise<void> {
    await parts.get(index)?.close()
    parts.delete(index)
  }

  return {
    ...landing,
    pathOf,
    isReread: landedFiles.isReread,
    reread: landedFiles.reread,
    areThere: landedFiles.areThere,
    /** Bytes of an unfinished file of an earlier run, as far as its journal knows. */
    bytesLeft: (index: number): number => spanBytes(records.progressOf(index)?.spans ?? []),
    noteProgress: records.progress,
  }
}
