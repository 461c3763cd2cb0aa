import { describe, expect, it } from 'vitest'
import { type Source, sourceSchema } from '../../../shared/job-spec.ts'
import { endpointUrlOf, planEndpoint } from './plan-endpoint.ts'

const source = (change: Partial<Source>): Source =>
  sourceSchema.parse({ bucket: 'bucket', prefix: '', access: { kind: 'anonymous' }, ...change })

describe('where a bucket is asked', () => {
  it.each<[string, Partial<Source>, string, string]>([
    ['AWS, by the name of the bucket', {}, 'us-west-2', 'https://bucket.s3.us-west-2.amazonaws.com/'],
    ['AWS in China', {}, 'cn-north-1', 'https://bucket.s3.cn-north-1.amazonaws.com.cn/'],
    // No wildcard certificate covers a name with dots.
    ['a dotted bucket', { bucket: 'my.bucket' }, 'us-west-2', 'https://s3.us-west-2.amazonaws.com/my.bucket/'],
    // The SDK lists these by path: the data must not be asked for at a host that there is not.
    [
      'a bucket with capitals, from before 2018',
      { bucket: 'MyData' },
      'us-east-1',
      'https://s3.us-east-1.amazonaws.com/MyData/',
    ],
    [
      '... or with a sign that no host has',
      { bucket: 'my_data' },
      'us-east-1',
      'https://s3.us-east-1.amazonaws.com/my_data/',
    ],
    ['AWS, by path', { addressing: 'path' }, 'us-west-2', 'https://s3.us-west-2.amazonaws.com/bucket/'],
    ['another server', { endpointUrl: 'http://127.0.0.1:9000' }, 'us-east-1', 'http://127.0.0.1:9000/bucket/'],
    ['another server in a folder', { endpointUrl: 'https://host/s3/' }, 'us-east-1', 'https://host/s3/bucket/'],
    ['another server over IPv6', { endpointUrl: 'http://[::1]:9000' }, 'us-east-1', 'http://[::1]:9000/bucket/'],
    [
      'another server, by name',
      { endpointUrl: 'https://host', addressing: 'virtual' },
      'us-east-1',
      'https://bucket.host/',
    ],
    [
      'another server, by name where it has only an address',
      { endpointUrl: 'http://127.0.0.1:9000', addressing: 'virtual' },
      'us-east-1',
      'http://127.0.0.1:9000/bucket/',
    ],
    [
      'the same over IPv6',
      { endpointUrl: 'http://[::1]:9000', addressing: 'virtual' },
      'us-east-1',
      'http://[::1]:9000/bucket/',
    ],
  ])('%s', (_title, change, region, expected) => {
    expect(endpointUrlOf(planEndpoint(source(change), region))).toBe(expected)
  })

  it.each([
    ['http://host', { port: 80, tls: false, hostHeader: 'host' }],
    ['https://host', { port: 443, tls: true, hostHeader: 'host' }],
    ['https://host:8443', { port: 8443, tls: true, hostHeader: 'host:8443' }],
    ['http://[::1]:9000', { port: 9000, hostname: '::1', hostHeader: '[::1]:9000' }],
  ])('%s: %j', (endpointUrl, expected) => {
    expect(planEndpoint(source({ endpointUrl }), 'us-east-1')).toMatchObject(expected)
  })
})
