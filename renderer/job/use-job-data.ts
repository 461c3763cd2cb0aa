/**
 * What the page knows of a job beyond its newest snapshot: its speed over time and its events. Each is read once from
 * the program (again after a lost connection, and when the store says so) and kept up to date from what is
 * pushed. Bounded: see `speed-history.ts` and `join-events.ts`.
 */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { EngineEvent } from '../../shared/engine-event.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { useClient, useHostState } from '../client/use-client.tsx'
import { useJobEvents, useRereads } from '../store/use-window-store.tsx'
import { collectMarks, type Mark } from './chart/event-marks.ts'
import { findOutages, type Outage } from './chart/outages.ts'
import {
  appendSnapshot,
  compactHistory,
  EMPTY_HISTORY,
  fromHistory,
  joinHistories,
  type SpeedHistory,
} from './chart/speed-history.ts'
import { joinEvents, MAX_EVENTS } from './join-events.ts'

/** How often old points are merged: they age slowly. */
const COMPACT_EVERY_TICKS = 60

const NO_EVENTS: readonly EngineEvent[] = []

/** All known events, oldest first. */
export function useEvents(jobId: string): readonly EngineEvent[] {
  const client = useClient()
  const hostState = useHostState()
  const rereads = useRereads(jobId)
  const pushed = useJobEvents(jobId)
  const newest = useRef<EngineEvent>(undefined)
  newest.current = pushed.at(-1)
  const [read, setRead] = useState<{ earlier: readonly EngineEvent[]; askedAfter: EngineEvent | undefined }>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when the store says so
  useEffect(() => {
    if (hostState !== 'connected') return
    let wanted = true
    const askedAfter = newest.current
    void client.call('jobs.events', { jobId, limit: MAX_EVENTS }).then((outcome) => {
      if (wanted && outcome.ok) setRead({ earlier: outcome.value, askedAfter })
    })
    return () => {
      wanted = false
    }
  }, [client, jobId, hostState, rereads])
  return useMemo(() => joinEvents(read?.earlier ?? NO_EVENTS, pushed, read?.askedAfter), [read, pushed])
}

export type JobTrace = {
  history: SpeedHistory
  marks: readonly Mark[]
  /** Unix seconds; earlier marks are no longer known. */
  marksSince: number | undefined
  outages: readonly Outage[]
  loaded: boolean
}

/** The speed over the whole job, and the marks on it. */
export function useTrace(
  jobId: string,
  snapshot: MetricsSnapshot | undefined,
  events: readonly EngineEvent[],
): JobTrace {
  const client = useClient()
  const hostState = useHostState()
  const rereads = useRereads(jobId)
  const [history, setHistory] = useState(EMPTY_HISTORY)
  const [read, setRead] = useState<{ marks: readonly EngineEvent[]; marksSince?: number | undefined }>()
  const previous = useRef<MetricsSnapshot>(undefined)
  const ticks = useRef(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when the store says so
  useEffect(() => {
    if (hostState !== 'connected') return
    let wanted = true
    void client.call('jobs.history', { jobId, sinceSeconds: 0 }).then((outcome) => {
      if (!wanted) return
      setRead(outcome.ok ? outcome.value : { marks: NO_EVENTS })
      if (outcome.ok) setHistory((live) => joinHistories(fromHistory(outcome.value), live))
    })
    return () => {
      wanted = false
    }
  }, [client, jobId, hostState, rereads])

  useEffect(() => {
    if (!snapshot) return
    const before = previous.current
    previous.current = snapshot
    ticks.current++
    const isTimeToCompact = ticks.current % COMPACT_EVERY_TICKS === 0
    setHistory((known) => {
      const appended = appendSnapshot(known, snapshot, before)
      return isTimeToCompact ? compactHistory(appended, Date.parse(snapshot.time) / 1000) : appended
    })
  }, [snapshot])

  const marks = useMemo(() => collectMarks(read?.marks ?? NO_EVENTS, events), [read, events])
  const outages = useMemo(
    () => findOutages([...(read?.marks ?? NO_EVENTS), ...events], history),
    [read, events, history],
  )
  return { history, marks, marksSince: read?.marksSince, outages, loaded: read !== undefined }
}
