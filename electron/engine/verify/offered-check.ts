/**
 * What an answer's own headers promise about the whole object it holds: a small object is not worth a HEAD. S3 sends
 * checksums in a GET of a whole object when it is requested with `x-amz-checksum-mode: ENABLED`. Pure.
 */
import type { ObjectHead } from '../engine-ports.ts'
import { unquote } from '../transport/judge-response.ts'
import { chooseCheck } from './choose-check.ts'
import type { SummedCheck } from './format-checksum.ts'

const CHECKSUM_HEADER = 'x-amz-checksum-'
const ENCRYPTION_HEADER = 'x-amz-server-side-encryption'

/**
 * `headers`: names in lower case; `pinned`: the ETag of the listing, which some
 * answers leave out. Undefined: the headers promise nothing; a HEAD may.
 */
export function readOfferedCheck(
  headers: ReadonlyMap<string, string>,
  size: number,
  pinned: string,
): SummedCheck | undefined {
  const check = chooseCheck(readHead(headers, size, pinned))
  return check.kind === 'size' ? undefined : check
}

function readHead(headers: ReadonlyMap<string, string>, size: number, pinned: string): ObjectHead {
  const checksums: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name.startsWith(CHECKSUM_HEADER)) checksums[name.slice(CHECKSUM_HEADER.length).toUpperCase()] = value
  }
  const encryption = headers.has(`${ENCRYPTION_HEADER}-customer-algorithm`)
    ? 'customer'
    : headers.get(ENCRYPTION_HEADER)
  return {
    size,
    etag: unquote(headers.get('etag') ?? pinned),
    lastModified: 0,
    checksums,
    checksumType: checksums.TYPE === 'COMPOSITE' ? 'COMPOSITE' : '',
    partCount: 1,
    ...(encryption ? { encryption } : {}),
  }
}
