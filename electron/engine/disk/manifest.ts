/**
 * DEST/.longhaul/manifest.csv: where every object went, for people and for the next run. Rows are appended in batches
 * while the run goes on; at its end the file is written anew with one row per object, the last one that was told.
 *
 * Nothing is decided by it except the path of a key that has one already, and that only when the path is safe.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { Random } from '../engine-ports.ts'
import { mapDiskError } from './disk-error.ts'
import { renameDurably, writeFully } from './durable-files.ts'
import { createFingerprinter, createFingerprintTable } from './fingerprint.ts'
import { decodeRow, encodeRow, MANIFEST_HEADER, type ManifestRow } from './manifest-row.ts'

export type Manifest = {
  /** Calls `visit` for every row of earlier runs; later rows of one object replace earlier ones. Before any `append`. */
  readRows(visit: (row: ManifestRow) => void): Promise<Outcome<{ rows: number; damagedLines: number }>>
  /** Kept in memory until `flush`. */
  append(row: ManifestRow): void
  flush(): Promise<Outcome<void>>
  /** Flushes and, when an object has more than one row, leaves only its last one. Then closes. */
  finish(): Promise<Outcome<void>>
  /** Flushes and closes. */
  close(): Promise<Outcome<void>>
}

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** UTF-8 mark: without it Excel reads Chinese names as something else. */
const BYTE_ORDER_MARK = '\ufeff'
const BATCH_LINES = 5000

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

function createManifest(file: FileHandle, path: string, wholeLines: number, random: Random): Manifest {
  let size = wholeLines
  let waiting: string[] = []
  let running: Promise<Outcome<void>> = Promise.resolve(success(undefined))
  let isOpen = true

  const writeWaiting = async (): Promise<Outcome<void>> => {
    if (!isOpen || (waiting.length === 0 && size > 0)) return success(undefined)
    const lines = waiting
    waiting = []
    try {
      const bytes = Buffer.from((size === 0 ? `${BYTE_ORDER_MARK}${MANIFEST_HEADER}\n` : '') + lines.join(''))
      await writeFully(file, bytes, size)
      size += bytes.length
      return success(undefined)
    } catch (error) {
      waiting = lines.concat(waiting)
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
    async readRows(visit) {
      let rows = 0
      let damagedLines = 0
      try {
        await forEachLine(file, size, (line) => {
          const row = decodeRow(line)
          if (row) {
            rows++
            visit(row)
          } else if (!line.includes(MANIFEST_HEADER)) damagedLines++
        })
        return success({ rows, damagedLines })
      } catch (error) {
        return failed(mapDiskError(error, path))
      }
    },
    append: (row) => void waiting.push(encodeRow(row)),
    flush,
    async finish() {
      const flushed = await flush()
      if (!flushed.ok || !isOpen) return flushed
      try {
        await leaveLastRows(file, path, size, random)
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
async function leaveLastRows(file: FileHandle, path: string, size: number, random: Random): Promise<void> {
  const fingerprint = createFingerprinter(random)
  const lastLineOf = createFingerprintTable()
  const identify = (row: ManifestRow) => fingerprint(`${row.bucket}\n${row.key}`)
  let lineNumber = 0
  let useful = 0
  await forEachLine(file, size, (line) => {
    lineNumber++
    const row = decodeRow(line)
    if (!row) return
    useful++
    const { high, low } = identify(row)
    lastLineOf.set(high, low, lineNumber, 1)
  })
  if (useful === lastLineOf.size && useful + 1 === lineNumber) return

  const replacement = `${path}.new`
  await unlink(replacement).catch(() => {})
  const out = await open(replacement, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
  try {
    let written = 0
    let lines = [`${BYTE_ORDER_MARK}${MANIFEST_HEADER}\n`]
    const writeOut = async () => {
      const bytes = Buffer.from(lines.join(''))
      lines = []
      await writeFully(out, bytes, written)
      written += bytes.length
    }
    lineNumber = 0
    await forEachLine(file, size, (line) => {
      lineNumber++
      const row = decodeRow(line)
      if (!row) return undefined
      const { high, low } = identify(row)
      if (lastLineOf.valueHigh(lastLineOf.find(high, low)) !== lineNumber) return undefined
      lines.push(`${line}\n`)
      return lines.length >= BATCH_LINES ? writeOut() : undefined
    })
    await writeOut()
    await out.datasync()
  } finally {
    await out.close()
  }
  await file.close()
  await renameDurably(replacement, path, dirname(path))
}

const CHUNK_BYTES = 1024 * 1024

async function forEachLine(file: FileHandle, size: number, visit: (line: string) => Promise<void> | undefined | void) {
  let rest = Buffer.alloc(0)
  for (let offset = 0; offset < size; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - offset))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset)
    if (bytesRead === 0) break
    offset += bytesRead
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const end = bytes.lastIndexOf(0x0a) + 1
    rest = bytes.subarray(end)
    // A file without line ends is no manifest.
    if (rest.length > CHUNK_BYTES) rest = Buffer.alloc(0)
    if (end === 0) continue
    for (const line of bytes.toString('utf8', 0, end - 1).split('\n')) {
      const pending = visit(line)
      if (pending) await pending
    }
  }
}

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
