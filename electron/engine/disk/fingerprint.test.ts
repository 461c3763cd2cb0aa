import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFingerprinter, createFingerprintTable } from './fingerprint.ts'

const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 0x1_0000_0000
  }
}

test('two hundred thousand keys that differ in a digit have as many fingerprints, in each half alone nearly', () => {
  const fingerprint = createFingerprinter(seeded(1))
  const whole = new Set<bigint>()
  const halves = [new Set<number>(), new Set<number>()] as const
  const count = 200_000
  for (let index = 0; index < count; index++) {
    const { high, low } = fingerprint.ofText(`e5.oper.an.pl/2025${String(index).padStart(6, '0')}.nc`)
    whole.add((BigInt(high) << 32n) | BigInt(low))
    halves[0].add(high)
    halves[1].add(low)
  }
  expect(whole.size).toBe(count)
  // The birthday bound for 32 bits expects 4.7 meetings.
  for (const half of halves) expect(count - half.size).toBeLessThan(40)
})

test('other seeds give other fingerprints', () => {
  const a = { ...createFingerprinter(seeded(1)).ofText('key') }
  const b = { ...createFingerprinter(seeded(2)).ofText('key') }
  expect(a).not.toEqual(b)
})

test('bytes of ASCII have the fingerprint of their text, wherever they stand', () => {
  const fingerprint = createFingerprinter(seeded(3))
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), fc.nat(5), (text, before) => {
      const bytes = Buffer.from(`${'-'.repeat(before)}${text}--`)
      const expected = { ...fingerprint.ofText(text) }
      expect(fingerprint.ofAscii(bytes, before, before + text.length)).toEqual(expected)
    }),
  )
})

describe('the table', () => {
  test('behaves as a Map does', () => {
    const key = fc.integer({ min: 0, max: 40 })
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, value: fc.integer({ min: 1, max: 0xffffffff }) }),
      fc.record({ kind: fc.constant('remove' as const), key, value: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = createFingerprintTable()
        const model = new Map<number, number>()
        for (const { kind, key, value } of steps) {
          // All keys begin probing at the same slot.
          if (kind === 'set') {
            table.set(key, 7, value, 0)
            model.set(key, value)
          } else {
            table.remove(key, 7)
            model.delete(key)
          }
        }
        expect(table.size).toBe(model.size)
        for (let probe = 0; probe <= 40; probe++) {
          const slot = table.find(probe, 7)
          expect(slot < 0 ? undefined : table.valueHigh(slot)).toBe(model.get(probe))
        }
      }),
    )
  })

  test('keeps everything while it grows, and does not grow by removals', () => {
    const table = createFingerprintTable()
    for (let index = 1; index <= 50_000; index++) table.set(index, Math.imul(index, 2654435761) >>> 0, index, 1)
    for (let index = 1; index <= 50_000; index += 2) table.remove(index, Math.imul(index, 2654435761) >>> 0)
    expect(table.size).toBe(25_000)
    for (let index = 1; index <= 50_000; index++) {
      const slot = table.find(index, Math.imul(index, 2654435761) >>> 0)
      expect(slot >= 0 ? table.valueHigh(slot) : 0).toBe(index % 2 === 0 ? index : 0)
    }
  })
})
