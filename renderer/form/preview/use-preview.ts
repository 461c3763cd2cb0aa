/** Counts in the background what the form would download; starts again shortly after typing stops. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import type { Preview } from '../../../shared/ipc-contract.ts'
import type { Network, Source } from '../../../shared/job-spec.ts'
import { PROGRAM_UNREACHABLE } from '../../client/parsed-client.ts'
import { useClient, useHostState } from '../../client/use-client.tsx'

/** Long enough to type on, short enough to feel live. */
const TYPING_PAUSE_MS = 600

export type PreviewState =
  | { status: 'idle' }
  /** `preview` is absent before the first page of the listing has come. */
  | { status: 'listing'; preview?: Preview }
  | { status: 'done'; preview: Preview }
  | { status: 'failed'; failure: Failure }

export type PreviewRequest = { source: Source; include: string[]; exclude: string[]; network: Network }

const OUT_OF_REACH: PreviewState = { status: 'failed', failure: { class: 'connect', code: PROGRAM_UNREACHABLE } }

let previewsStarted = 0

/** Without a request the state is idle. */
export function usePreview(request: PreviewRequest | undefined): { state: PreviewState; retry: () => void } {
  const client = useClient()
  const inReach = useHostState() === 'connected'
  const [state, setState] = useState<PreviewState>({ status: 'idle' })
  const [attempt, setAttempt] = useState(0)
  const requestText = request ? JSON.stringify(request) : ''
  /** The request that `done` is the answer to. */
  const answered = useRef('')

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt repeats the same request.
  useEffect(() => {
    if (!requestText) return setState({ status: 'idle' })
    // While the program is unreachable, a finished result of this very request stays.
    if (!inReach) {
      return setState((known) => (known.status === 'done' && answered.current === requestText ? known : OUT_OF_REACH))
    }
    // A new id each time: pushes about the previous request must not be taken for this one's.
    previewsStarted += 1
    const previewId = `form-${Date.now().toString(36)}-${previewsStarted}`
    let started = false
    let ended = false
    setState({ status: 'listing' })

    const unsubscribe = client.subscribe((push) => {
      if (push.name !== 'preview' || push.payload.preview.previewId !== previewId || ended) return
      const { preview, failure } = push.payload
      if (preview.done) answered.current = requestText
      setState(failure ? { status: 'failed', failure } : { status: preview.done ? 'done' : 'listing', preview })
    })
    const timer = setTimeout(async () => {
      started = true
      const outcome = await client.call('source.startPreview', {
        previewId,
        ...(JSON.parse(requestText) as PreviewRequest),
      })
      if (!outcome.ok && !ended) setState({ status: 'failed', failure: outcome.failure })
    }, TYPING_PAUSE_MS)

    return () => {
      ended = true
      clearTimeout(timer)
      unsubscribe()
      if (started) void client.call('source.stopPreview', { previewId })
    }
  }, [client, requestText, inReach, attempt])

  return { state, retry: useCallback(() => setAttempt((count) => count + 1), []) }
}
