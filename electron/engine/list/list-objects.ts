/** Walks the listing of a prefix page by page, trying again by the retry policy; hands on pages as they come. */
import { type Failure, type Outcome, success } from '../../../shared/failure.ts'
import type { ListedObject, ObjectSource } from '../engine-ports.ts'

export type ListingOptions = {
  source: Pick<ObjectSource, 'listPage'>
  prefix: string
  /** Whether and when to ask again: milliseconds, or undefined to give up. */
  retryAfterMs(failure: Failure, attempts: number): number | undefined
  sleep(milliseconds: number): Promise<void>
  onPage(objects: ListedObject[]): Promise<void> | void
  signal: AbortSignal
}

/** Resolves when the last page has been handed on. One page is in memory at a time. */
export async function listObjects(options: ListingOptions): Promise<Outcome<void>> {
  const { source, prefix, signal } = options
  let continuation: string | undefined
  let attempts = 0
  while (!signal.aborted) {
    const page = await source.listPage({ prefix, ...(continuation ? { continuation } : {}) }, signal)
    if (!page.ok) {
      attempts++
      const delay = options.retryAfterMs(page.failure, attempts)
      if (delay === undefined) return page
      await options.sleep(delay)
      continue
    }
    attempts = 0
    await options.onPage(page.value.objects)
    continuation = page.value.continuation
    if (!continuation) return success(undefined)
  }
  return { ok: false, failure: { class: 'cancelled' } }
}
