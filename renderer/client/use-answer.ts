import { useCallback, useEffect, useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import type { CallInput, CallName, CallResult } from '../../shared/ipc-contract.ts'
import { useClient } from './use-client.tsx'

export type Answer<T> = { status: 'asking' } | { status: 'known'; value: T } | { status: 'failed'; failure: Failure }

/** Asks once, and again when the input changes or `again` is called. */
export function useAnswer<N extends CallName>(name: N, input: CallInput<N>): [Answer<CallResult<N>>, () => void] {
  const client = useClient()
  const [answer, setAnswer] = useState<Answer<CallResult<N>>>({ status: 'asking' })
  const [attempt, setAttempt] = useState(0)
  const inputText = JSON.stringify(input)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt repeats the same question.
  useEffect(() => {
    let ended = false
    setAnswer({ status: 'asking' })
    void client.call(name, JSON.parse(inputText) as CallInput<N>).then((outcome) => {
      if (ended) return
      setAnswer(outcome.ok ? { status: 'known', value: outcome.value } : { status: 'failed', failure: outcome.failure })
    })
    return () => {
      ended = true
    }
  }, [client, name, inputText, attempt])
  return [answer, useCallback(() => setAttempt((count) => count + 1), [])]
}
