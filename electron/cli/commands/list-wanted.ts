/** What a `get` would fetch, page by page, by the engine's own rules. */
import type { Outcome } from '../../../shared/failure.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import { retryLookAfterMs } from '../../api/form/browse.ts'
import type { BrowsableSource } from '../../api/real-engine/engine-access.ts'
import type { ListedObject } from '../../engine/engine-ports.ts'
import { createKeyFilter } from '../../engine/list/key-filter.ts'
import { listObjects } from '../../engine/list/list-objects.ts'
import { createRepeatWatch } from '../../engine/plan/repeat-check.ts'

export type WantedOptions = {
  source: BrowsableSource
  spec: Pick<JobSpec, 'include' | 'exclude'> & { source: { prefix: string } }
  onObjects(objects: ListedObject[]): Promise<void>
  signal: AbortSignal
}

/** Fails with `missing` when nothing at all lies below a prefix, as the engine does. */
export async function listWanted({ source, spec, onObjects, signal }: WantedOptions): Promise<Outcome<void>> {
  const { prefix } = spec.source
  const keys = createKeyFilter(prefix, spec)
  const isRepeated = createRepeatWatch(Math.random)
  const listed = await listObjects({
    source,
    prefix,
    retryAfterMs: retryLookAfterMs,
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    onPage: (objects) => onObjects(objects.filter(({ key }) => !isRepeated(key) && keys.judge(key) === 'wanted')),
    isEnough: keys.isWholeKey,
    signal,
  })
  if (listed.ok && keys.seen() === 0 && prefix !== '') {
    return { ok: false, failure: { class: 'missing', code: 'empty-prefix', subject: prefix } }
  }
  return listed
}
