/** The breadcrumbs above the browsed prefix. Pure. */
import type { Failure } from '../../../shared/failure.ts'

export type Crumb = { label: string; prefix: string }

/** `a/b/` -> a, a/b/. A prefix without a final slash (half a name) is browsed at its folder. */
export function crumbsOf(prefix: string): Crumb[] {
  const crumbs: Crumb[] = []
  let end = prefix.indexOf('/')
  let start = 0
  while (end >= 0) {
    crumbs.push({ label: prefix.slice(start, end) || '/', prefix: prefix.slice(0, end + 1) })
    start = end + 1
    end = prefix.indexOf('/', start)
  }
  return crumbs
}

/** The folder in which a prefix, or one whole key, lies. */
export const folderOf = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1)

/** Name below the place: `b/` of `a/b/` seen from `a/`. */
export const nameBelow = (key: string, place: string): string => key.slice(place.length)

/** Listing the buckets may be refused where each can be read; AWS redirects an anonymous request for the list. */
export const areBucketsHidden = (failure: Failure | undefined): boolean =>
  failure?.class === 'denied' || failure?.class === 'redirect-refused'
