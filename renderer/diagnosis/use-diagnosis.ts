import { useCallback, useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import type { PushPayload } from '../../shared/ipc-contract.ts'
import { useClient } from '../client/use-client.tsx'
import { useStoreHandle, useWindowState } from '../store/use-window-store.tsx'
import type { Target } from './list-targets.ts'

/** Pushes that were lost while the program was out of reach never come: after a stop nobody waits longer for them. */
const LAST_WORDS_MS = 2000

export type DiagnosisHandle = {
  /** The newest one; it runs until its `report` or a failure is there. */
  current: PushPayload<'diagnosis'> | undefined
  isRunning: boolean
  /** Why it could not begin, or not end. */
  failure: Failure | undefined
  run(target: Target, folder: string): Promise<void>
  stop(): Promise<void>
}

export function useDiagnosis(): DiagnosisHandle {
  const client = useClient()
  const store = useStoreHandle()
  const current = useWindowState((state) => state.diagnosis)
  const [failure, setFailure] = useState<Failure>()

  const run = useCallback(
    async (target: Target, folder: string) => {
      const diagnosisId = crypto.randomUUID()
      setFailure(undefined)
      store.setState({ diagnosis: { diagnosisId, checks: [] } })
      const { source, network } = target
      const outcome = await client.call('diagnosis.run', {
        diagnosisId,
        folder,
        ...(source ? { source } : {}),
        ...(network ? { network } : {}),
      })
      if (outcome.ok) return
      setFailure(outcome.failure)
      store.setState({ diagnosis: undefined })
    },
    [client, store],
  )

  const stop = useCallback(async () => {
    const running = store.getState().diagnosis
    if (!running) return
    await client.call('diagnosis.stop', { diagnosisId: running.diagnosisId })
    setTimeout(() => {
      const later = store.getState().diagnosis
      if (later?.diagnosisId === running.diagnosisId && !later.report) store.setState({ diagnosis: undefined })
    }, LAST_WORDS_MS)
  }, [client, store])

  const isRunning = current !== undefined && !current.report && !current.failure
  return { current, isRunning, failure: failure ?? current?.failure, run, stop }
}
