/**
 * Checksums of ranges, computed while their bytes were received: what to compute, and which of the results can be used
 * once the object is complete. Pure.
 */
import type { ByteRange } from '../engine-ports.ts'
import { LARGEST_PART_BYTES } from '../schedule/choose-part-size.ts'
import type { Check } from './choose-check.ts'
import { isCrc } from './crc-combine.ts'
import type { ChecksumAlgorithm } from './running-checksum.ts'

/** `digest` of bytes [start, end) of the object, as they went into the file. */
export type RangeSum = ByteRange & { digest: Uint8Array }

export type SumOrder = {
  algorithm: ChecksumAlgorithm
  /** A sum ends at every multiple of this many bytes, where a part of the upload ends; 0 = nowhere. */
  cutEvery: number
}

/** What workers should compute; undefined where the sums of ranges are no evidence about the object. */
export function orderSums(check: Check): SumOrder | undefined {
  if (check.kind === 'size') return undefined
  const { algorithm } = check
  if (check.kind === 'whole') return isCrc(algorithm) ? { algorithm, cutEvery: 0 } : undefined
  const [first = 0, ...others] = check.partSizes
  const isEven = others.every((size, at) => size === first || (at === others.length - 1 && size < first))
  // A hash that cannot be combined is only useful where a part lies within one range.
  const isOfUse = isCrc(algorithm) || first <= LARGEST_PART_BYTES
  return isEven && isOfUse ? { algorithm, cutEvery: first } : undefined
}

/**
 * The sums that describe the file, in order. Where two overlap, two connections have written the same bytes and it is
 * unknown whose are in the file: neither is used.
 */
export function usableSums(sums: readonly RangeSum[]): RangeSum[] {
  const sorted = sums.filter(({ start, end }) => end > start).sort((one, other) => one.start - other.start)
  let furthest = 0
  return sorted.filter(({ start, end }, at) => {
    const isCovered = start < furthest
    furthest = Math.max(furthest, end)
    const next = sorted[at + 1]
    return !isCovered && (next === undefined || next.start >= end)
  })
}
