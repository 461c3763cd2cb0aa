/**
 * Checksums fed piece by piece. Measured on one core, MiB/s: zlib's CRC32 2,900-4,900, hash-wasm's CRC32C 1,400-1,900 and
 * CRC64 1,200-1,400, OpenSSL's MD5 750, SHA-1 1,800, SHA-256 1,700.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createCRC32, createCRC64, type IHasher } from 'hash-wasm'
import { CRC_POLYNOMIALS } from './crc-combine.ts'

export type ChecksumAlgorithm = 'CRC64NVME' | 'CRC32C' | 'CRC32' | 'SHA256' | 'SHA1' | 'MD5'

export type RunningChecksum = {
  update(bytes: Uint8Array): void
  /** Big-endian bytes, as S3 encodes them. Starts anew afterwards. */
  finish(): Buffer
}

export async function createRunningChecksum(algorithm: ChecksumAlgorithm): Promise<RunningChecksum> {
  switch (algorithm) {
    case 'CRC32':
      return createNativeCrc32()
    case 'CRC32C':
      return wrapWasm(await createCRC32(Number(CRC_POLYNOMIALS.CRC32C.reflected)))
    case 'CRC64NVME':
      // The library takes the reflected polynomial.
      return wrapWasm(await createCRC64(CRC_POLYNOMIALS.CRC64NVME.reflected.toString(16)))
    default:
      return createOpenSslHash(algorithm.toLowerCase())
  }
}

function createNativeCrc32(): RunningChecksum {
  let value = 0
  return {
    update(bytes) {
      value = crc32(bytes, value)
    },
    finish() {
      const digest = Buffer.alloc(4)
      digest.writeUInt32BE(value)
      value = 0
      return digest
    },
  }
}

function wrapWasm(hasher: IHasher): RunningChecksum {
  hasher.init()
  return {
    update: (bytes) => void hasher.update(bytes),
    finish() {
      const digest = Buffer.from(hasher.digest('binary'))
      hasher.init()
      return digest
    },
  }
}

function createOpenSslHash(name: string): RunningChecksum {
  let hash = createHash(name)
  return {
    update: (bytes) => void hash.update(bytes),
    finish() {
      const digest = hash.digest()
      hash = createHash(name)
      return digest
    },
  }
}
