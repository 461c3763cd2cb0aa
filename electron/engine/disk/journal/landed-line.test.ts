import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findLanded } from './landed-line.ts'
import { bodyOf, decodeRecord, encodeLines, type ProgressRecord, recordText, seedOf } from './record.ts'
import { createJournalModel } from './replay.ts'

const emptyPlaces = () => ({ keyStart: 0, keyEnd: 0, etagStart: 0, etagEnd: 0, size: 0 })

describe('the short way finds', () => {
  const line = '{"kind":"landed","key":"202510/a b.nc","etag":"9a0364b9e99b-2","size":1048576}'

  test('key, ETag and size where they stand', () => {
    const bytes = Buffer.from(`before ${line} behind`)
    const places = emptyPlaces()
    expect(findLanded(bytes, 7, 7 + line.length, places)).toBe(true)
    expect(bytes.toString('utf8', places.keyStart, places.keyEnd)).toBe('202510/a b.nc')
    expect(bytes.toString('utf8', places.etagStart, places.etagEnd)).toBe('9a0364b9e99b-2')
    expect(places.size).toBe(1048576)
  })

  test.each([
    ['another kind', line.replace('landed', 'pinned')],
    ['an escape in the key', line.replace('a b', 'a\\"b')],
    ['a key that is no ASCII', line.replace('a b', 'é')],
    ['a control character', line.replace('a b', 'a\tb')],
    ['an ETag that is no ASCII', line.replace('-2', '–2')],
    ['no size', line.replace('1048576', '')],
    ['a size below zero', line.replace('1048576', '-1')],
    ['half a byte', line.replace('1048576', '1.5')],
    ['a size that JSON does not write so', line.replace('1048576', '01')],
    ['a size that no number holds', line.replace('1048576', '9007199254740993')],
    ['more than there should be', line.replace('}', ',"more":1}')],
    ['the line cut off', line.slice(0, -1)],
    ['nothing', ''],
  ])('nothing in a line with %s', (_, text) => {
    const bytes = Buffer.from(text)
    expect(findLanded(bytes, 0, bytes.length, emptyPlaces())).toBe(false)
  })
})

test('a line is what JSON makes of the record, behind its checksum, whatever the record holds', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, text, fc.maxSafeNat(), fc.nat(), (key, etag, size, seed) => {
      const record: ProgressRecord = { kind: 'landed', key, etag, size }
      expect(recordText(record)).toBe(JSON.stringify(record))
      const lines = encodeLines([recordText(record), recordText(record)], seed)
      const end = lines.indexOf('\n')
      expect(decodeRecord(lines, 0, end, seed)).toEqual(JSON.parse(lines.toString('utf8', bodyOf(0), end)))
      expect(lines.subarray(end + 1)).toEqual(lines.subarray(0, end + 1))
    }),
  )
})

describe('replaying from bytes', () => {
  const seed = seedOf('a session')
  const key = fc.constantFrom('a', 'b', 'c', 'ä', '"', 'e5.oper.an.pl/202510/e5.nc')
  const etag = fc.constantFrom('e1', 'e2', 'e"')
  const size = fc.constantFrom(0, 1, 99, 2 ** 32 + 99, 2 ** 53 - 1)
  const spans = fc.constant<[number, number][]>([[0, 1]])
  const record: fc.Arbitrary<ProgressRecord> = fc.oneof(
    fc.record({ kind: fc.constant('landed' as const), key, etag, size }),
    fc.record({ kind: fc.constant('pinned' as const), key, etag, size, lastModified: fc.constant(0), path: key }),
    fc.record({ kind: fc.constant('ranges' as const), key, etag, spans }),
    fc.record({ kind: fc.constant('restarted' as const), key }),
  )

  test('gives what replaying decoded records gives, trusted or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(record, fc.boolean()), { maxLength: 40 }), (steps) => {
        const [fromBytes, fromRecords] = [createJournalModel(Math.random, 0), createJournalModel(Math.random, 0)]
        for (const [each, trusted] of steps) {
          const line = encodeLines([recordText(each)], seed)
          const decoded = fromBytes.decode(line, 0, line.length - 1, seed)
          if (!decoded || decoded.kind === 'session' || decoded.kind === 'mark' || decoded.kind === 'checkpoint')
            throw new Error('a record of progress was lost')
          fromBytes.apply(decoded, trusted)
          fromRecords.apply(each, trusted)
        }
        expect([...fromBytes.inProgress()]).toEqual([...fromRecords.inProgress()])
        expect(fromBytes.landedCount).toBe(fromRecords.landedCount)
        for (const [each] of steps) {
          if (each.kind !== 'landed') continue
          for (const other of [each, { ...each, size: 1 }, { ...each, etag: 'e1' }])
            expect(fromBytes.isLanded(other)).toBe(fromRecords.isLanded(other))
        }
      }),
    )
  })

  test('believes no line that was changed in one bit, or is of another session', () => {
    const line = encodeLines([recordText({ kind: 'landed', key: 'a/key', etag: 'e1', size: 10 })], seed)
    const model = createJournalModel(Math.random, 0)
    expect(model.decode(line, 0, line.length - 1, seed)).toMatchObject({ kind: 'landed-print' })
    expect(model.decode(line, 0, line.length - 1, seedOf('another'))).toBeUndefined()
    expect(model.decode(line, 0, line.length - 1, undefined)).toBeUndefined()
    for (let bit = 0; bit < 8 * (line.length - 1); bit++) {
      const damaged = Buffer.from(line)
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(model.decode(damaged, 0, line.length - 1, seed)).toBeUndefined()
    }
  })
})
