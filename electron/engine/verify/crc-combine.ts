/**
 * The CRC of A followed by B, from the CRCs of A and of B and the length of B. Pure.
 *
 * Appending n zero bits multiplies a CRC by x^n modulo the polynomial; the start and end values (all ones) of the two
 * parts cancel out. So crc(A B) = crc(A) * x^(8 * length of B) + crc(B), in arithmetic of polynomials over GF(2); the
 * method of zlib's crc32_combine (Mark Adler). Some 10,000 BigInt operations: for parts, not for packets.
 */
export const CRC_POLYNOMIALS = {
  /** IEEE 802.3, as in zlib. Reflected, as the others. */
  CRC32: { width: 32, reflected: 0xedb88320n },
  /** Castagnoli, RFC 3720. */
  CRC32C: { width: 32, reflected: 0x82f63b78n },
  /** NVM Express, "CRC-64/NVME" (0xad93d23594c93659, reflected). */
  CRC64NVME: { width: 64, reflected: 0x9a6c9329ac4bc9b5n },
} as const
export type CrcAlgorithm = keyof typeof CRC_POLYNOMIALS

export const isCrc = (algorithm: string): algorithm is CrcAlgorithm => algorithm in CRC_POLYNOMIALS

export type CrcChain = {
  /** Bytes that follow those appended before; `digest` is their CRC, big-endian. */
  append(digest: Uint8Array, bytes: number): void
  /** CRC of all that was appended, big-endian; of nothing, 0. */
  digest(): Buffer
}

export function startCrcChain(algorithm: CrcAlgorithm): CrcChain {
  const { width } = CRC_POLYNOMIALS[algorithm]
  let whole = 0n
  // Most ranges of an object have the same length, and computing the power is what takes long.
  const powers = new Map<number, bigint>()
  const powerFor = (bytes: number): bigint => {
    const power = powers.get(bytes) ?? powerOfX(algorithm, BigInt(bytes) * 8n)
    powers.set(bytes, power)
    return power
  }
  return {
    append(digest, bytes) {
      whole = multiply(algorithm, powerFor(bytes), whole) ^ BigInt(`0x${Buffer.from(digest).toString('hex')}`)
    },
    digest: () => Buffer.from(whole.toString(16).padStart(width / 4, '0'), 'hex'),
  }
}

/** x^n modulo the polynomial, by squaring. */
function powerOfX(algorithm: CrcAlgorithm, exponent: bigint): bigint {
  const { width } = CRC_POLYNOMIALS[algorithm]
  // Reflected: the highest bit is x^0, the one below it x^1.
  let result = 1n << BigInt(width - 1)
  let square = 1n << BigInt(width - 2)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(algorithm, result, square)
    square = multiply(algorithm, square, square)
  }
  return result
}

function multiply(algorithm: CrcAlgorithm, a: bigint, b: bigint): bigint {
  const { width, reflected } = CRC_POLYNOMIALS[algorithm]
  let product = 0n
  let shifted = b
  for (let bit = 1n << BigInt(width - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ reflected : shifted >> 1n
  }
  return product
}
