/** What a `get` would fetch, page by page, by the engine's own rules. */
import type { Outcome } from '../../shared/failure.ts'
import type { JobSpec } from '../../shared/job-spec.ts'
import { retryLookAfterMs } from '../api/browse.ts'
import type { BrowsableSource } from '../api/engine-access.ts'
import type { ListedObject } from '../engine/engine-ports.ts'
import { createGlobFilter } from '../engine/list/glob-filter.ts'
import { keyBelowPrefix } from '../engine/list/key-below-prefix.ts'
import { listObjects } from '../engine/list/list-objects.ts'

export type WantedOptions = {
  source: BrowsableSource
  spec: Pick<JobSpec, 'include' | 'exclude'> & { source: { prefix: string } }
  onObjects(objects: ListedObject[]): Promise<void>
  signal: AbortSignal
}

/** Fails with `missing` when nothing at all lies below a prefix, as the engine does. */
export async function listWanted({ source, spec, onObjects, signal }: WantedOptions): Promise<Outcome<void>> {
  const { prefix } = spec.source
  const isIncluded = createGlobFilter(spec.include, spec.exclude)
  let seen = 0
  let isWholeKey = false
  const listed = await listObjects({
    source,
    prefix,
    retryAfterMs: retryLookAfterMs,
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    async onPage(objects) {
      if (seen === 0) isWholeKey = objects[0]?.key === prefix && !prefix.endsWith('/')
      const candidates = isWholeKey ? objects.slice(0, seen === 0 ? 1 : 0) : objects
      seen += objects.length
      await onObjects(isWholeKey ? candidates : candidates.filter(({ key }) => isIncluded(keyBelowPrefix(key, prefix))))
    },
    signal,
  })
  if (listed.ok && seen === 0 && prefix !== '') {
    return { ok: false, failure: { class: 'missing', code: 'empty-prefix', subject: prefix } }
  }
  return listed
}
