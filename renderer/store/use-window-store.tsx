/** The hooks by which components read the state. Each re-renders only when its own slice changes. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { useStore } from 'zustand'
import type { EngineEvent } from '../../shared/engine-event.ts'
import type { AppInfo, JobView } from '../../shared/ipc-contract.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { Settings } from '../../shared/settings.ts'
import { listJobs, type WindowState } from './window-state.ts'
import type { WindowStore } from './window-store.ts'

const StoreContext = createContext<WindowStore | undefined>(undefined)

export function StoreProvider({ store, children }: { store: WindowStore; children: ReactNode }) {
  return <StoreContext value={store}>{children}</StoreContext>
}

export function useStoreHandle(): WindowStore {
  const store = useContext(StoreContext)
  if (!store) throw new Error('the store hooks need a StoreProvider above them')
  return store
}

export function useWindowState<T>(selector: (state: WindowState) => T): T {
  return useStore(useStoreHandle(), selector)
}

const NO_EVENTS: readonly EngineEvent[] = []

/** Undefined for a job that does not exist (any more). Its progress follows the newest snapshot. */
export const useJob = (jobId: string): JobView | undefined => useWindowState((state) => state.jobs[jobId])
/** Newest first. */
export function useJobs(): JobView[] {
  const jobs = useWindowState((state) => state.jobs)
  return useMemo(() => listJobs(jobs), [jobs])
}
/** The newest tick; undefined before the first one, and for a job that has not run since the program started. */
export const useSnapshot = (jobId: string): MetricsSnapshot | undefined =>
  useWindowState((state) => state.snapshots[jobId])
/** Events pushed since the window opened, oldest first; ask `jobs.events` for earlier ones. */
export const useJobEvents = (jobId: string): readonly EngineEvent[] =>
  useWindowState((state) => state.events[jobId] ?? NO_EVENTS)
/** Changes when a job's past has to be read again: it no longer joins with what is pushed. */
export const useRereads = (jobId: string): number => useWindowState((state) => state.rereads[jobId] ?? 0)
export const useSettings = (): Settings => useWindowState((state) => state.settings)
/** Undefined only while the window is starting; pages are shown after that. */
export const useAppInfo = (): AppInfo | undefined => useWindowState((state) => state.info)
