/** What a request asks for: bucket, key, query and range. Pure. */

export type Located = { bucket: string; key: string; query: URLSearchParams }

/**
 * Path style, or virtual-hosted where the host is `BUCKET.BASE` or begins with the name of a bucket there is.
 * Undefined: the path is no URL path.
 */
export function locateRequest(
  { url = '/', host = '' }: { url: string | undefined; host: string | undefined },
  buckets: Iterable<string>,
  baseHost: string,
): Located | undefined {
  const [rawPath = '/', rawQuery = ''] = url.split('?')
  const path = decodePath(rawPath.slice(1))
  if (path === undefined) return undefined
  const query = new URLSearchParams(rawQuery)
  const hostname = host.replace(/:\d+$/, '')
  const virtual = hostname.endsWith(`.${baseHost}`)
    ? hostname.slice(0, -baseHost.length - 1)
    : [...buckets].find((bucket) => hostname.startsWith(`${bucket}.`))
  if (virtual) return { bucket: virtual, key: path, query }
  const slash = path.indexOf('/')
  return slash < 0
    ? { bucket: path, key: '', query }
    : { bucket: path.slice(0, slash), key: path.slice(slash + 1), query }
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** `end` exclusive. Undefined: no range that S3 understands, so the whole object (RFC 9110, 14.2). */
export function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start >= size || end <= start ? 'unsatisfiable' : { start, end }
}
