/** Writes a small file into the chosen folder, flushes it and removes it. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { failed, type Outcome, success } from '../../../../shared/failure.ts'
import { codeOf, mapDiskError } from '../../disk/disk-error.ts'
import type { Clock } from '../../engine-ports.ts'
import type { DiskProbe } from '../judge/judge-machine.ts'

const CHUNK_BYTES = 1024 ** 2
const MAX_CHUNKS = 16
const MAX_SECONDS = 1.5
const FLUSHES = 8
const FLUSH_BYTES = 4096

/** For a folder that does not exist yet, its nearest existing parent. Nothing stays on the disk. */
export async function probeDisk(folder: string, clock: Clock, signal: AbortSignal): Promise<Outcome<DiskProbe>> {
  let path = ''
  try {
    path = join(await nearestFolder(folder), `.longhaul-doctor-${randomBytes(6).toString('hex')}.tmp`)
    await using file = await open(path, 'wx')
    // Except on Windows an open file can be unlinked at once, so that a crash leaves nothing behind.
    if (process.platform !== 'win32') await unlink(path)
    const bulk = await writeBulk(file, clock, signal)
    const flushMs = await writeAndFlush(file, clock, signal)
    return success({ ...bulk, flushMs })
  } catch (error) {
    return failed(mapDiskError(error, folder))
  } finally {
    if (process.platform === 'win32' && path) await unlink(path).catch(() => {})
  }
}

/** Random bytes, because some disks and file systems compress. */
async function writeBulk(file: FileHandle, clock: Clock, signal: AbortSignal) {
  const chunk = randomBytes(CHUNK_BYTES)
  const startedAt = clock.monotonic()
  const seconds = () => (clock.monotonic() - startedAt) / 1000
  let bytes = 0
  while (bytes < MAX_CHUNKS * CHUNK_BYTES && seconds() < MAX_SECONDS && !signal.aborted) {
    const { bytesWritten } = await file.write(chunk, 0, chunk.length, bytes)
    bytes += bytesWritten
  }
  await file.datasync()
  return { bytes, seconds: seconds() }
}

async function writeAndFlush(file: FileHandle, clock: Clock, signal: AbortSignal): Promise<number[]> {
  const block = randomBytes(FLUSH_BYTES)
  const startedAt = clock.monotonic()
  const times: number[] = []
  while (times.length < FLUSHES && clock.monotonic() - startedAt < MAX_SECONDS * 1000 && !signal.aborted) {
    const before = clock.monotonic()
    await file.write(block, 0, block.length, times.length * FLUSH_BYTES)
    await file.datasync()
    times.push(clock.monotonic() - before)
  }
  return times
}

async function nearestFolder(folder: string): Promise<string> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      await stat(path)
      return path
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || path === dirname(path)) throw error
    }
  }
}
