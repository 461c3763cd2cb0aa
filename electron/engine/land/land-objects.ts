/**
 * From an object whose bytes are all here to a complete, verified file under its name; and what else ends its part
 * file.
 */
import { unlink } from 'node:fs/promises'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { Destination } from '../disk/destination.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { Manifest } from '../disk/names/manifest.ts'
import type { PathClaims } from '../disk/names/path-claims.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { keyBelowPrefix } from '../list/key-below-prefix.ts'
import { spanBytes } from '../plan/missing-ranges.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { ObjectLanding } from '../schedule/object-landing.ts'
import type { OpenObject } from '../schedule/open-object.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import type { Check } from '../verify/choose-check.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { Verified } from '../verify/verify-object.ts'
import { createObjectBeginnings } from './begin-objects.ts'
import { createEtagDoubt } from './etag-doubt.ts'
import { createFilePatience } from './file-patience.ts'
import { createForeignFiles } from './foreign-files.ts'
import { createLandedFiles } from './landed-files.ts'
import { createObjectRecords } from './object-records.ts'
import { createObjectVersion } from './object-version.ts'
import { createOpenParts } from './open-parts.ts'

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

export function createObjectLanding(options: LandObjectsOptions) {
  const { table, destination, claims, journal } = options
  const pathOf = (index: number) =>
    claims.claim(table.key(index), keyBelowPrefix(table.key(index), options.prefix), table.size(index))
  const finalPathOf = (index: number) => destination.locate(pathOf(index).path).finalPath

  const records = createObjectRecords(options)
  const version = createObjectVersion(options)
  const patiently = createFilePatience(options)
  const parts = createOpenParts({ table, destination, journal, patiently })
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
  const landedFiles = createLandedFiles({
    ...options,
    pathOf,
    repin: version.repin,
    patiently,
    isProvenWrong,
    foreign,
  })
  const beginnings = createObjectBeginnings({ ...options, pathOf, version, records, foreign, landedFiles, parts })

  async function land(object: OpenObject): Promise<Outcome<void>> {
    const part = parts.get(object.index)
    if (!part) return failed({ class: 'disk', code: 'not-open', subject: object.key })
    let isUnproven = false
    const isWanted = options.verify === 'checksum' || options.verify === 'reread'
    if (isWanted || (options.verify === 'etag' && parts.isInherited(part))) {
      const { key, size, etag, proof } = object
      const file = { key, size, etag, path: part.partPath, check: proof?.check, received: proof?.sums }
      const checked = await patiently(() => options.checkObject(file))
      // The user has not asked for proof of what was inherited: where S3 does not give it, the bytes stand as they are.
      if (!checked.ok && (isWanted || (await isProvenWrong(checked.failure, etag)))) return checked
      isUnproven = isWanted && size > 0 && checked.ok && checked.value.strength === 'size'
    }
    const noted = await records.complete(object)
    if (!noted.ok) return noted
    parts.forget(object.index)
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
    ...beginnings,
    land,
    landed(object) {
      destination.noteLanded(object.path)
      records.landed(object)
    },
    async keepPart(object) {
      const opened = await parts.open(object.index, object.path)
      if (!opened.ok) return opened
      object.file = { kind: 'open', fd: opened.value.fd }
      object.proof = undefined
      return success(undefined)
    },
    abandon(object) {
      records.progress(object, [])
      return parts.close(object.index)
    },
    async discard(object) {
      // First the claim, then the bytes: a crash in between must not leave a claim on bytes that are gone.
      const taken = await journal.appendDurably({ kind: 'restarted', key: object.key })
      const part = parts.get(object.index)
      await parts.close(object.index)
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
    ...version,
    explain: destination.explain,
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
