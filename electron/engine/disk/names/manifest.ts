/**
 * DEST/.longhaul/manifest.csv: where every object went, for people and for the next
 * run. Rows are appended in batches while the run goes on; at its end, when some object
 * has more than one row by then, the file is written anew with the last one of each.
 *
 * Nothing is decided by it except the path of a key that has one already, and that only when the path is safe.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failed, type Outcome, success } from '../../../../shared/failure.ts'
import type { Random } from '../../engine-ports.ts'
import { mapDiskError } from '../disk-error.ts'
import { renameDurably, writeFully } from '../durable-files.ts'
import { createFingerprinter, createFingerprintTable, type Fingerprint } from '../fingerprint.ts'
import { forEachLine } from '../read-lines.ts'
import { createWaitingLines } from '../waiting-lines.ts'
import { decodeRow, encodeRow, findPlainRow, MANIFEST_HEADER, type ManifestRow, type PlainRow } from './manifest-row.ts'

export type Manifest = {
  /** About how many rows earlier runs have left, estimated from the size of the file. */
  readonly expectedRows: number
  /**
   * Calls `visit` for every row of earlier runs; later rows of one object replace earlier ones. Before any `append`.
   * Plain rows are offered to `takePlain` first; those that it takes are not decoded.
   */
  readRows(
    visit: (row: ManifestRow) => void,
    takePlain?: (row: PlainRow) => boolean,
  ): Promise<Outcome<{ rows: number; damagedLines: number }>>
  /** Kept in memory until `flush`. */
  append(row: ManifestRow): void
  flush(): Promise<Outcome<void>>
  /** Flushes and, when an object has more than one row, leaves only its last one. Then closes. */
  finish(): Promise<Outcome<void>>
  /** Flushes and closes. */
  close(): Promise<Outcome<void>>
}

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** Most are somewhat shorter; too few expected costs less than too many. */
const BYTES_PER_ROW = 128
/** UTF-8 mark: without it Excel reads Chinese names as something else. */
const BYTE_ORDER_MARK = '\ufeff'

/** `folder` is DEST/.longhaul. The caller holds the destination's lock. */
export async function openManifest({ folder, random }: { folder: string; random: Random }): Promise<Outcome<Manifest>> {
  const path = join(folder, 'manifest.csv')
  let file: FileHandle | undefined
  try {
    file = await open(path, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, 0o666)
    return success(createManifest(file, path, await endOfLastLine(file), random))
  } catch (error) {
    await file?.close().catch(() => {})
    return failed(mapDiskError(error, path))
  }
}

function createManifest(file: FileHandle, path: string, wholeLinesBytes: number, random: Random): Manifest {
  let size = wholeLinesBytes
  const waiting = createWaitingLines((lines) => Buffer.from(lines.join('')))
  let running: Promise<Outcome<void>> = Promise.resolve(success(undefined))
  let isOpen = true
  /** Some object may have more than one row, or some line may be none. */
  let isUntidy = false

  const writeWaiting = async (): Promise<Outcome<void>> => {
    if (!isOpen || (waiting.isEmpty && size > 0)) return success(undefined)
    const head = Buffer.from(size === 0 ? `${BYTE_ORDER_MARK}${MANIFEST_HEADER}\n` : '')
    const lines = waiting.take()
    try {
      const bytes = head.length === 0 ? lines : Buffer.concat([head, lines])
      await writeFully(file, bytes, size)
      size += bytes.length
      return success(undefined)
    } catch (error) {
      waiting.giveBack(lines)
      await file.truncate(size).catch(() => {})
      return failed(mapDiskError(error, path))
    }
  }
  const flush = () => {
    running = running.then(writeWaiting)
    return running
  }
  const close = async () => {
    const flushed = await flush()
    if (isOpen) await file.close().catch(() => {})
    isOpen = false
    return flushed
  }

  return {
    expectedRows: Math.floor(wholeLinesBytes / BYTES_PER_ROW),
    async readRows(visit, takePlain = () => false) {
      let rows = 0
      let damagedLines = 0
      const plain = emptyPlainRow()
      try {
        await forEachLine(file, {
          line(bytes, start, end) {
            rows++
            if (findPlainRow(bytes, start, end, plain) && takePlain(plain)) return
            const line = bytes.toString('utf8', start, end)
            const row = decodeRow(line)
            if (row) return visit(row)
            rows--
            if (!line.includes(MANIFEST_HEADER)) damagedLines++
          },
        })
        isUntidy ||= damagedLines > 0
        return success({ rows, damagedLines })
      } catch (error) {
        return failed(mapDiskError(error, path))
      }
    },
    append(row) {
      isUntidy = true
      waiting.add(encodeRow(row))
    },
    flush,
    async finish() {
      const flushed = await flush()
      if (!flushed.ok || !isOpen) return flushed
      try {
        if (isUntidy) await leaveLastRows(file, path, random)
        return await close()
      } catch (error) {
        await close()
        return failed(mapDiskError(error, path))
      }
    },
    close,
  }
}

