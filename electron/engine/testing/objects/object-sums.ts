/**
 * ETags and checksums of stored objects, worked out from their bytes when first asked for. The CRCs are written from
 * their definitions and share no code with the client, so that a mistake there cannot hide here.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { identityOf, madeUpEtag, type StoredObject, type SumAlgorithm } from './stored-objects.ts'

/** Copies bytes [start, start + length) of the object to the front of `target`. */
export type ReadObject = (object: StoredObject, target: Buffer, start: number, length: number) => void

export type ObjectSums = ReturnType<typeof createObjectSums>

const CHUNK_BYTES = 1024 * 1024

export function createObjectSums(read: ReadObject) {
  const known = new Map<string, string>()

  function remember(name: string, object: StoredObject, work: () => string): string {
    // Objects with content of their own have no identity beyond themselves, and are small.
    if (object.content) return work()
    const id = `${name} ${object.size} ${JSON.stringify(object.upload ?? '')} ${identityOf(object)}`
    const value = known.get(id) ?? work()
    known.set(id, value)
    return value
  }

  function digest(object: StoredObject, algorithm: SumAlgorithm | 'MD5', start = 0, end = object.size): Buffer {
    const sum = startSum(algorithm)
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let at = start; at < end; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, end - at)
      read(object, chunk, at, length)
      sum.update(chunk.subarray(0, length))
    }
    return sum.digest()
  }

  const digestOfParts = (object: StoredObject, algorithm: SumAlgorithm | 'MD5'): Buffer => {
    const parts = partsOf(object).map(({ start, end }) => digest(object, algorithm, start, end))
    const sum = startSum(algorithm)
    sum.update(Buffer.concat(parts))
    return sum.digest()
  }

  return {
    /** Without quotes. */
    etag(object: StoredObject): string {
      if (object.etag !== undefined) return object.etag
      if (!object.content && object.upload === undefined) return madeUpEtag(object)
      return remember('etag', object, () =>
        isInParts(object)
          ? `${digestOfParts(object, 'MD5').toString('hex')}-${partsOf(object).length}`
          : digest(object, 'MD5').toString('hex'),
      )
    },
    /** As S3 computes it: CRCs over the whole object, SHA of an upload in parts over the parts' own. */
    checksum(
      object: StoredObject,
    ): { algorithm: SumAlgorithm; type: 'FULL_OBJECT' | 'COMPOSITE'; value: string } | undefined {
      const algorithm = object.checksum ?? 'CRC32'
      if (algorithm === 'none') return undefined
      const isComposite = algorithm.startsWith('SHA') && isInParts(object)
      const value = remember(algorithm, object, () =>
        isComposite
          ? `${digestOfParts(object, algorithm).toString('base64')}-${partsOf(object).length}`
          : digest(object, algorithm).toString('base64'),
      )
      return { algorithm, type: isComposite ? 'COMPOSITE' : 'FULL_OBJECT', value }
    },
  }
}

export const isInParts = (object: StoredObject): boolean => typeof object.upload === 'object'

/** Ranges of the parts it was uploaded in, `end` exclusive; one range for an upload in one piece. */
export function partsOf(object: StoredObject): { start: number; end: number }[] {
  const bytes = typeof object.upload === 'object' ? object.upload.partBytes : Math.max(1, object.size)
  return Array.from({ length: Math.max(1, Math.ceil(object.size / bytes)) }, (_, index) => ({
    start: index * bytes,
    end: Math.min(object.size, (index + 1) * bytes),
  }))
}

type Sum = { update(bytes: Buffer): void; digest(): Buffer }

export function startSum(algorithm: SumAlgorithm | 'MD5'): Sum {
  if (algorithm === 'CRC64NVME') return startCrc64()
  if (algorithm === 'CRC32C') return startCrc32C()
  if (algorithm !== 'CRC32') {
    const hash = createHash(algorithm)
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
  }
  let value = 0
  return {
    update(bytes) {
      value = crc32(bytes, value)
    },
    digest: () => wordsOf(value),
  }
}

const wordsOf = (...words: number[]): Buffer => {
  const bytes = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, index * 4)
  return bytes
}

/** Castagnoli's polynomial, reflected (RFC 3720, 12.1). */
const CRC32C_POLYNOMIAL = 0x82f63b78
const CRC32C_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1
  return value
})

function startCrc32C(): Sum {
  let value = -1
  return {
    update(bytes) {
      for (const byte of bytes) value = (CRC32C_TABLE[(value ^ byte) & 0xff] as number) ^ (value >>> 8)
    },
    digest: () => wordsOf(~value),
  }
}

/** Reflected polynomial of CRC-64/NVME (NVM Express command set 1.0, 5.2.1.3.4), in two halves. */
const [CRC64_HIGH, CRC64_LOW] = [0x9a6c9329, 0xac4bc9b5]
const CRC64_TABLE_HIGH = new Int32Array(256)
const CRC64_TABLE_LOW = new Int32Array(256)
for (let index = 0; index < 256; index++) {
  let [high, low] = [0, index]
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (carry) [high, low] = [high ^ CRC64_HIGH, low ^ CRC64_LOW]
  }
  CRC64_TABLE_HIGH[index] = high
  CRC64_TABLE_LOW[index] = low
}

function startCrc64(): Sum {
  let [high, low] = [-1, -1]
  return {
    update(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (CRC64_TABLE_LOW[index] as number)
        high = (high >>> 8) ^ (CRC64_TABLE_HIGH[index] as number)
      }
    },
    digest: () => wordsOf(~high, ~low),
  }
}
