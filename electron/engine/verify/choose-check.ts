/**
 * What can be checked about an object, from what the server offers. Pure.
 *
 * In: the object's HEAD, the sizes of its parts when they are known. Out: one check, the strongest that is cheap, or
 * the size alone; never a guess that could call good bytes bad.
 */
import type { ObjectHead } from '../engine-ports.ts'
import type { ChecksumAlgorithm } from './running-checksum.ts'

export type Check =
  /** Only the number of bytes is known. */
  | { kind: 'size' }
  | { kind: 'whole'; algorithm: ChecksumAlgorithm; expected: string; encoding: 'base64' | 'hex' }
  /** Checksum of the parts' checksums, with `-<number of parts>` behind it. */
  | {
      kind: 'composite'
      algorithm: ChecksumAlgorithm
      expected: string
      encoding: 'base64' | 'hex'
      /** Bytes of each part, in order. */
      partSizes: number[]
    }

export function chooseCheck(
  head: ObjectHead,
  parts: { /** Of all parts. */ sizes?: number[] /** HEAD of part 1. */; firstSize?: number } = {},
): Check {
  const partSizes = knownPartSizes(head, parts)
  return wholeChecksum(head) ?? compositeChecksum(head, partSizes) ?? md5Etag(head, partSizes) ?? { kind: 'size' }
}

/** Whether the sizes of its parts are all that is missing; their number then, else 0. */
export function partsToAskFor(head: ObjectHead): number {
  if (chooseCheck(head).kind !== 'size') return 0
  const count = partCountOf(head)
  const imagined = Array.from({ length: count }, (_, part) => (part === 0 ? head.size : 0))
  return chooseCheck(head, { sizes: imagined }).kind === 'composite' ? count : 0
}

/** Fastest first: each detects accidental damage, and none is meant to stop an attacker who controls the server. */
const BY_PREFERENCE: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']
/** Digest length in bytes, to refuse malformed ones. */
const DIGEST_BYTES: Partial<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

function wholeChecksum(head: ObjectHead): Check | undefined {
  if (head.checksumType === 'COMPOSITE') return undefined
  for (const algorithm of BY_PREFERENCE) {
    const expected = head.checksums[algorithm]
    if (expected && isDigest(expected, algorithm)) return { kind: 'whole', algorithm, expected, encoding: 'base64' }
  }
  return undefined
}

function compositeChecksum(head: ObjectHead, partSizes: number[] | undefined): Check | undefined {
  if (!partSizes) return undefined
  for (const algorithm of BY_PREFERENCE) {
    const [digest, count, ...rest] = head.checksums[algorithm]?.split('-') ?? []
    if (digest === undefined || rest.length > 0 || !isDigest(digest, algorithm)) continue
    if (Number(count) !== partSizes.length) continue
    return { kind: 'composite', algorithm, expected: `${digest}-${count}`, encoding: 'base64', partSizes }
  }
  return undefined
}

/** ETags are MD5 unless the object is encrypted with a key of KMS or of the customer. */
function md5Etag(head: ObjectHead, partSizes: number[] | undefined): Check | undefined {
  if (head.encryption !== undefined && head.encryption !== 'AES256') return undefined
  const etag = head.etag.toLowerCase()
  if (/^[0-9a-f]{32}$/.test(etag)) return { kind: 'whole', algorithm: 'MD5', expected: etag, encoding: 'hex' }
  if (partSizes && /^[0-9a-f]{32}-\d+$/.test(etag) && partsOfEtag(etag) === partSizes.length) {
    return { kind: 'composite', algorithm: 'MD5', expected: etag, encoding: 'hex', partSizes }
  }
  return undefined
}

function knownPartSizes(head: ObjectHead, parts: { sizes?: number[]; firstSize?: number }): number[] | undefined {
  const count = partCountOf(head)
  if (parts.sizes) {
    const sum = parts.sizes.reduce((total, size) => total + size, 0)
    return sum === head.size && parts.sizes.length === count ? parts.sizes : undefined
  }
  if (count === 1) return [head.size]
  const size = parts.firstSize
  if (size === undefined || size <= 0 || Math.ceil(head.size / size) !== count) return undefined
  return Array.from({ length: count }, (_, index) => Math.min(size, head.size - index * size))
}

/** The most parts that S3 allows in an upload. */
const MOST_PARTS = 10_000

const partCountOf = (head: ObjectHead): number =>
  Math.min(MOST_PARTS, partsOfEtag(head.etag) || partsOfChecksum(head) || head.partCount)

/** ETags of directory buckets, and of other services, prove nothing; a composite checksum has the number behind it. */
function partsOfChecksum({ checksums }: ObjectHead): number {
  const composite = Object.values(checksums).find((checksum) => checksum.includes('-'))
  return Number(/-(\d{1,5})$/.exec(composite ?? '')?.[1] ?? 0)
}

/** `9a0364b9e99bb480dd25e1f0284c8555-16` -> 16; 0 for other ETags. */
function partsOfEtag(etag: string): number {
  return Number(/^[0-9a-f]{32}-(\d{1,5})$/i.exec(etag)?.[1] ?? 0)
}

function isDigest(text: string, algorithm: ChecksumAlgorithm): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length === DIGEST_BYTES[algorithm]
}
