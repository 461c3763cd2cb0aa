/**
 * Reads what people paste: `s3://bucket/prefix`, an https address of a bucket, an object or the S3 console, and what
 * the page of a public data set shows: its ARN, a command such as `aws s3 ls --no-sign-request s3://bucket/`, or the
 * page on which its bucket is browsed, `https://bucket.s3.amazonaws.com/index.html#prefix/`.
 */
import type { Source } from './job-spec.ts'

export type S3Address = Pick<Source, 'bucket' | 'prefix'> &
  Partial<Pick<Source, 'endpointUrl' | 'region' | 'addressing'>>

/** AWS wants 3-63 characters; other servers take what they like. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{0,254}$/i
/** `bucket.s3.region.amazonaws.com`, `bucket.s3-region...`, `bucket.s3.dualstack.region...`, `.com.cn` as well. */
const AWS_HOST = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(\.cn)?$/
/**
 * Other services that stand behind the bucket's name in the addresses they give for copying: Aliyun OSS, Tencent COS,
 * Huawei OBS, Volcengine TOS, Google, Backblaze, Wasabi, DigitalOcean.
 */
const SERVICE_HOST = new RegExp(
  `^(?!s3\\.oss-)(.+?)\\.(${[
    '(?:s3\\.)?oss-[a-z0-9-]+\\.aliyuncs\\.com',
    'cos\\.[a-z0-9-]+\\.myqcloud\\.com',
    'obs\\.[a-z0-9-]+\\.myhuaweicloud\\.com',
    'tos-s3-[a-z0-9-]+\\.volces\\.com',
    'storage\\.googleapis\\.com',
    's3\\.[a-z0-9-]+\\.backblazeb2\\.com',
    's3(?:\\.[a-z0-9-]+)?\\.wasabisys\\.com',
    '[a-z0-9]+\\.digitaloceanspaces\\.com',
  ].join('|')})$`,
)

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
  const quoted = /^["'`“‘「](.*)["'`”’」]$/s.exec(text)?.[1]?.trim() ?? text
  // As a Chinese keyboard writes it.
  const bare = quoted.replace(/^([a-z0-9]+)：\/\//i, '$1://')
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
  if (virtualBucket) return { bucket: virtualBucket, prefix: shownPrefix(url, path), ...region }

  const [, ownBucket, service] = SERVICE_HOST.exec(url.hostname) ?? []
  if (ownBucket) {
    const endpointUrl = `${url.protocol}//${service}`
    return { bucket: ownBucket, prefix: shownPrefix(url, path), endpointUrl, addressing: 'virtual' }
  }

  const slash = path.indexOf('/')
  const bucket = slash < 0 ? path : path.slice(0, slash)
  const prefix = shownPrefix(url, slash < 0 ? '' : path.slice(slash + 1))
  if (!BUCKET.test(bucket)) return undefined
  return aws ? { bucket, prefix, ...region } : { bucket, prefix, endpointUrl: url.origin }
}

/**
 * Of a page that browses a bucket (AWS's s3-explorer), and of
 * a request that lists it, what is looked at; else the path.
 */
function shownPrefix(url: URL, path: string): string {
  if (path !== '' && path !== 'index.html') return path
  return url.searchParams.get('prefix') ?? decode(url.hash.slice(1))
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
