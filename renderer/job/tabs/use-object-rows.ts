/**
 * Rows of a list that may have a million, fetched in pages round what is in sight, and refreshed once a tick while it
 * moves. Holds at most MAX_PAGES pages.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import type { ObjectQuery, ObjectRow } from '../../../shared/object-row.ts'
import { useClient } from '../../client/use-client.tsx'
import { keepNear, pagesNear, pagesToAsk } from './keep-near.ts'

const PAGE_ROWS = 200
const MAX_PAGES = 12

export type ObjectQuestion = { jobId: string } & Pick<ObjectQuery, 'filter' | 'search' | 'sort'>
export type ObjectRows = {
  /** Undefined before the first answer. */
  total: number | undefined
  failure: Failure | undefined
  rowAt(index: number): ObjectRow | undefined
  onSight(start: number, end: number): void
  reload(): void
}

/** `tick` changes whenever the rows may have moved. */
export function useObjectRows({ jobId, filter, search, sort }: ObjectQuestion, tick: unknown): ObjectRows {
  const client = useClient()
  const [pages, setPages] = useState<ReadonlyMap<number, readonly ObjectRow[]>>(new Map())
  const [total, setTotal] = useState<number>()
  const [failure, setFailure] = useState<Failure>()
  const sight = useRef({ start: 0, end: 0 })
  /** Answers to an earlier query are dropped. */
  const question = useRef(0)
  const underWay = useRef(new Set<number>())

  const fetchPage = useCallback(
    async (page: number) => {
      if (underWay.current.has(page)) return
      const asked = question.current
      const busy = underWay.current
      busy.add(page)
      const outcome = await client.call('jobs.objects', {
        jobId,
        filter,
        search,
        sort,
        offset: page * PAGE_ROWS,
        limit: PAGE_ROWS,
      })
      busy.delete(page)
      if (asked !== question.current) return
      if (!outcome.ok) {
        setFailure(outcome.failure)
        return
      }
      setFailure(undefined)
      setTotal(outcome.value.total)
      setPages((known) => keepNear(new Map(known).set(page, outcome.value.rows), page, MAX_PAGES))
    },
    [client, jobId, filter, search, sort],
  )

  const fetchSight = useCallback(() => {
    const { start, end } = sight.current
    for (let page = pageOf(start); page <= pageOf(Math.max(start, end - 1)); page++) void fetchPage(page)
  }, [fetchPage])

  // A new query: no rows of the old one are shown.
  useEffect(() => {
    question.current++
    underWay.current = new Set()
    sight.current = { start: 0, end: 0 }
    setPages(new Map())
    setTotal(undefined)
    fetchSight()
  }, [fetchSight])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick is the reason to fetch
  useEffect(fetchSight, [tick])

  const now = useRef({ pages, total: 0 })
  now.current = { pages, total: total ?? 0 }
  const askNear = useCallback(() => {
    const { pages, total } = now.current
    const near = pagesNear(sight.current.start, sight.current.end, total, PAGE_ROWS)
    for (const page of pagesToAsk(near, pages, underWay.current)) void fetchPage(page)
  }, [fetchPage])
  const onSight = useCallback(
    (start: number, end: number) => {
      sight.current = { start, end }
      askNear()
    },
    [askNear],
  )
  // Each answer lets the next page be requested.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pages are the answer
  useEffect(askNear, [askNear, pages])

  const rowAt = useCallback((index: number) => pages.get(pageOf(index))?.[index % PAGE_ROWS], [pages])
  return useMemo(
    () => ({ total, failure, rowAt, onSight, reload: fetchSight }),
    [total, failure, rowAt, onSight, fetchSight],
  )
}

const pageOf = (row: number): number => Math.floor(row / PAGE_ROWS)
