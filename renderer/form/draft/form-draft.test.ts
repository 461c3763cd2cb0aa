import { describe, expect, test } from 'vitest'
import {
  countAdvanced,
  emptyDraft,
  exampleDraft,
  type FormDraft,
  withAddress,
  withBucketLeft,
  withSource,
} from './form-draft.ts'

const empty = emptyDraft('/data')
const example = exampleDraft('/data')

describe('an address fills the form', () => {
  const rows: [string, FormDraft, string, Partial<FormDraft>][] = [
    ['s3 address', empty, 's3://bucket/a/b/', { bucket: 'bucket', prefix: 'a/b/' }],
    [
      'a web address brings its region',
      empty,
      'https://bucket.s3.eu-west-1.amazonaws.com/a/',
      { bucket: 'bucket', prefix: 'a/', region: 'eu-west-1', endpointUrl: '' },
    ],
    [
      'another service brings its endpoint',
      empty,
      'http://127.0.0.1:9000/bucket/a/',
      { bucket: 'bucket', prefix: 'a/', endpointUrl: 'http://127.0.0.1:9000', addressing: 'auto' },
    ],
    [
      'an s3 address keeps the endpoint that was set',
      { ...empty, endpointUrl: 'http://127.0.0.1:9000', addressing: 'path' },
      's3://bucket/',
      { endpointUrl: 'http://127.0.0.1:9000', addressing: 'path' },
    ],
    ['another bucket leaves the old region behind', example, 's3://bucket/', { bucket: 'bucket', region: '' }],
    [
      'another prefix of the same bucket keeps it',
      example,
      's3://nsf-ncar-era5/x/',
      { prefix: 'x/', region: 'us-west-2' },
    ],
    [
      'the same bucket at another service leaves the old region behind, too',
      example,
      'http://127.0.0.1:9000/nsf-ncar-era5/x/',
      { bucket: 'nsf-ncar-era5', endpointUrl: 'http://127.0.0.1:9000', region: '' },
    ],
    ['what is no address stays as typed and changes nothing else', example, 'hello', { ...example, address: 'hello' }],
  ]
  test.each(rows)('%s', (_, before, text, expected) => {
    expect(withAddress(before, text)).toMatchObject(expected)
  })

  test('the filter of the example goes with it; one that was typed stays', () => {
    expect(withAddress(example, 's3://bucket/').include).toEqual([])
    expect(withSource(example, { prefix: 'e5.oper.an.pl/202509/' }).include).toEqual([])
    expect(withAddress({ ...example, include: ['*.nc'] }, 's3://bucket/').include).toEqual(['*.nc'])
    expect(withAddress(example, example.address).include).toEqual(example.include)
  })

  test.each([
    ['the address follows the bucket', withSource(empty, { bucket: ' b1x ' }), { bucket: 'b1x', address: 's3://b1x/' }],
    ['the address follows the prefix', withSource(example, { prefix: 'q/' }), { address: 's3://nsf-ncar-era5/q/' }],
    ['no bucket, no address', withSource(example, { bucket: '' }), { address: '', prefix: 'e5.oper.an.pl/202510/' }],
    [
      'an address pasted as bucket fills both',
      withSource(empty, { bucket: 's3://abc/d/' }),
      { bucket: 'abc', prefix: 'd/' },
    ],
    [
      'an ARN pasted as bucket does, too',
      withSource(empty, { bucket: 'arn:aws:s3:::abc/d/' }),
      { bucket: 'abc', prefix: 'd/' },
    ],
    [
      'a bucket and a prefix left in the field of the bucket fill both',
      withBucketLeft(withSource(example, { bucket: 'abc/d/e/' })),
      { bucket: 'abc', prefix: 'd/e/', address: 's3://abc/d/e/' },
    ],
    [
      'a bucket left with a slash behind keeps the prefix',
      withBucketLeft(withSource(example, { bucket: 'abc/' })),
      { bucket: 'abc', prefix: example.prefix },
    ],
    [
      'what is no bucket stays as typed',
      withBucketLeft(withSource(example, { bucket: 'my bucket/d/' })),
      { bucket: 'my bucket/d/' },
    ],
    ['a prefix keeps its spaces', withSource(example, { prefix: ' a /' }), { prefix: ' a /' }],
  ])('%s', (_, draft, expected) => expect(draft).toMatchObject(expected))
})

test('changed advanced options are counted', () => {
  expect(countAdvanced(empty)).toBe(0)
  expect(countAdvanced(example)).toBe(0)
  expect(countAdvanced({ ...example, partSize: '16MiB' })).toBe(1)
  expect(countAdvanced({ ...empty, region: 'eu-west-1', verify: 'off' })).toBe(2)
})
