/**
 * Percent-encodes an object key for a request path as S3 and Signature Version 4 want it: everything but the
 * unreserved characters of RFC 3986 and `/` (AWS General Reference, "Create a canonical request": UriEncode).
 */
export function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed())
    .replace(/%2F/g, '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
