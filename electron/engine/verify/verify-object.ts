/**
 * Compares a file with what the server promised. Ranges summed while they were received are not read again where their
 * sums can be combined; the rest is read front to back. Blocks its thread: runs in the verify worker.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { mapDiskError } from '../disk/disk-error.ts'
import type { ByteRange } from '../engine-ports.ts'
import type { Check } from './choose-check.ts'
import { isCrc, startCrcChain } from './crc-combine.ts'
import { formatChecksum, type SummedCheck } from './format-checksum.ts'
import { type RangeSum, usableSums } from './range-sums.ts'
import { type ChecksumAlgorithm, loadChecksums, type RunningChecksum } from './running-checksum.ts'

export type VerifyRequest = {
  path: string
  size: number
  check: Check
  /** Of the check's algorithm, over what lies in the file. Absent: all of it is read. */
  received?: readonly RangeSum[]
}

/** What has been proven: nothing but the length, or that every byte is the one the server has a checksum of. */
export type Verified = { strength: 'size' } | { strength: 'checksum'; algorithm: ChecksumAlgorithm; composite: boolean }

const READ_BYTES = 1024 * 1024

const loading = loadChecksums()

/**
 * Failure `corrupt`: `code` is `SIZE` or the algorithm, `detail` names what was expected and what was found. A second
 * fetch that ends with the same `detail` means that the server's checksum is wrong, not the bytes.
 */
export async function verifyObject({ path, size, check, received = [] }: VerifyRequest): Promise<Outcome<Verified>> {
  const startChecksum = await loading
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const found = fstatSync(fd).size
    if (found !== size) return corrupt(path, 'SIZE', `${size}`, `${found}`)
    if (check.kind === 'size') return success({ strength: 'size' })
    const computed = compute(fd, size, check, startChecksum(check.algorithm), usableSums(received))
    if (computed !== check.expected) return corrupt(path, check.algorithm, check.expected, computed)
    return success({ strength: 'checksum', algorithm: check.algorithm, composite: check.kind === 'composite' })
  } catch (error) {
    return failed(mapDiskError(error, path))
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function compute(
  fd: number,
  size: number,
  check: SummedCheck,
  checksum: RunningChecksum,
  sums: readonly RangeSum[],
): string {
  const digests: Buffer[] = []
  let [start, next] = [0, 0]
  for (const partSize of check.kind === 'whole' ? [size] : check.partSizes) {
    const part = { start, end: start + partSize }
    const first = next
    while ((sums[next]?.start ?? part.end) < part.end) next++
    digests.push(digestOf(fd, part, sums.slice(first, next), check.algorithm, checksum))
    start = part.end
  }
  return formatChecksum(check, digests, checksum)
}

/** `sums`: those that begin in the range, in order. */
function digestOf(
  fd: number,
  range: ByteRange,
  sums: readonly RangeSum[],
  algorithm: ChecksumAlgorithm,
  checksum: RunningChecksum,
): Buffer {
  const [first] = sums
  if (first?.start === range.start && first.end === range.end) return Buffer.from(first.digest)
  const read = (start: number, end: number) => {
    feed(fd, start, end - start, checksum)
    return checksum.finish()
  }
  if (!isCrc(algorithm)) return read(range.start, range.end)
  const chain = startCrcChain(algorithm)
  let at = range.start
  for (const { start, end, digest } of sums) {
    if (end > range.end) break
    if (start > at) chain.append(read(at, start), start - at)
    chain.append(digest, end - start)
    at = end
  }
  if (range.end > at) chain.append(read(at, range.end), range.end - at)
  return chain.digest()
}

const buffer = Buffer.allocUnsafeSlow(READ_BYTES)

function feed(fd: number, start: number, length: number, checksum: RunningChecksum): void {
  for (let done = 0; done < length; ) {
    const count = readSync(fd, buffer, 0, Math.min(READ_BYTES, length - done), start + done)
    // Cut short by another program meanwhile: the checksum will show it.
    if (count === 0) return
    checksum.update(buffer.subarray(0, count))
    done += count
  }
}

function corrupt(path: string, code: string, expected: string, found: string) {
  return failed({ class: 'corrupt', code, subject: path, detail: `expected ${expected}, found ${found}` })
}
