import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CRC_POLYNOMIALS, type CrcAlgorithm, combineCrc, combineCrcs } from './crc-combine.ts'
import { createRunningChecksum } from './running-checksum.ts'

const algorithms = Object.keys(CRC_POLYNOMIALS) as CrcAlgorithm[]

async function crcOf(algorithm: CrcAlgorithm) {
  const checksum = await createRunningChecksum(algorithm)
  return (bytes: Uint8Array): bigint => {
    checksum.update(bytes)
    return BigInt(`0x${checksum.finish().toString('hex')}`)
  }
}

/** Check values of "123456789": the catalogue of parametrised CRC algorithms (reveng.sourceforge.io). */
test.each<[CrcAlgorithm, bigint]>([
  ['CRC32', 0xcbf43926n],
  ['CRC32C', 0xe3069283n],
  ['CRC64NVME', 0xae8b14860a799888n],
])('%s of 123456789', async (algorithm, expected) => {
  expect((await crcOf(algorithm))(Buffer.from('123456789'))).toBe(expected)
})

describe.each(algorithms)('%s', (algorithm) => {
  test('of two halves is that of the whole', async () => {
    const crc = await crcOf(algorithm)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        const whole = crc(Buffer.concat([first, second]))
        expect(combineCrc(algorithm, crc(first), crc(second), second.length)).toBe(whole)
      }),
    )
  })

  test('of any parts, empty ones too', async () => {
    const crc = await crcOf(algorithm)
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (parts) => {
        const told = parts.map((part) => ({ crc: crc(part), bytes: part.length }))
        expect(combineCrcs(algorithm, told)).toBe(crc(Buffer.concat(parts)))
      }),
    )
  })

  test('of a large part', async () => {
    const crc = await crcOf(algorithm)
    const first = Buffer.from('head')
    const second = Buffer.alloc(20_000_001, 0x5a)
    expect(combineCrc(algorithm, crc(first), crc(second), second.length)).toBe(crc(Buffer.concat([first, second])))
  })
})
