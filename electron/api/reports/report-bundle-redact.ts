/**
 * Takes out of a text what must not leave this machine: access keys, tokens,
 * signatures, passwords, the user's name in paths; on request the names of bucket,
 * keys and folders as well. Pure. The same name becomes the same word everywhere.
 */
import { createHash } from 'node:crypto'

export type Redaction = {
  /** Secrets known by their very words; those of less than four characters are left to the patterns. */
  secrets: readonly string[]
  homeFolder: string
  /** The home folder, which may lie anywhere: `/scratch/wang/`. Empty = unknown. */
  userName: string
  /** Names to hide; absent = bucket, keys and folders stay readable. */
  hide?: { bucket: string; prefix: string; folders: readonly string[] } | undefined
}

const LEAST_SECRET = 4

/** In text, JSON and JSON lines alike: what was JSON stays JSON. */
export function redact(text: string, { secrets, homeFolder, userName, hide }: Redaction): string {
  let clean = text
  for (const secret of [...secrets].sort((one, other) => other.length - one.length)) {
    if (secret.length >= LEAST_SECRET) for (const form of formsOf(secret)) clean = clean.replaceAll(form, '[removed]')
  }
  for (const [pattern, replacement] of SECRET_PATTERNS) clean = clean.replace(pattern, replacement)
  if (hide) clean = hideNames(clean, hide)
  if (homeFolder.length > 1) for (const form of formsOf(homeFolder)) clean = clean.replaceAll(form, '~')
  if (userName.length > 1) {
    clean = clean.replace(new RegExp(`(?<=[/\\\\])${escapePattern(userName)}(?=[/\\\\"'\\s]|$)`, 'g'), '[user]')
  }
  return clean.replace(USER_FOLDERS, '$1$2[user]')
}

const SECRET_NAME =
  '[\\w-]*(?:secret|password|passwd|passphrase|pwd|token|credential|signature|authorization|cookie|api[-_]?key|access_?key)[\\w-]*'

/** The first that matches wins; what contains another stands before it. */
const SECRET_PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address, up to its last @; then everything behind its `?`.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]+@/gi, '$1[removed]@'],
  [/(\b(?:https?|s3):\/\/[^\s?"'<>]+)\?(?!\[removed\]|\.\.\.)[^\s"'<>\\]*/gi, '$1?[removed]'],
  [/\b(AWS4-HMAC-SHA256|Bearer|Basic)\s+[^\s"'\\][^\r\n"'\\]*/gi, '$1 [removed]'],
  // user:password@ of a proxy without a scheme.
  [/(?<![\w/.+-])[\w.+-]+:[^\s@:/"'<>\\[\]]+@(?=[A-Za-z0-9])/g, '[removed]@'],
  [/\b((?:set-)?cookie:\s*)(?!\[removed\])[^\r\n"'\\]+/gi, '$1[removed]'],
  // "secretAccessKey":"..." as JSON, JSON within JSON and Python write
  // it; secret_access_key = ..., whatever the case; --password ...
  [
    new RegExp(String.raw`((\\?["'])${SECRET_NAME}\2\s*:\s*[bu]?)(\\?["'])(?:(?!\3)(?:[^\\\r\n"]|\\.))*\3`, 'gi'),
    '$1$3[removed]$3',
  ],
  [new RegExp(String.raw`\b(${SECRET_NAME}\s*[=:]\s*[bu]?)'[^\r\n"'\\]*'`, 'gi'), "$1'[removed]'"],
  // The same in double quotes; behind the end of a JSON string stands one of the characters that are left out.
  [new RegExp(String.raw`\b(${SECRET_NAME}\s*[=:]\s*)(\\?")(?!\s*[,:}\]])[^\r\n"\\]*\2`, 'gi'), '$1$2[removed]$2'],
  [new RegExp(String.raw`\b(${SECRET_NAME}\s*[=:]\s*)(?!\[removed\])[^\s"'&,;<>\\]+`, 'gi'), '$1[removed]'],
  [new RegExp(String.raw`(--${SECRET_NAME}\s+)(?!-|\[removed\])[^\s"'\\]+`, 'gi'), '$1[removed]'],
  [
    /(<(AWSAccessKeyId|Signature|SignatureProvided|StringToSign|StringToSignBytes|CanonicalRequest|Token)[^>]*>)[^<]*/gi,
    '$1[removed]',
  ],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA|AROA|AIDA|ANPA|ANVA|ABIA|ACCA|AGPA|AIPA)[A-Z0-9]{12,}/g, '[access-key]'],
  // A session token; a signature or key in hex; the form of a secret access key.
  [/(?<![\w/+=-])[A-Za-z0-9/+]{120,}={0,2}/g, '[token]'],
  [/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi, '[hex]'],
  [
    /(?<![\w/+=.-])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=.-])/g,
    '[secret]',
  ],
]

/** Somebody's folder on Linux and macOS; on Windows, in JSON too, where names may have a space in them. */
const USER_FOLDERS =
  /((?:\/home\/|\/Users\/))(?!\[user\])[^\s/\\"'<>:|]+|([A-Za-z]:(?:\\{1,2}|\/)Users(?:\\{1,2}|\/))(?!\[user\])(?:[^/\\"'<>:|\r\n]+(?=[\\/])|[^\s/\\"'<>:|]+)/g

const NAME_FIELDS =
  'key|path|prefix|subject|bucket|destination|detail|message|logFolder|folder|caFile|name|label|id|profile'
const NAMED = new RegExp(`("(?:${NAME_FIELDS})"\\s*:\\s*)"((?:[^"\\\\]|\\\\.)*)"`, 'g')
const LISTED = /("(?:include|exclude)"\s*:\s*)\[[^\]]*\]/g

/** Of other jobs, which a diagnosis or an older log may name. */
const S3_ADDRESS = /\bs3:\/\/[^\s"'<>\\/[]+(?:\/([^\s"'<>\\]*))?/g
const BUCKET_HOST = /(?<![\w.-])[a-z0-9][a-z0-9.-]*(?=\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com)/g

function hideNames(text: string, { bucket, prefix, folders }: NonNullable<Redaction['hide']>): string {
  let clean = text.replace(NAMED, (_, field: string, name: string) => `${field}"${aliasOf(name)}"`)
  clean = clean.replace(LISTED, '$1[]')
  clean = clean.replace(S3_ADDRESS, (_, key: string | undefined) => `s3://[bucket]/${aliasOf(key ?? '')}`)
  clean = clean.replace(BUCKET_HOST, '[bucket]')
  for (const folder of [...folders].sort((one, other) => other.length - one.length)) {
    if (folder.length > 1) for (const form of formsOf(folder)) clean = clean.replaceAll(form, '[folder]')
  }
  if (prefix.length > 1) {
    clean = clean.replace(new RegExp(`${escapePattern(prefix)}[^\\s"'\\\\]*`, 'g'), (key) => aliasOf(key))
  }
  return bucket.length > 1
    ? clean.replace(new RegExp(`(?<![A-Za-z0-9])${escapePattern(bucket)}(?![A-Za-z0-9])`, 'g'), '[bucket]')
    : clean
}

const aliasOf = (name: string): string =>
  name === '' ? '' : `[name ${createHash('sha256').update(name).digest('hex').slice(0, 8)}]`

/** As it stands, and as JSON or an address writes it. */
const formsOf = (text: string): string[] => [
  ...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]),
]

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
