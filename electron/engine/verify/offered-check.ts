/**
 * What an answer's own headers promise about the whole object it holds: a small object is not worth a HEAD. S3 tells
 * checksums in a GET of a whole object when it is asked with `x-amz-checksum-mode: ENABLED`. Pure.
 */
import type { ObjectHead } from '../engine-ports.ts'
import { type Check, chooseCheck, partsToAskFor } from './choose-check.ts'

const CHECKSUM_HEADER = 'x-amz-checksum-'
const ENCRYPTION_HEADER = 'x-amz-server-side-encryption'

/** `headers`: names in lower case. Undefined: the answer alone does not tell, HEADs would. */
export function readOfferedCheck(headers: ReadonlyMap<string, string>, size: number): Check | undefined {
  const head = readHead(headers, size)
  return partsToAskFor(head) > 0 ? undefined : chooseCheck(head)
}

function readHead(headers: ReadonlyMap<string, string>, size: number): ObjectHead {
  const checksums: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name.startsWith(CHECKSUM_HEADER)) checksums[name.slice(CHECKSUM_HEADER.length).toUpperCase()] = value
  }
  const encryption = headers.has(`${ENCRYPTION_HEADER}-customer-algorithm`)
    ? 'customer'
    : headers.get(ENCRYPTION_HEADER)
  return {
    size,
    etag: (headers.get('etag') ?? '').replace(/^(?:W\/)?"(.*)"$/, '$1'),
    lastModified: 0,
    checksums,
    checksumType: checksums.TYPE === 'COMPOSITE' ? 'COMPOSITE' : '',
    partCount: 1,
    ...(encryption ? { encryption } : {}),
  }
}
