/**
 * Checksums fed piece by piece, many at a time. Measured in one thread on a shared core,
 * MiB/s in pieces of 1 MiB: zlib's CRC32 3,600, hash-wasm's CRC32C 1,500 and CRC64NVME 1,150
 * (plain JavaScript: 960 for CRC32C), OpenSSL's SHA-256 1,450 and MD5 650. A native add-on
 * (@node-rs/crc32: CRC32C 4,700) would need a binary per platform and knows no CRC64NVME.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createCRC32, createCRC64, type IHasher } from 'hash-wasm'
import { CRC_POLYNOMIALS } from './crc-combine.ts'

export type ChecksumAlgorithm = 'CRC64NVME' | 'CRC32C' | 'CRC32' | 'SHA256' | 'SHA1' | 'MD5'

export type RunningChecksum = {
  update(bytes: Uint8Array): void
  /** Big-endian bytes, as S3 encodes them. Resets the checksum. */
  finish(): Buffer
}

export type StartChecksum = (algorithm: ChecksumAlgorithm) => RunningChecksum

/** Compiles WebAssembly once; afterwards any number of checksums can run concurrently. */
export async function loadChecksums(): Promise<StartChecksum> {
  const crc32c = await createCRC32(Number(CRC_POLYNOMIALS.CRC32C.reflected))
  // The library takes the reflected polynomial.
  const crc64 = await createCRC64(CRC_POLYNOMIALS.CRC64NVME.reflected.toString(16))
  return (algorithm) => {
    switch (algorithm) {
      case 'CRC32':
        return startNativeCrc32()
      case 'CRC32C':
        return startShared(crc32c)
      case 'CRC64NVME':
        return startShared(crc64)
      default:
        return startOpenSslHash(algorithm.toLowerCase())
    }
  }
}

function startNativeCrc32(): RunningChecksum {
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

/** One instance with its tables serves all checksums: between pieces each keeps its own state of a few bytes. */
function startShared(hasher: IHasher): RunningChecksum {
  const start = hasher.init().save()
  let state = start
  return {
    update(bytes) {
      state = hasher.load(state).update(bytes).save()
    },
    finish() {
      const digest = Buffer.from(hasher.load(state).digest('binary'))
      state = start
      return digest
    },
  }
}

function startOpenSslHash(name: string): RunningChecksum {
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
