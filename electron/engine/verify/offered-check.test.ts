import { expect, test } from 'vitest'
import { readOfferedCheck } from './offered-check.ts'

const MD5 = '9a0364b9e99bb480dd25e1f0284c8555'
const CRC32 = 'y/Q5Jg=='

test.each<[string, Record<string, string>, object | undefined]>([
  ['a checksum', { 'x-amz-checksum-crc32': CRC32, etag: `"${MD5}"` }, { kind: 'whole', algorithm: 'CRC32' }],
  [
    'a checksum of the whole, by type',
    { 'x-amz-checksum-crc32': CRC32, 'x-amz-checksum-type': 'FULL_OBJECT', etag: `"${MD5}-2"` },
    { kind: 'whole', algorithm: 'CRC32', expected: CRC32 },
  ],
  ['an MD5 ETag', { etag: `"${MD5}"` }, { kind: 'whole', algorithm: 'MD5', expected: MD5 }],
  ['an ETag of one part', { etag: `"${MD5}-1"` }, { kind: 'composite', partSizes: [25] }],
  ['an ETag of two parts: their sizes must be asked for', { etag: `"${MD5}-2"` }, undefined],
  [
    'a checksum of two parts',
    { etag: `"${MD5}-2"`, 'x-amz-checksum-crc32': `${CRC32}-2`, 'x-amz-checksum-type': 'COMPOSITE' },
    undefined,
  ],
  ['an MD5 of other bytes: KMS', { etag: `"${MD5}"`, 'x-amz-server-side-encryption': 'aws:kms' }, undefined],
  [
    'an MD5 of other bytes: a key of the customer',
    { etag: `"${MD5}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    undefined,
  ],
  ['an ETag that is no MD5', { etag: '"17-25"' }, undefined],
  ['nothing, and the ETag of the listing is an MD5', {}, { kind: 'whole', algorithm: 'MD5', expected: MD5 }],
])('an answer offers %s', (_, headers, expected) => {
  const offered = readOfferedCheck(new Map(Object.entries(headers)), 25, MD5)
  if (expected) expect(offered).toMatchObject(expected)
  else expect(offered).toBeUndefined()
})
