import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseS3Address, type S3Address } from './s3-address.ts'

describe('what people paste', () => {
  it.each<[string, S3Address]>([
    ['s3://bucket', { bucket: 'bucket', prefix: '' }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '' }],
    ['s3://nsf-ncar-era5/e5.oper.an.pl/202510/', { bucket: 'nsf-ncar-era5', prefix: 'e5.oper.an.pl/202510/' }],
    ['  S3A://bucket/a b/温度  ', { bucket: 'bucket', prefix: 'a b/温度' }],
    ['s3://bucket/a//b', { bucket: 'bucket', prefix: 'a//b' }],
    ['s3://bucket/100%', { bucket: 'bucket', prefix: '100%' }],
    ['https://bucket.s3.amazonaws.com/a/b', { bucket: 'bucket', prefix: 'a/b' }],
    ['https://bucket.s3.us-west-2.amazonaws.com/a/', { bucket: 'bucket', prefix: 'a/', region: 'us-west-2' }],
    [
      'https://my.dotted.bucket.s3.us-west-2.amazonaws.com/',
      { bucket: 'my.dotted.bucket', prefix: '', region: 'us-west-2' },
    ],
    ['https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a', { bucket: 'bucket', prefix: 'a', region: 'eu-west-1' }],
    ['https://bucket.s3-eu-west-1.amazonaws.com/a', { bucket: 'bucket', prefix: 'a', region: 'eu-west-1' }],
    ['https://s3.us-west-2.amazonaws.com/bucket/a', { bucket: 'bucket', prefix: 'a', region: 'us-west-2' }],
    ['https://bucket.s3.cn-north-1.amazonaws.com.cn/a', { bucket: 'bucket', prefix: 'a', region: 'cn-north-1' }],
    [
      'https://s3.console.aws.amazon.com/s3/buckets/bucket?region=us-west-2&prefix=a/b/',
      { bucket: 'bucket', prefix: 'a/b/', region: 'us-west-2' },
    ],
    ['https://us-west-2.console.aws.amazon.com/s3/buckets/bucket?prefix=a/', { bucket: 'bucket', prefix: 'a/' }],
    ['https://bucket.s3.amazonaws.com/a%20b/%E6%B8%A9', { bucket: 'bucket', prefix: 'a b/温' }],
    ['https://bucket.s3.amazonaws.com/100%', { bucket: 'bucket', prefix: '100%' }],
    ['https://bucket.s3.amazonaws.com/index.html', { bucket: 'bucket', prefix: '' }],
    ['https://bucket.s3.amazonaws.com/index.html#a/%E6%B8%A9/', { bucket: 'bucket', prefix: 'a/温/' }],
    [
      'https://s3.us-west-2.amazonaws.com/bucket/index.html#a/',
      { bucket: 'bucket', prefix: 'a/', region: 'us-west-2' },
    ],
    ['https://bucket.s3.amazonaws.com/?list-type=2&prefix=a%2Fb/', { bucket: 'bucket', prefix: 'a/b/' }],
    ['https://bucket.s3.amazonaws.com/a/index.html', { bucket: 'bucket', prefix: 'a/index.html' }],
    ['s3：//bucket/a/', { bucket: 'bucket', prefix: 'a/' }],
    ['“s3://bucket/a/”', { bucket: 'bucket', prefix: 'a/' }],
    ['http://127.0.0.1:9000/bucket/a', { bucket: 'bucket', prefix: 'a', endpointUrl: 'http://127.0.0.1:9000' }],
    ['https://minio.example.org/bucket', { bucket: 'bucket', prefix: '', endpointUrl: 'https://minio.example.org' }],
    ...(
      [
        ['bucket', 'oss-cn-hangzhou.aliyuncs.com'],
        ['bucket', 's3.oss-cn-hangzhou.aliyuncs.com'],
        ['era5-1250000000', 'cos.ap-guangzhou.myqcloud.com'],
        ['bucket', 'obs.cn-north-4.myhuaweicloud.com'],
        ['bucket', 'tos-s3-cn-beijing.volces.com'],
        ['my.dotted.bucket', 'storage.googleapis.com'],
        ['bucket', 's3.us-west-004.backblazeb2.com'],
        ['bucket', 's3.wasabisys.com'],
        ['bucket', 'nyc3.digitaloceanspaces.com'],
      ] as const
    ).map(([bucket, host]): [string, S3Address] => [
      `https://${bucket}.${host}/a/b`,
      { bucket, prefix: 'a/b', endpointUrl: `https://${host}`, addressing: 'virtual' },
    ]),
    ...['oss-cn-hangzhou.aliyuncs.com', 's3.oss-cn-hangzhou.aliyuncs.com', 'storage.googleapis.com'].map(
      (host): [string, S3Address] => [
        `https://${host}/bucket/a`,
        { bucket: 'bucket', prefix: 'a', endpointUrl: `https://${host}` },
      ],
    ),
    ['"s3://bucket/a b/"', { bucket: 'bucket', prefix: 'a b/' }],
    ['arn:aws:s3:::bucket', { bucket: 'bucket', prefix: '' }],
    ['arn:aws-cn:s3:::bucket/a/*', { bucket: 'bucket', prefix: 'a/' }],
    ['aws s3 ls --no-sign-request s3://bucket/a/', { bucket: 'bucket', prefix: 'a/' }],
    ['aws s3 cp s3://bucket/a/ . --recursive', { bucket: 'bucket', prefix: 'a/' }],
  ])('%s', (text, expected) => {
    expect(parseS3Address(text)).toEqual(expected)
  })

  it.each([
    '',
    'bucket/prefix',
    's3://',
    's3:///prefix',
    's3://-bucket/a',
    's3://buc ket/a',
    'ftp://bucket/a',
    'https://',
    'https://example.org/',
    'http://[::1/bucket',
    'D:\\data',
    'javascript:alert(1)',
    'arn:aws:iam::123:role/x',
    'aws s3 ls',
    '"',
  ])('%j is no S3 address', (text) => {
    expect(parseS3Address(text)).toBeUndefined()
  })

  it('never throws, and never gives a bucket with a slash in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `s3://${text}`),
        ),
        (text) => {
          expect(parseS3Address(text)?.bucket ?? '').not.toContain('/')
        },
      ),
    )
  })
})
