/** The conformance suite, against everything that can stand behind an `ObjectSource`. */
import { sourceSchema } from '../../../shared/job-spec.ts'
import { createS3ObjectSource } from '../list/s3-object-source.ts'
import { createHostResolver } from '../transport/resolve-host.ts'
import type { KeyPair } from './fault-server/check-signature.ts'
import { startFaultServer } from './fault-server/fault-server.ts'
import { createMemoryBucket, createMemorySource } from './memory/source.ts'
import { type ConformanceBuckets, describeObjectSource } from './object-source.conformance.ts'
import { realClock } from './real-clock.ts'
import { S3RVER_KEYS, startS3rver } from './servers/start-s3rver.ts'

type Reach = { endpointUrl: string; keys?: KeyPair; ca?: string | undefined; addressing?: 'path' | 'virtual' }

const openThroughSdk = ({ endpointUrl, keys, ca, addressing = 'path' }: Reach, bucket: string) =>
  createS3ObjectSource({
    source: sourceSchema.parse({ bucket, prefix: '', endpointUrl, addressing }),
    clock: realClock,
    ...(keys ? { credentials: async () => keys } : {}),
    resolver: createHostResolver({ clock: realClock, fixed: fixedNames(endpointUrl, bucket), timeoutSeconds: 60 }),
    proxyFor: async () => '',
    ca: ca ? [ca] : [],
  })

/** No name server need know the hosts of virtual-hosted buckets. */
const fixedNames = (endpointUrl: string, bucket: string) => {
  const { hostname } = new URL(endpointUrl)
  return { [hostname]: ['127.0.0.1'], [`${bucket}.${hostname}`]: ['127.0.0.1'] }
}

describeObjectSource('in memory', async (buckets) => ({
  open(bucket) {
    if (bucket === 'nowhere' || bucket === 'denied') {
      const failure =
        bucket === 'denied'
          ? { class: 'denied' as const, code: 'AccessDenied', httpStatus: 403, subject: bucket }
          : { class: 'missing-bucket' as const, code: 'NoSuchBucket', httpStatus: 404, subject: bucket }
      return createMemorySource({ bucket: createMemoryBucket([]), failure: () => failure })
    }
    return createMemorySource({ bucket: createMemoryBucket(buckets[bucket]), name: bucket })
  },
  close: async () => {},
}))

const KEYS: KeyPair = { accessKeyId: 'AKIATEST', secretAccessKey: 'not+a/secret', sessionToken: 'token==' }

const throughFaultServer =
  ({ keys, isTls, addressing = 'path' }: { keys?: KeyPair; isTls?: boolean; addressing?: 'path' | 'virtual' }) =>
  async (buckets: ConformanceBuckets) => {
    const server = await startFaultServer({
      buckets: { ...buckets, denied: [] },
      denied: ['denied'],
      ...(keys ? { keys } : {}),
      ...(isTls ? { tls: 'self-signed' as const } : {}),
    })
    const endpointUrl =
      addressing === 'virtual' ? server.endpointUrl.replace('127.0.0.1', 's3.localhost') : server.endpointUrl
    const reach: Reach = { endpointUrl, ca: server.ca, addressing, ...(keys ? { keys } : {}) }
    return { open: (bucket: string) => openThroughSdk(reach, bucket), close: server.close }
  }

describeObjectSource('the SDK, anonymous, against the fault server', throughFaultServer({}))
describeObjectSource('the SDK, signed, against the fault server', throughFaultServer({ keys: KEYS }))
describeObjectSource(
  'the SDK, over TLS, bucket in the host name, against the fault server',
  throughFaultServer({ keys: KEYS, isTls: true, addressing: 'virtual' }),
)

describeObjectSource(
  'the SDK against s3rver',
  async (buckets) => {
    const seeded = Object.entries(buckets).map(([name, objects]) => [
      name,
      objects.map(({ key, content }) => ({ key, body: content ?? Buffer.alloc(0) })),
    ])
    const server = await startS3rver(Object.fromEntries(seeded))
    const reach: Reach = { endpointUrl: server.endpointUrl, keys: S3RVER_KEYS }
    return { open: (bucket) => openThroughSdk(reach, bucket), close: server.close }
  },
  {
    cannotStore: {
      'strange/double//slash.nc': 's3rver keeps keys as paths',
      '/leading-slash.nc': 's3rver keeps keys as paths',
      'strange/dots/../up.nc': 's3rver keeps keys as paths',
    },
    without: {
      paging: 's3rver encrypts continuation tokens with DES, which OpenSSL 3 has no longer',
      'nested-prefixes': 's3rver does not see sub-prefixes that hold sub-prefixes only',
      denied: 's3rver has no permissions',
      parts: 's3rver does not keep parts',
      checksums: 's3rver has no checksums',
    },
  },
)
