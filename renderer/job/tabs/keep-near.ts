/** Drops the pages farthest from the newest one until at most `maxPages` are left. Pure. */
export function keepNear<T>(pages: Map<number, T>, newest: number, maxPages: number): Map<number, T> {
  if (pages.size <= maxPages) return pages
  const byDistance = [...pages.keys()].sort((a, b) => Math.abs(a - newest) - Math.abs(b - newest))
  return new Map(byDistance.slice(0, maxPages).map((page) => [page, pages.get(page) as T]))
}
