/** The one part that reads from the disk. Memory stays the same for any size. */
import { open } from 'node:fs/promises'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import { mapDiskError } from '../disk/disk-error.ts'
import { createLogFold } from './fold-log.ts'
import { createLineParser } from './parse-line.ts'
import { createLineSplitter } from './split-lines.ts'

/** Larger ones are no faster, and their strings are garbage that piles up. */
const CHUNK_BYTES = 256 * 1024

/** Fails as the file system does; a folder or device is `usage` / `not-a-file`. */
export async function analyseFile(path: string, signal?: AbortSignal): Promise<Outcome<LogAnalysis>> {
  try {
    const file = await open(path, 'r')
    try {
      if (!(await file.stat()).isFile()) return failed({ class: 'usage', code: 'not-a-file', subject: path })
      const fold = createLogFold()
      const parse = createLineParser()
      const splitter = createLineSplitter((line) => fold.add(parse(line)))
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
      let bytes = 0
      for (;;) {
        if (signal?.aborted) return failed({ class: 'cancelled', subject: path })
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, bytes)
        if (bytesRead === 0) break
        bytes += bytesRead
        splitter.push(buffer.subarray(0, bytesRead))
      }
      splitter.end()
      return success(fold.analysis(bytes))
    } finally {
      await file.close()
    }
  } catch (error) {
    return failed(mapDiskError(error, path))
  }
}
