/** Where a bucket is asked: host, port and path in front of the key. Pure. */
import type { Source } from '../../../shared/job-spec.ts'
import type { Endpoint } from '../engine-ports.ts'

export function planEndpoint(source: Source, region: string): Endpoint {
  const base = source.endpointUrl ? new URL(source.endpointUrl) : new URL(`https://${awsHost(region)}`)
  const tls = base.protocol === 'https:'
  const virtual = isVirtual(source, tls)
  const hostname = virtual ? `${source.bucket}.${base.hostname}` : base.hostname
  const folder = base.pathname.replace(/\/+$/, '')
  return {
    tls,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    hostHeader: base.port ? `${hostname}:${base.port}` : hostname,
    port: Number(base.port) || (tls ? 443 : 80),
    basePath: virtual ? `${folder}/` : `${folder}/${source.bucket}/`,
    region,
  }
}

export const endpointUrlOf = (endpoint: Endpoint): string =>
  `${endpoint.tls ? 'https' : 'http'}://${endpoint.hostHeader}${endpoint.basePath}`

/** Path style for custom endpoints, and for dotted buckets over TLS, whose names no wildcard certificate covers. */
function isVirtual(source: Source, tls: boolean): boolean {
  if (source.addressing !== 'auto') return source.addressing === 'virtual'
  return !source.endpointUrl && !(tls && source.bucket.includes('.'))
}

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
const awsHost = (region: string): string => `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
