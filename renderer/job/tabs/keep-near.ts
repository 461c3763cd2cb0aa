/** Drops the pages farthest from the newest one until at most `maxPages` are left. Pure. */
export function keepNear<T>(pages: Map<number, T>, newest: number, maxPages: number): Map<number, T> {
  if (pages.size <= maxPages) return pages
  const byDistance = [...pages.keys()].sort((a, b) => Math.abs(a - newest) - Math.abs(b - newest))
  return new Map(byDistance.slice(0, maxPages).map((page) => [page, pages.get(page) as T]))
}

/** Pages to ask for, so that rows are there before a fast wheel is: those in sight and the next within half a page. */
export function pagesNear(start: number, end: number, total: number, pageRows: number): number[] {
  const first = Math.floor(Math.max(0, start - pageRows / 2) / pageRows)
  const last = Math.floor((Math.max(start + 1, Math.min(end + pageRows / 2, total)) - 1) / pageRows)
  return Array.from({ length: last - first + 1 }, (_, place) => first + place)
}

/**
 * A dragged scroll bar passes more pages than anyone reads: no more answers are awaited at once, and what is asked for
 * next is where the bar is by then.
 */
const MAX_UNDER_WAY = 3

/** Of the pages near, those to ask for now. */
export function pagesToAsk(
  near: readonly number[],
  held: ReadonlyMap<number, unknown>,
  underWay: ReadonlySet<number>,
): number[] {
  const missing = near.filter((page) => !held.has(page) && !underWay.has(page))
  return missing.slice(0, Math.max(0, MAX_UNDER_WAY - underWay.size))
}
