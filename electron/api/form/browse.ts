/** Looks into buckets for the form: one page at a time, over a source that is kept for a while between clicks. */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import { failed, success } from '../../../shared/failure.ts'
import type { BrowseEntry } from '../../../shared/ipc-contract.ts'
import type { Network, Source } from '../../../shared/job-spec.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { BrowsableSource, EngineAccess } from '../real-engine/engine-access.ts'

/** How long a source is kept between clicks; then its sockets are closed. */
const KEEP_SOURCE_MS = 30_000
const PAGE_SIZE = 1000

export type Browser = {
  buckets(source: Omit<Source, 'bucket' | 'prefix'>, network: Network): Promise<Outcome<string[]>>
  browse(
    source: Source,
    network: Network,
    continuation: string | undefined,
  ): Promise<Outcome<{ entries: BrowseEntry[]; continuation?: string }>>
  /** Runs `use` on a source that stays open meanwhile. */
  withSource<T>(
    source: Source,
    network: Network,
    use: (source: BrowsableSource) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>>
  close(): void
}

type Kept = { opening: Promise<Outcome<BrowsableSource>>; users: number; stopTimer?: () => void }

export function createBrowser(engine: EngineAccess, clock: Clock): Browser {
  const kept = new Map<string, Kept>()
  const closing = new AbortController()

  async function withSource<T>(
    source: Source,
    network: Network,
    use: (source: BrowsableSource) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const id = JSON.stringify([{ ...source, prefix: '' }, network])
    const entry: Kept = kept.get(id) ?? { opening: engine.openSource(source, network), users: 0 }
    kept.set(id, entry)
    entry.stopTimer?.()
    entry.users++
    try {
      const opened = await entry.opening
      if (!opened.ok) {
        kept.delete(id)
        return opened
      }
      return await use(opened.value)
    } finally {
      entry.users--
      if (entry.users === 0) entry.stopTimer = clock.after(KEEP_SOURCE_MS, () => drop(id, entry))
    }
  }

  function drop(id: string, entry: Kept): void {
    if (kept.get(id) === entry) kept.delete(id)
    entry.opening.then(
      (opened) => opened.ok && opened.value.close(),
      // Reported to the caller that awaits it.
      () => {},
    )
  }

  return {
    withSource,
    async buckets(source, network) {
      const nameless = { ...source, bucket: NO_BUCKET, prefix: '', addressing: 'path' as const }
      const outcome = await withSource(nameless, network, (open) => open.listBuckets(closing.signal))
      return outcome.ok ? outcome : failed(withoutBucket(outcome.failure))
    },
    browse: (source, network, continuation) =>
      withSource(source, network, async (open) => {
        const { prefix } = source
        const request = { prefix, delimiter: '/', pageSize: PAGE_SIZE, ...(continuation ? { continuation } : {}) }
        const page = await open.listPage(request, closing.signal)
        if (!page.ok) return page
        const entries: BrowseEntry[] = [
          ...page.value.prefixes.map((key) => ({ kind: 'prefix' as const, key, size: 0, lastModified: '' })),
          ...page.value.objects
            // The S3 console's marker object of the folder itself can be neither entered nor fetched.
            .filter(({ key }) => key !== prefix || !key.endsWith('/'))
            .map(({ key, size, lastModified }) => ({
              kind: 'object' as const,
              key,
              size,
              lastModified: new Date(lastModified).toISOString(),
            })),
        ]
        return success({ entries, ...(page.value.continuation ? { continuation: page.value.continuation } : {}) })
      }),
    close() {
      closing.abort()
      for (const [id, entry] of kept) {
        entry.stopTimer?.()
        drop(id, entry)
      }
    },
  }
}

/** The user waits for it, and some services send a `Retry-After` of minutes with every refusal. */
const LONGEST_LOOK_WAIT_MS = 5000

/** Transient failures are retried twice; any other is returned at once. */
export function retryLookAfterMs(failure: Failure, attempts: number): number | undefined {
  const passing: readonly Failure['class'][] = ['throttled', 'server-error', 'reset', 'stalled']
  if (!passing.includes(failure.class) || attempts > 2) return undefined
  return Math.min(failure.retryAfterMs ?? 300 * attempts, LONGEST_LOOK_WAIT_MS)
}

/** Listing buckets needs no bucket name, but the client does. */
const NO_BUCKET = 'any'

/** Removes that placeholder name from a failure. */
export function withoutBucket({ subject, ...failure }: Failure): Failure {
  return subject === undefined || subject === NO_BUCKET ? failure : { ...failure, subject }
}
