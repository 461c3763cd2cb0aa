/**
 * Reads a file from front to back and compares it with what the server promised. Blocks its thread: runs in the
 * verify worker.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { mapDiskError } from '../disk/disk-error.ts'
import type { Check } from './choose-check.ts'
import { type ChecksumAlgorithm, createRunningChecksum, type RunningChecksum } from './running-checksum.ts'

export type VerifyRequest = { path: string; size: number; check: Check }

/** What has been proven: nothing but the length, or that every byte is the one the server has a checksum of. */
export type Verified = { strength: 'size' } | { strength: 'checksum'; algorithm: ChecksumAlgorithm; composite: boolean }

const READ_BYTES = 1024 * 1024

/**
 * Failure `corrupt`: `code` is `SIZE` or the algorithm, `detail` says what was expected and what was found. A second
 * fetch that ends with the same `detail` means that the server's checksum is wrong, not the bytes.
 */
export async function verifyObject({ path, size, check }: VerifyRequest): Promise<Outcome<Verified>> {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const found = fstatSync(fd).size
    if (found !== size) return corrupt(path, 'SIZE', `${size}`, `${found}`)
    if (check.kind === 'size') return success({ strength: 'size' })
    const checksum = await createRunningChecksum(check.algorithm)
    const computed = check.kind === 'whole' ? readWhole(fd, size, checksum, check) : readParts(fd, checksum, check)
    if (computed !== check.expected) return corrupt(path, check.algorithm, check.expected, computed)
    return success({ strength: 'checksum', algorithm: check.algorithm, composite: check.kind === 'composite' })
  } catch (error) {
    return failed(mapDiskError(error, path))
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function readWhole(fd: number, size: number, checksum: RunningChecksum, check: Check & { kind: 'whole' }): string {
  feed(fd, 0, size, checksum)
  return checksum.finish().toString(check.encoding)
}

function readParts(fd: number, checksum: RunningChecksum, check: Check & { kind: 'composite' }): string {
  const digests: Buffer[] = []
  let offset = 0
  for (const size of check.partSizes) {
    feed(fd, offset, size, checksum)
    offset += size
    digests.push(checksum.finish())
  }
  checksum.update(Buffer.concat(digests))
  return `${checksum.finish().toString(check.encoding)}-${check.partSizes.length}`
}

const buffer = Buffer.allocUnsafeSlow(READ_BYTES)

function feed(fd: number, start: number, length: number, checksum: RunningChecksum): void {
  for (let done = 0; done < length; ) {
    const count = readSync(fd, buffer, 0, Math.min(READ_BYTES, length - done), start + done)
    // Cut short by somebody else meanwhile: the checksum will tell.
    if (count === 0) return
    checksum.update(buffer.subarray(0, count))
    done += count
  }
}

function corrupt(path: string, code: string, expected: string, found: string) {
  return failed({ class: 'corrupt', code, subject: path, detail: `expected ${expected}, found ${found}` })
}
