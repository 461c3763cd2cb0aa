/**
 * Every way in which asking S3, or writing to disk, can go wrong.
 *
 * A failure is a value, never prose: the window and the command line own the sentences
 * (renderer/i18n, electron/cli/output/sentences.ts), keyed by `class`. Workers load this file: it imports nothing.
 */
export const FAILURE_CLASSES = [
  'throttled', //           503 SlowDown, 429, RequestLimitExceeded
  'server-error', //        500, 502, 504 and other 5xx
  'stalled', //             no byte for stallSeconds, or the first byte later than its bound
  'slow', //                far below the pool's median while work waits
  'reset', //               connection closed or reset before the answer was complete
  'connect', //             refused, unreachable or timed out while connecting
  'dns', //                 no address for the host
  'tls', //                 certificate or handshake refused
  'proxy', //               the proxy refused the tunnel
  'denied', //              403 AccessDenied, missing permission
  'credentials', //         no, unknown, expired or badly signed credentials
  'clock-skew', //          RequestTimeTooSkewed
  'missing-bucket', //      NoSuchBucket
  'missing', //             NoSuchKey, or a prefix without objects
  'wrong-region', //        PermanentRedirect, AuthorizationHeaderMalformed with a region, no bucket in the path
  'redirect-refused', //    a redirect that leaves the host, or a loop
  'changed', //             the object's ETag is no longer the pinned one (412)
  'archived', //            InvalidObjectState: in Glacier, not readable before a restore
  'protocol', //            an answer that contradicts HTTP or what was asked for
  'corrupt', //             bytes do not match the checksum
  'disk-full', //           ENOSPC, EDQUOT
  'disk-denied', //         EACCES, EPERM, EROFS: not writable
  'disk-gone', //           the destination, or its drive, is not there
  'disk', //                any other error of the file system
  'locked', //              another run owns the destination
  'unsafe-path', //         no safe path for this key below the destination
  'cancelled', //           stopped by the user
  'usage', //               a setting that cannot work
] as const

export type FailureClass = (typeof FAILURE_CLASSES)[number]

/** Parsed by `failure-schema.ts` where it crosses a border. */
export type Failure = {
  class: FailureClass
  /** The code behind the class: S3's `<Code>`, an errno name or a TLS code, e.g. `SlowDown`, `ECONNRESET`. */
  code?: string | undefined
  httpStatus?: number | undefined
  /** What it is about: a key, a host, a path, the name of a setting. Never a secret. */
  subject?: string | undefined
  /** IP address of the connection, where one was involved. */
  address?: string | undefined
  requestId?: string | undefined
  /** From `Retry-After`, in milliseconds. */
  retryAfterMs?: number | undefined
  /** Where `wrong-region` says the bucket is. */
  region?: string | undefined
  /** The message of the server or the system, cut to 300 characters; shown as a quotation, never as our sentence. */
  detail?: string | undefined
}

/** The result of anything that can fail in a way that the user may see. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure }

export const success = <T>(value: T): Outcome<T> => ({ ok: true, value })
export const failed = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure })

/**
 * No file descriptor is left, for this process (EMFILE) or the
 * whole machine (ENFILE): temporary, and no object's fault.
 */
export const isShortOfFiles = ({ code = '' }: Failure): boolean => code === 'EMFILE' || code === 'ENFILE'

/** `code` of a task whose connection closed before its request was sent. */
export const REQUEST_UNSENT = 'never-asked'

/** Refused because of the credentials or permissions of the requester. */
export const refusesAccess = (failureClass: FailureClass): boolean =>
  failureClass === 'denied' || failureClass === 'credentials'

/** A healthy service's answer about this one object: it was replaced, is gone, or is not for this requester. */
export const isOfTheObject = (failureClass: FailureClass): boolean =>
  failureClass === 'changed' || failureClass === 'missing' || failureClass === 'denied' || failureClass === 'archived'

/** Aliyun OSS, Tencent COS, Huawei OBS and Volcengine TOS refuse path-style requests so: BUCKET.HOST/KEY is required. */
export const BUCKET_IN_HOST_CODES: readonly string[] = [
  'SecondLevelDomainForbidden',
  'PathStyleDomainForbidden',
  'VirtualHostDomainRequired',
  'InvalidPathAccess',
]
export const wantsBucketInHost = (code = ''): boolean => BUCKET_IN_HOST_CODES.includes(code)

/** The listing repeats a page, or is truncated without naming the next one. */
export const LISTING_STUCK_CODES: readonly string[] = ['list-does-not-advance', 'listing-repeats']
export const leadsNowhere = (code = ''): boolean => LISTING_STUCK_CODES.includes(code)

/** `code` of an answer with more bytes than announced: none of them is used. */
export const TOO_LONG = 'body-too-long'

/** Makes a `switch` over a union complete: the compiler objects when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
