import './zod-without-eval.ts'
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { HostState, WindowClient } from './parsed-client.ts'

const ClientContext = createContext<WindowClient | undefined>(undefined)

export function ClientProvider({ client, children }: { client: WindowClient; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>
}

/** The contract: `await client.call('jobs.pause', { jobId })`. */
export function useClient(): WindowClient {
  const client = useContext(ClientContext)
  if (!client) throw new Error('useClient needs a ClientProvider above it')
  return client
}

export function useHostState(): HostState {
  const client = useClient()
  return useSyncExternalStore(client.watchHostState, client.hostState)
}
