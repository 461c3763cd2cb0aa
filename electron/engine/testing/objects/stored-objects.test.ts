import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askPlainly } from '../ask-plainly.ts'
import { startFaultServer } from '../fault-server/fault-server.ts'
import { compareKeys, type ObjectSeries, pageOf, seriesOf, sortByKey } from './stored-objects.ts'

/** Keys that meet each other often, and surrogates, which UTF-16 and UTF-8 sort differently. */
const keyOf = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\uffee', '🌊'), minLength: 1, maxLength: 6 })

describe('keys', () => {
  it('are compared as the bytes of UTF-8', () => {
    fc.assert(
      fc.property(keyOf, keyOf, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
      }),
    )
  })
})

describe('pages', () => {
  /** What S3 promises, told in the simplest way: group all keys, then cut. */
  function listNaively(keys: string[], prefix: string, delimiter: string): string[] {
    const entries = keys
      .filter((key) => key.startsWith(prefix))
      .map((key) => {
        const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1
        return cut < 0 ? key : `${key.slice(0, cut + delimiter.length)} (prefix)`
      })
    return [...new Set(entries)]
  }

  it('one after the other give every entry once, whatever their size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(keyOf, { maxLength: 30 }),
        fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 2 }),
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 7 }),
        (keys, prefix, delimiter, maxKeys) => {
          const objects = sortByKey(keys.map((key) => ({ key, size: 1 })))
          const seen: string[] = []
          for (let after: string | undefined = ''; after !== undefined; ) {
            const page = pageOf(seriesOf(objects), { prefix, delimiter, maxKeys, after })
            expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(maxKeys)
            seen.push(...page.objects.map(({ key }) => key), ...page.prefixes.map((each) => `${each} (prefix)`))
            after = page.last
          }
          const sorted = objects.map(({ key }) => key)
          expect(seen.sort()).toEqual(listNaively(sorted, prefix, delimiter).sort())
        },
      ),
      { numRuns: 500 },
    )
  })

  it('of no keys are empty and the last', () => {
    const page = pageOf(seriesOf([{ key: 'a', size: 1 }]), { prefix: '', delimiter: '', maxKeys: 0, after: '' })
    expect(page).toEqual({ objects: [], prefixes: [], last: undefined })
  })
})

describe('a million keys', () => {
  let made = 0
  const series: ObjectSeries = {
    count: 1_000_000,
    objectAt(index) {
      made++
      return { key: `year-${1900 + Math.floor(index / 10_000)}/object-${String(index).padStart(7, '0')}`, size: index }
    },
  }

  it('are made when asked for: a page costs a page and a search', () => {
    made = 0
    const page = pageOf(series, { prefix: '', delimiter: '', maxKeys: 1000, after: 'year-1950/object-0500499' })
    expect(page.objects[0]?.key).toBe('year-1950/object-0500500')
    expect(made).toBeLessThan(1100)
  })

  it('pass as common prefixes without being looked at', () => {
    made = 0
    const page = pageOf(series, { prefix: '', delimiter: '/', maxKeys: 1000, after: '' })
    expect(page.prefixes).toHaveLength(100)
    expect(made).toBeLessThan(5000)
  })

  it('are listed over the wire', async () => {
    const server = await startFaultServer({ buckets: { bucket: series } })
    try {
      const { body } = await askPlainly(
        `${server.endpointUrl}/bucket?list-type=2&start-after=year-1999%2Fobject-0999989`,
      )
      expect(body.toString().match(/<Contents>/g)).toHaveLength(10)
      expect(body.toString()).toContain('<IsTruncated>false</IsTruncated>')
      const got = await askPlainly(`${server.endpointUrl}/bucket/year-1900/object-0000007`)
      expect(got.body).toHaveLength(7)
    } finally {
      await server.close()
    }
  })
})
