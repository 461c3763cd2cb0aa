import { useEffect, useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import type { FolderView } from '../../../shared/ipc-contract.ts'
import { useClient, useHostState } from '../../client/use-client.tsx'
import { isAbsolutePath } from '../../fields/path-text.ts'

const TYPING_PAUSE_MS = 300

export type FolderState =
  | { status: 'unknown' }
  | { status: 'checking' }
  | { status: 'known'; view: FolderView }
  | { status: 'failed'; failure: Failure }

/** What the program knows about the folder in the form: free space, writable, a download to continue. */
export function useFolder(path: string): FolderState {
  const client = useClient()
  const inReach = useHostState() === 'connected'
  const [state, setState] = useState<FolderState>({ status: 'unknown' })
  useEffect(() => {
    if (!isAbsolutePath(path)) return setState({ status: 'unknown' })
    if (!inReach) return
    let ended = false
    setState({ status: 'checking' })
    const timer = setTimeout(async () => {
      const outcome = await client.call('folder.inspect', { path: path.trim() })
      if (ended) return
      setState(outcome.ok ? { status: 'known', view: outcome.value } : { status: 'failed', failure: outcome.failure })
    }, TYPING_PAUSE_MS)
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [client, path, inReach])
  return state
}
