/** Where requests for a bucket go: host, port and path in front of the key. Pure. */
import { isIP } from 'node:net'
import { bareHost } from '../../../shared/bare-host.ts'
import type { Source } from '../../../shared/job-spec.ts'
import type { Endpoint } from '../engine-ports.ts'

export function planEndpoint(source: Source, region: string): Endpoint {
  const base = source.endpointUrl ? new URL(source.endpointUrl) : new URL(`https://${awsHost(region)}`)
  const tls = base.protocol === 'https:'
  const virtual = isVirtual(source, base)
  const hostname = virtual ? `${source.bucket}.${base.hostname}` : base.hostname
  const folder = base.pathname.replace(/\/+$/, '')
  return {
    tls,
    hostname: bareHost(hostname),
    hostHeader: base.port ? `${hostname}:${base.port}` : hostname,
    port: Number(base.port) || (tls ? 443 : 80),
    basePath: virtual ? `${folder}/` : `${folder}/${source.bucket}/`,
    region,
    ...(source.requestPayer ? { requestPayer: source.requestPayer } : {}),
  }
}

export const endpointUrlOf = (endpoint: Endpoint): string =>
  `${endpoint.tls ? 'https' : 'http'}://${endpoint.hostHeader}${endpoint.basePath}`

/**
 * Path style for custom endpoints, and for dotted buckets over TLS, whose names no wildcard certificate covers. Nothing
 * can stand in front of an address, and no name of the years before 2018 with capitals or `_` in a host, whatever was
 * asked for; the SDK, which lists, sees it the same way.
 */
function isVirtual(source: Source, { protocol, hostname }: URL): boolean {
  const tls = protocol === 'https:'
  if (isIP(bareHost(hostname)) !== 0 || !HOST_NAME.test(source.bucket)) return false
  if (source.addressing !== 'auto') return source.addressing === 'virtual'
  return !source.endpointUrl && !(tls && source.bucket.includes('.'))
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const HOST_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
const awsHost = (region: string): string => `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
