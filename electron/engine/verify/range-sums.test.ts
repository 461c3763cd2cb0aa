import { describe, expect, test } from 'vitest'
import type { Check } from './choose-check.ts'
import { orderSums, usableSums } from './range-sums.ts'

const encoding = 'base64'
const whole = (algorithm: 'CRC64NVME' | 'SHA256' | 'MD5'): Check => ({
  kind: 'whole',
  algorithm,
  encoding,
  expected: '',
})
const composite = (partSizes: number[], algorithm: 'CRC32C' | 'MD5' = 'CRC32C'): Check => ({
  kind: 'composite',
  algorithm,
  encoding,
  expected: '',
  partSizes,
})

test.each<[string, Check, object | undefined]>([
  ['a CRC of the whole', whole('CRC64NVME'), { algorithm: 'CRC64NVME', cutEvery: 0 }],
  ['a hash of the whole cannot be put together', whole('SHA256'), undefined],
  ['nor can an MD5', whole('MD5'), undefined],
  ['equal parts', composite([10, 10, 10]), { algorithm: 'CRC32C', cutEvery: 10 }],
  ['a short last part', composite([10, 10, 5], 'MD5'), { algorithm: 'MD5', cutEvery: 10 }],
  ['one part', composite([10]), { algorithm: 'CRC32C', cutEvery: 10 }],
  ['parts larger than any range', composite([9e7, 9e7]), { algorithm: 'CRC32C', cutEvery: 9e7 }],
  ['the same, of a hash', composite([9e7, 9e7], 'MD5'), undefined],
  ['a short part in the middle', composite([10, 5, 10]), undefined],
  ['a long last part', composite([10, 10, 15]), undefined],
  ['the size alone', { kind: 'size' }, undefined],
])('sums are ordered for %s', (_, check, expected) => {
  expect(orderSums(check)).toEqual(expected)
})

describe('sums that can be used', () => {
  const sum = (start: number, end: number) => ({ start, end, digest: new Uint8Array([start, end]) })
  test.each<[string, [number, number][], [number, number][]]>([
    [
      'in order',
      [
        [10, 20],
        [0, 10],
      ],
      [
        [0, 10],
        [10, 20],
      ],
    ],
    [
      'with gaps',
      [
        [30, 40],
        [0, 10],
      ],
      [
        [0, 10],
        [30, 40],
      ],
    ],
    [
      'none that overlap, however little',
      [
        [0, 11],
        [10, 20],
        [20, 30],
      ],
      [[20, 30]],
    ],
    [
      'none inside another',
      [
        [0, 100],
        [20, 30],
        [50, 60],
        [100, 110],
      ],
      [[100, 110]],
    ],
    [
      'none of a range that was fetched twice',
      [
        [0, 10],
        [0, 10],
        [10, 20],
      ],
      [[10, 20]],
    ],
    [
      'none that are empty',
      [
        [5, 5],
        [0, 10],
      ],
      [[0, 10]],
    ],
  ])('%s', (_, sums, usable) => {
    expect(usableSums(sums.map(([start, end]) => sum(start, end)))).toEqual(
      usable.map(([start, end]) => sum(start, end)),
    )
  })
})
