/** Starts the job that the form describes, and goes to its page. */
import { useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { useClient } from '../client/use-client.tsx'
import { goTo } from '../shell/route.ts'
import { foldPush } from '../store/fold-push.ts'
import { useSettings, useStoreHandle } from '../store/use-window-store.tsx'
import { draftToSpec } from './draft/draft-to-spec.ts'
import type { FormDraft } from './draft/form-draft.ts'

export function useStartJob() {
  const client = useClient()
  const store = useStoreHandle()
  const settings = useSettings()
  const [isStarting, setIsStarting] = useState(false)
  /** Why the last attempt did not work. */
  const [failure, setFailure] = useState<Failure>()

  const start = async (draft: FormDraft) => {
    setIsStarting(true)
    const outcome = await client.call('jobs.start', draftToSpec(draft, settings))
    setIsStarting(false)
    if (!outcome.ok) return setFailure(outcome.failure)
    const job = outcome.value
    // Its push may not have arrived yet: without this the page would briefly say "no such job".
    if (!store.getState().jobs[job.jobId]) {
      store.setState((before) => foldPush(before, { name: 'job-changed', payload: job }))
    }
    goTo({ page: 'job', jobId: job.jobId })
  }

  return { isStarting, failure, forgetFailure: () => setFailure(undefined), start }
}
