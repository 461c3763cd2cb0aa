/** The newest snapshot of a job; of one that ended before the window was opened, the one the program kept. */
import { useEffect, useState } from 'react'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { useClient, useHostState } from '../client/use-client.tsx'
import { useSnapshot } from '../store/use-window-store.tsx'

export function useNewestSnapshot(jobId: string): MetricsSnapshot | undefined {
  const client = useClient()
  const hostState = useHostState()
  const live = useSnapshot(jobId)
  const [kept, setKept] = useState<{ jobId: string; snapshot: MetricsSnapshot }>()
  const isAsked = live === undefined && hostState === 'connected'
  useEffect(() => {
    if (!isAsked) return
    let wanted = true
    void client.call('jobs.snapshot', { jobId }).then((outcome) => {
      if (wanted && outcome.ok && outcome.value) setKept({ jobId, snapshot: outcome.value })
    })
    return () => {
      wanted = false
    }
  }, [client, jobId, isAsked])
  return live ?? (kept?.jobId === jobId ? kept.snapshot : undefined)
}
