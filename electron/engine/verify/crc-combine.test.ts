import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { CRC_POLYNOMIALS, type CrcAlgorithm, startCrcChain } from './crc-combine.ts'
import { loadChecksums, type StartChecksum } from './running-checksum.ts'

const algorithms = Object.keys(CRC_POLYNOMIALS) as CrcAlgorithm[]

let startChecksum: StartChecksum
beforeAll(async () => {
  startChecksum = await loadChecksums()
})

function crcOf(algorithm: CrcAlgorithm, bytes: Uint8Array): Buffer {
  const checksum = startChecksum(algorithm)
  checksum.update(bytes)
  return checksum.finish()
}

function combined(algorithm: CrcAlgorithm, parts: readonly Uint8Array[]): Buffer {
  const chain = startCrcChain(algorithm)
  for (const part of parts) chain.append(crcOf(algorithm, part), part.length)
  return chain.digest()
}

/** Check values of "123456789": the catalogue of parametrised CRC algorithms (reveng.sourceforge.io). */
test.each<[CrcAlgorithm, string]>([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
])('%s of 123456789', (algorithm, expected) => {
  expect(crcOf(algorithm, Buffer.from('123456789')).toString('hex')).toBe(expected)
})

describe.each(algorithms)('%s', (algorithm) => {
  test('of any cuts, empty ones too, is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (parts) => {
        expect(combined(algorithm, parts)).toEqual(crcOf(algorithm, Buffer.concat(parts)))
      }),
    )
  })

  test('of parts that are alike, as ranges are', () => {
    const parts = Array.from({ length: 9 }, () => Buffer.from('as long as the others'))
    expect(combined(algorithm, parts)).toEqual(crcOf(algorithm, Buffer.concat(parts)))
  })

  test('of a large part', () => {
    const parts = [Buffer.from('head'), Buffer.alloc(20_000_001, 0x5a)]
    expect(combined(algorithm, parts)).toEqual(crcOf(algorithm, Buffer.concat(parts)))
  })
})

test('many are fed by turns and do not disturb each other', () => {
  const names = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA256', 'MD5'] as const
  const chunk = fc.record({ of: fc.nat(9), bytes: fc.uint8Array({ maxLength: 50 }) })
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(chunk, { maxLength: 40 }), (algorithm, chunks) => {
      const running = Array.from({ length: 10 }, () => startChecksum(algorithm))
      for (const { of, bytes } of chunks) running[of]?.update(bytes)
      for (const [index, checksum] of running.entries()) {
        const alone = startChecksum(algorithm)
        alone.update(Buffer.concat(chunks.filter(({ of }) => of === index).map(({ bytes }) => bytes)))
        expect(checksum.finish()).toEqual(alone.finish())
      }
    }),
  )
})
