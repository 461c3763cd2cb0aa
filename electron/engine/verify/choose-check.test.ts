import { describe, expect, test } from 'vitest'
import type { ObjectHead } from '../engine-ports.ts'
import { chooseCheck, partsToAskFor } from './choose-check.ts'

const MD5 = '9a0364b9e99bb480dd25e1f0284c8555'
const CRC32 = 'y/Q5Jg=='
const CRC32C = '4waSgw=='
const CRC64 = 'rosUhgp5mIg='
const head = (more: Partial<ObjectHead> = {}): ObjectHead => ({
  size: 25,
  etag: MD5,
  lastModified: 0,
  checksums: {},
  checksumType: '',
  partCount: 1,
  ...more,
})

describe('the strongest cheap promise is taken', () => {
  test.each<[string, ObjectHead, { sizes?: number[]; firstSize?: number }, object]>([
    ['MD5 ETag of one part', head(), {}, { kind: 'whole', algorithm: 'MD5', expected: MD5, encoding: 'hex' }],
    ['MD5 ETag in capitals', head({ etag: MD5.toUpperCase() }), {}, { kind: 'whole', algorithm: 'MD5', expected: MD5 }],
    ['checksum before ETag', head({ checksums: { CRC64NVME: CRC64 } }), {}, { kind: 'whole', algorithm: 'CRC64NVME' }],
    ['the fastest of several', head({ checksums: { CRC32C, CRC64NVME: CRC64, CRC32 } }), {}, { algorithm: 'CRC32' }],
    [
      'full-object checksum of many parts',
      head({ etag: `${MD5}-3`, checksums: { CRC32 }, checksumType: 'FULL_OBJECT' }),
      {},
      { kind: 'whole', algorithm: 'CRC32' },
    ],
    [
      'composite, part size known',
      head({ etag: `${MD5}-3`, checksums: { CRC32C: `${CRC32C}-3` }, checksumType: 'COMPOSITE' }),
      { firstSize: 10 },
      { kind: 'composite', algorithm: 'CRC32C', expected: `${CRC32C}-3`, partSizes: [10, 10, 5] },
    ],
    [
      'composite, beside an ETag that tells nothing',
      head({ etag: 'opaque', checksums: { CRC32C: `${CRC32C}-3` }, checksumType: 'COMPOSITE' }),
      { firstSize: 10 },
      { kind: 'composite', algorithm: 'CRC32C', expected: `${CRC32C}-3`, partSizes: [10, 10, 5] },
    ],
    [
      'composite ETag, part size known',
      head({ etag: `${MD5}-3` }),
      { firstSize: 10 },
      { kind: 'composite', algorithm: 'MD5', expected: `${MD5}-3`, partSizes: [10, 10, 5] },
    ],
    [
      'composite ETag, all sizes known',
      head({ etag: `${MD5}-3` }),
      { sizes: [5, 15, 5] },
      { kind: 'composite', partSizes: [5, 15, 5] },
    ],
    ['upload of one part', head({ etag: `${MD5}-1` }), {}, { kind: 'composite', partSizes: [25] }],
    ['encrypted by S3 itself', head({ encryption: 'AES256' }), {}, { kind: 'whole', algorithm: 'MD5' }],
    [
      'encrypted by KMS, with checksum',
      head({ encryption: 'aws:kms', checksums: { CRC32 } }),
      {},
      { algorithm: 'CRC32' },
    ],
  ])('%s', (_, object, parts, expected) => {
    expect(chooseCheck(object, parts)).toMatchObject(expected)
  })
})

describe('what cannot be told is not guessed: the size is all there is', () => {
  test.each<[string, ObjectHead, { sizes?: number[]; firstSize?: number }]>([
    ['composite ETag, part size unknown', head({ etag: `${MD5}-3` }), {}],
    ['part size that does not give so many parts', head({ etag: `${MD5}-3` }), { firstSize: 5 }],
    ['sizes that do not add up', head({ etag: `${MD5}-3` }), { sizes: [10, 10, 10] }],
    ['ETag that is no MD5', head({ etag: 'W/abc' }), {}],
    ['no ETag', head({ etag: '' }), {}],
    ['encrypted with a key of KMS', head({ encryption: 'aws:kms' }), {}],
    ['encrypted with a key of the customer', head({ encryption: 'customer' }), {}],
    ['checksum of a wrong length, no MD5', head({ etag: 'x', checksums: { CRC32: CRC64 } }), {}],
    ['checksum that is no base64', head({ etag: 'x', checksums: { CRC32: '!!!!!!!=' } }), {}],
    ['an algorithm nobody knows', head({ etag: 'x', checksums: { CRC99: CRC32 } }), {}],
  ])('%s', (_, object, parts) => {
    expect(chooseCheck(object, parts)).toEqual({ kind: 'size' })
  })
})

test.each<[string, ObjectHead, number]>([
  ['one part', head(), 0],
  ['many parts, nothing else', head({ etag: `${MD5}-3` }), 3],
  [
    'many parts, full-object checksum',
    head({ etag: `${MD5}-3`, checksums: { CRC32 }, checksumType: 'FULL_OBJECT' }),
    0,
  ],
  ['many parts, encrypted with a key of KMS', head({ etag: `${MD5}-3`, encryption: 'aws:kms' }), 0],
  [
    'many parts, encrypted with a key of KMS, composite checksum',
    head({ etag: `${MD5}-3`, encryption: 'aws:kms', checksums: { CRC32: `${CRC32}-3` } }),
    3,
  ],
  [
    'many parts of a directory bucket',
    head({ etag: 'opaque', checksums: { CRC32: `${CRC32}-3` }, checksumType: 'COMPOSITE' }),
    3,
  ],
  ['more parts than there can be', head({ etag: `${MD5}-99999` }), 0],
])('sizes of how many parts are worth asking for? %s', (_, object, expected) => {
  expect(partsToAskFor(object)).toBe(expected)
})