/** Complete and flushed before it takes the name: killed at any moment, one of the two files is there whole. */
async function leaveLastRows(file: FileHandle, path: string, random: Random): Promise<void> {
  const identify = createRowIdentity(random)
  const lastLineOf = createFingerprintTable()
  let lineNumber = 0
  let rows = 0
  await forEachLine(file, {
    line(bytes, start, end) {
      lineNumber++
      const identity = identify(bytes, start, end)
      if (!identity) return
      rows++
      lastLineOf.set(identity.high, identity.low, lineNumber, 1)
    },
  })
  const isHeaderAllElse = rows + 1 === lineNumber
  if (rows === lastLineOf.size && isHeaderAllElse) return

  const replacement = `${path}.new`
  await unlink(replacement).catch(() => {})
  const out = await open(replacement, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
  try {
    let written = 0
    let kept = [Buffer.from(`${BYTE_ORDER_MARK}${MANIFEST_HEADER}\n`)]
    lineNumber = 0
    await forEachLine(file, {
      line(bytes, start, end) {
        lineNumber++
        const identity = identify(bytes, start, end)
        if (!identity) return
        if (lastLineOf.valueHigh(lastLineOf.find(identity.high, identity.low)) !== lineNumber) return
        kept.push(Buffer.from(bytes.subarray(start, end + 1)))
      },
      async pause() {
        const bytes = Buffer.concat(kept)
        kept = []
        await writeFully(out, bytes, written)
        written += bytes.length
      },
    })
    await out.datasync()
  } finally {
    await out.close()
  }
  await file.close()
  await renameDurably(replacement, path, dirname(path))
}

/** Returns a function that fingerprints the object of a line; undefined for a line that is no row. */
function createRowIdentity(random: Random) {
  const fingerprint = createFingerprinter(random)
  const plain = emptyPlainRow()
  return (bytes: Buffer, start: number, end: number): Fingerprint | undefined => {
    if (findPlainRow(bytes, start, end, plain)) return fingerprint.ofAscii(bytes, start, plain.keyEnd)
    const row = decodeRow(bytes.toString('utf8', start, end))
    // As the bytes of a plain row are; the name of a plain row's bucket has no comma.
    return row && fingerprint.ofText(`${row.bucket.replaceAll(',', '\n')},${row.key}`)
  }
}

const emptyPlainRow = (): PlainRow => ({ bytes: Buffer.alloc(0), start: 0, bucketEnd: 0, keyEnd: 0, pathEnd: 0 })

/** Half a line, left by an interrupted write, is cut off. */
async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const tail = Buffer.alloc(Math.min(size, 64 * 1024))
  await file.read(tail, 0, tail.length, size - tail.length)
  const end = tail.lastIndexOf(0x0a) + 1
  const whole = size - tail.length + end
  if (whole < size) await file.truncate(whole)
  return whole
}
