/** Reads one listing page by page, a given number of pages ahead of its consumer. */
import { type Failure, failed, type Outcome } from '../../../shared/failure.ts'
import type { ListPage } from '../engine-ports.ts'

/** One page of a listing; tries again by itself where that may help. */
export type AskPage = (continuation: string | undefined) => Promise<Outcome<ListPage>>

export type PageReader = {
  /** Undefined behind the last page, and behind a failure. */
  next(): Promise<Outcome<ListPage> | undefined>
  /** How many pages may wait to be taken. 0 = a page is requested only when the consumer waits for it. */
  readAhead(pages: number): void
  /** Pages that are here already. */
  readonly waiting: number
  stop(): void
}

/** Services may send some pages without anything new, but a listing that brings nothing else would go on for ever. */
const MOST_STALE_PAGES = 250
/** Tokens that were requested before lead back: a cache may give an old page now and then. */
const MOST_RETURNS = 8

export function createPageReader(ask: AskPage, pagesAhead: number): PageReader {
  /** What earlier pages began with. */
  const headings = new Set<string>()
  let stalePages = 0
  const continuations = new Set<string>()
  let returns = 0
  const pages: Outcome<ListPage>[] = []
  let ahead = pagesAhead
  let continuation: string | undefined
  let isAsking = false
  let isOver = false
  let taker: ((page: Outcome<ListPage> | undefined) => void) | undefined

  function advance(): void {
    if (taker && pages.length > 0) {
      taker(pages.shift())
      taker = undefined
    } else if (taker && isOver && !isAsking) {
      taker(undefined)
      taker = undefined
    }
    if (!isAsking && !isOver && (taker !== undefined || pages.length < ahead)) void read()
  }

  async function read(): Promise<void> {
    isAsking = true
    const page = await ask(continuation)
    isAsking = false
    if (page.ok && goesRound(page.value)) {
      pages.push(failed({ class: 'protocol', code: 'listing-repeats' }))
      isOver = true
    } else {
      pages.push(page)
      continuation = page.ok ? page.value.continuation : undefined
      isOver ||= continuation === undefined
    }
    advance()
  }

  function goesRound({ objects, prefixes, continuation: next }: ListPage): boolean {
    if (next === undefined) return false
    const heading = objects[0]?.key ?? prefixes[0]
    stalePages = heading === undefined || headings.has(heading) ? stalePages + 1 : 0
    if (heading !== undefined) headings.add(heading)
    if (continuations.has(next)) returns++
    continuations.add(next)
    return next === continuation || returns > MOST_RETURNS || stalePages > MOST_STALE_PAGES
  }

  advance()
  return {
    next() {
      return new Promise((resolve) => {
        taker = resolve
        advance()
      })
    },
    readAhead(count) {
      ahead = count
      advance()
    },
    get waiting() {
      return pages.length
    },
    stop() {
      isOver = true
      pages.length = 0
    },
  }
}

/** Requests a page until it comes or another attempt is no use. */
export function askPatiently(
  ask: AskPage,
  options: {
    retryAfterMs(failure: Failure, attempts: number): number | undefined
    sleep(milliseconds: number): Promise<void>
    signal: AbortSignal
  },
): AskPage {
  return async (continuation) => {
    for (let attempts = 1; !options.signal.aborted; attempts++) {
      const page = await ask(continuation)
      if (page.ok) return page
      const delay = options.retryAfterMs(page.failure, attempts)
      if (delay === undefined) return page
      await options.sleep(delay)
    }
    return failed({ class: 'cancelled' })
  }
}
