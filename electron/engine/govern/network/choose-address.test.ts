import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddressRecord, chooseAddress, findBadAddresses } from './choose-address.ts'

const NOW = 1_000_000
const record = (address: string, change: Partial<AddressRecord> = {}): AddressRecord => ({
  address,
  connections: 2,
  bytesPerConnection: 2e6,
  settled: 2,
  recentFailures: 0,
  refused: 0,
  granted: 10,
  quarantinedUntil: 0,
  ...change,
})

describe('the next connection goes to', () => {
  const rows: [sentence: string, records: AddressRecord[], random: number, address: string | undefined][] = [
    ['the address with the fewest connections', [record('a'), record('b', { connections: 1 })], 0.9, 'b'],
    ['chance among equals', [record('a'), record('b'), record('c')], 0.5, 'b'],
    ['not to one in quarantine', [record('a'), record('b', { connections: 0, quarantinedUntil: NOW + 1 })], 0, 'a'],
    [
      'again to one whose quarantine is over',
      [record('a'), record('b', { connections: 0, quarantinedUntil: NOW })],
      0,
      'b',
    ],
    [
      'the one that is free soonest when all are in quarantine',
      [record('a', { quarantinedUntil: NOW + 9 }), record('b', { quarantinedUntil: NOW + 5 })],
      0,
      'b',
    ],
    ['nowhere without an address', [], 0, undefined],
  ]
  it.each(rows)('%s', (_, records, random, address) => {
    expect(chooseAddress(records, NOW, random)).toBe(address)
  })

  it('spreads: no address ever has two connections more than another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (count, randoms) => {
          const records = Array.from({ length: count }, (_, at) => record(`${at}`, { connections: 0 }))
          for (const random of randoms) {
            const chosen = records.find(({ address }) => address === chooseAddress(records, NOW, random))
            if (chosen) chosen.connections++
          }
          const connections = records.map((entry) => entry.connections)
          expect(Math.max(...connections) - Math.min(...connections)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('an address is condemned', () => {
  const good = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((address) => record(address))
  const rows: [sentence: string, bad: AddressRecord, cause: string | undefined][] = [
    ['not when it is like the others', record('x'), undefined],
    ['when two of its connections are far slower', record('x', { bytesPerConnection: 0.4e6 }), 'slow'],
    ['not for one slow connection', record('x', { bytesPerConnection: 1024, settled: 1 }), undefined],
    ['not when it is somewhat slower', record('x', { bytesPerConnection: 0.6e6 }), undefined],
    ['not when nothing is known of it', record('x', { bytesPerConnection: 0, settled: 0 }), undefined],
    ['when it gives nothing, and fails three times', record('x', { recentFailures: 3, granted: 0 }), 'failures'],
    ['not for two failures', record('x', { recentFailures: 2, granted: 0 }), undefined],
    ['when it fails more often than not', record('x', { recentFailures: 6, granted: 5 }), 'failures'],
    ['not when it gives more often than it fails', record('x', { recentFailures: 9, granted: 10 }), undefined],
    ['when it refuses what the others grant', record('x', { refused: 3, granted: 0 }), 'refusals'],
    ['when it refuses half of it', record('x', { refused: 6, granted: 6 }), 'refusals'],
    ['not for two refusals', record('x', { refused: 2, granted: 0 }), undefined],
  ]
  it.each(rows)('%s', (_, bad, cause) => {
    expect(findBadAddresses([...good, bad], NOW)).toEqual(cause ? [{ address: 'x', cause }] : [])
  })

  it('one of two as well', () => {
    expect(findBadAddresses([record('a'), record('x', { recentFailures: 3, granted: 0 })], NOW)).toEqual([
      { address: 'x', cause: 'failures' },
    ])
  })
  it('not for a few refusals while little is known of the others', () => {
    expect(findBadAddresses([record('a', { granted: 1 }), record('x', { refused: 5, granted: 0 })], NOW)).toEqual([])
  })
  it('not for refusals that a budget spreads over all', () => {
    const refused = good.map((entry) => ({ ...entry, refused: 5 }))
    expect(findBadAddresses([...refused, record('x', { refused: 9, granted: 8 })], NOW)).toEqual([])
  })
  it('not when all fail alike', () => {
    const failing = good.map((entry) => ({ ...entry, recentFailures: 5 }))
    expect(findBadAddresses(failing, NOW)).toEqual([])
  })
  it('not when it is the only one', () => {
    expect(findBadAddresses([record('x', { recentFailures: 99, bytesPerConnection: 1 })], NOW)).toEqual([])
  })
  it('not when none gives anything', () => {
    const failing = good.map((entry, at) => ({ ...entry, granted: 0, recentFailures: 5 * at }))
    expect(findBadAddresses(failing, NOW)).toEqual([])
  })
  it('all that give nothing while one gives', () => {
    const dead = good.map((entry) => ({ ...entry, granted: 0, recentFailures: 3 }))
    expect(findBadAddresses([...dead, record('x')], NOW)).toHaveLength(good.length)
  })
  it('of those that give, never more than half, whatever they do; one is always left', () => {
    const anyRecord = fc.record({
      bytesPerConnection: fc.integer({ min: 0, max: 1e7 }),
      settled: fc.integer({ min: 0, max: 4 }),
      recentFailures: fc.integer({ min: 0, max: 20 }),
      refused: fc.integer({ min: 0, max: 20 }),
      granted: fc.integer({ min: 0, max: 20 }),
      quarantinedUntil: fc.constantFrom(0, NOW + 1000),
    })
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 10 }), (changes) => {
        const records = changes.map((change, at) => record(`${at}`, change))
        const usable = records.filter(({ quarantinedUntil }) => quarantinedUntil <= NOW)
        const bad = new Set(findBadAddresses(records, NOW).map(({ address }) => address))
        const giving = usable.filter(({ granted }) => granted >= 1)
        const badGivers = giving.filter(({ address }) => bad.has(address)).length
        expect(badGivers).toBeLessThanOrEqual(usable.length / 2)
        if (usable.length > 0) expect(bad.size).toBeLessThan(usable.length)
      }),
    )
  })
})
