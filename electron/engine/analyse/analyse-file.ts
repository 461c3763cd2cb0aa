/** The only part that reads from the disk. Memory is the same for any file size. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { constants, createGunzip } from 'node:zlib'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import { mapDiskError } from '../disk/disk-error.ts'
import { createLogFold } from './fold-log.ts'
import { createLineParser } from './parse-line.ts'
import { createLineSplitter } from './split-lines.ts'

const CHUNK_BYTES = 1024 ** 2
/** Strings of more than 128 KiB are large objects in V8, which are collected late and accumulate. */
const PIECE_BYTES = 64 * 1024

/** Fails as the file system does; a folder or device is `usage` / `not-a-file`. A log may be gzip-ed. */
export async function analyseFile(path: string, signal?: AbortSignal): Promise<Outcome<LogAnalysis>> {
  try {
    // Checked before it is opened: opening a pipe would block until somebody writes into it.
    if (!(await stat(path)).isFile()) return failed({ class: 'usage', code: 'not-a-file', subject: path })
    await using file = await open(path, 'r')
    const fold = createLogFold()
    const parse = createLineParser()
    const splitter = createLineSplitter((line) => fold.add(parse(line)))
    let bytes = 0
    for await (const chunk of (await isGzip(file)) ? unpacked(file) : chunksOf(file)) {
      if (signal?.aborted) return failed({ class: 'cancelled', subject: path })
      bytes += chunk.length
      for (let from = 0; from < chunk.length; from += PIECE_BYTES)
        splitter.push(chunk.subarray(from, from + PIECE_BYTES))
    }
    splitter.end()
    return success(fold.analysis(bytes))
  } catch (error) {
    return failed(mapDiskError(error, path))
  }
}

/** Each chunk is overwritten by the next one. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** RFC 1952, 2.3.1 */
async function isGzip(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
}

/** What can be unpacked: a file that is torn or damaged ends there. */
async function* unpacked(file: FileHandle): AsyncGenerator<Buffer> {
  const unpack = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES })
  const packed = file.createReadStream({ start: 0, autoClose: false })
  packed.on('error', (error) => unpack.destroy(error))
  try {
    yield* packed.pipe(unpack)
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
  } finally {
    packed.destroy()
  }
}
