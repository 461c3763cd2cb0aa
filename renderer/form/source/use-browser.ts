import { useCallback, useEffect, useRef, useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import type { BrowseEntry } from '../../../shared/ipc-contract.ts'
import type { Source } from '../../../shared/job-spec.ts'
import { useClient } from '../../client/use-client.tsx'
import { useSettings } from '../../store/use-window-store.tsx'

/** `bucket` empty = the list of buckets. */
export type Place = { bucket: string; prefix: string }

export type Listing = {
  reading: boolean
  failure: Failure | undefined
  buckets: string[]
  entries: BrowseEntry[]
  /** More pages follow. */
  continuation: string | undefined
}

const EMPTY: Listing = { reading: true, failure: undefined, buckets: [], entries: [], continuation: undefined }

/** Lists the place page by page. Answers that arrive after it was left are dropped. */
export function useBrowser(access: Omit<Source, 'bucket' | 'prefix'>, place: Place) {
  const client = useClient()
  const { network } = useSettings()
  const [listing, setListing] = useState<Listing>(EMPTY)
  const [attempt, setAttempt] = useState(0)
  const question = JSON.stringify({ access, place })
  /** Number of the current place; an answer for an earlier one is dropped. */
  const visit = useRef(0)

  const read = useCallback(
    async (continuation: string | undefined) => {
      const startedAt = visit.current
      const isCurrent = () => visit.current === startedAt
      const asked = JSON.parse(question) as { access: typeof access; place: Place }
      setListing((before) => ({ ...(continuation ? before : EMPTY), reading: true, failure: undefined }))
      if (asked.place.bucket === '') {
        const outcome = await client.call('source.buckets', { source: asked.access, network })
        if (!isCurrent()) return
        return setListing(
          outcome.ok
            ? { ...EMPTY, reading: false, buckets: outcome.value }
            : { ...EMPTY, reading: false, failure: outcome.failure },
        )
      }
      const outcome = await client.call('source.browse', {
        source: { ...asked.access, ...asked.place },
        network,
        ...(continuation ? { continuation } : {}),
      })
      if (!isCurrent()) return
      setListing((before) =>
        outcome.ok
          ? {
              ...EMPTY,
              reading: false,
              entries: [...(continuation ? before.entries : []), ...outcome.value.entries],
              continuation: outcome.value.continuation,
            }
          : { ...before, reading: false, failure: outcome.failure },
      )
    },
    [client, network, question],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt repeats the same question.
  useEffect(() => {
    visit.current += 1
    void read(undefined)
    return () => {
      visit.current += 1
    }
  }, [read, attempt])

  return {
    listing,
    again: useCallback(() => setAttempt((count) => count + 1), []),
    readMore: useCallback(() => void read(listing.continuation), [read, listing.continuation]),
  }
}
