/**
 * Redirects within the host of the request: they are followed, signed anew. No other host is ever sent a request. Pure.
 */

/** Of one request. A longer way is a loop. */
export const MOST_REDIRECTS = 4

const REDIRECTS: readonly number[] = [301, 302, 307, 308]

/**
 * Path and query to request instead; undefined where the answer is no redirect, names another host, port or scheme, or
 * names a bucket's region. `requestUrl`: URL of the request, `headers`: names in lower case.
 */
export function redirectWithin(
  requestUrl: string,
  { status, location, region }: { status: number; location: string | undefined; region: string | undefined },
): string | undefined {
  if (!REDIRECTS.includes(status) || location === undefined || region !== undefined) return undefined
  if (!URL.canParse(location, requestUrl)) return undefined
  const { origin, pathname, search } = new URL(location, requestUrl)
  return origin === new URL(requestUrl).origin ? pathname + search : undefined
}
