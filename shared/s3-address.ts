/**
 * Reads what people paste: `s3://bucket/prefix`, an https address of a bucket, an object or the S3 console, and what the
 * page of a public data set shows: its ARN, or a command such as `aws s3 ls --no-sign-request s3://bucket/`.
 */
import type { Source } from './job-spec.ts'

export type S3Address = Pick<Source, 'bucket' | 'prefix'> &
  Partial<Pick<Source, 'endpointUrl' | 'region' | 'addressing'>>

/** AWS wants 3-63 characters; other servers take what they like. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{0,254}$/i
/** `bucket.s3.region.amazonaws.com`, `bucket.s3-region...`, `bucket.s3.dualstack.region...`, `.com.cn` as well. */
const AWS_HOST = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(\.cn)?$/

/** Undefined when the text is no S3 address. Never throws. */
export function parseS3Address(text: string): S3Address | undefined {
  const trimmed = unwrap(text.trim())
  const s3 = /^s3a?:\/\/([^/]+)(?:\/(.*))?$/is.exec(trimmed)
  if (s3) {
    const bucket = s3[1] as string
    return BUCKET.test(bucket) ? { bucket, prefix: s3[2] ?? '' } : undefined
  }
  if (!/^https?:\/\//i.test(trimmed)) return undefined
  return URL.canParse(trimmed) ? parseWebAddress(new URL(trimmed)) : undefined
}

function unwrap(text: string): string {
  const bare = /^(["'`])(.*)\1$/s.exec(text)?.[2]?.trim() ?? text
  const resource = /^arn:aws[a-z-]*:s3:::([^*]+)\*?$/.exec(bare)?.[1]
  if (resource) return `s3://${resource}`
  return /^aws\s+s3\s.*?(s3:\/\/\S+)/.exec(bare)?.[1] ?? bare
}

function parseWebAddress(url: URL): S3Address | undefined {
  if (url.hostname.endsWith('console.aws.amazon.com')) return parseConsoleAddress(url)
  const path = decode(url.pathname.slice(1))
  const aws = AWS_HOST.exec(url.hostname)
  const region = aws?.[2] ? { region: aws[2] } : {}
  const virtualBucket = aws?.[1]
  if (virtualBucket) return { bucket: virtualBucket, prefix: path, ...region }

  const slash = path.indexOf('/')
  const bucket = slash < 0 ? path : path.slice(0, slash)
  const prefix = slash < 0 ? '' : path.slice(slash + 1)
  if (!BUCKET.test(bucket)) return undefined
  return aws ? { bucket, prefix, ...region } : { bucket, prefix, endpointUrl: url.origin, addressing: 'path' }
}

/** `https://s3.console.aws.amazon.com/s3/buckets/BUCKET?region=R&prefix=P` */
function parseConsoleAddress(url: URL): S3Address | undefined {
  const bucket = /\/s3\/(?:buckets|object)\/([^/?]+)/.exec(url.pathname)?.[1]
  if (!bucket || !BUCKET.test(bucket)) return undefined
  const region = url.searchParams.get('region')
  return { bucket, prefix: url.searchParams.get('prefix') ?? '', ...(region ? { region } : {}) }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
