/**
 * Holds the one state and keeps it up to date: reads everything once, then folds pushes; reads again after every lost
 * connection, because pushes sent meanwhile are lost. Pushes that arrive during a read are folded after it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobView, Push } from '../../shared/ipc-contract.ts'
import { hasEnded } from '../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { WindowClient } from '../client/parsed-client.ts'
import { foldPush } from './fold-push.ts'
import { EMPTY_STATE, type WindowState } from './window-state.ts'

export type WindowStore = StoreApi<WindowState> & {
  /** Reads everything again. */
  refresh(): Promise<void>
  close(): void
}

export function createWindowStore(client: WindowClient): WindowStore {
  const store = createStore<WindowState>(() => EMPTY_STATE)
  let pushesWhileReading: Push[] | undefined
  let closed = false

  const unsubscribe = client.subscribe((push) => {
    if (pushesWhileReading) pushesWhileReading.push(push)
    else store.setState((state) => foldPush(state, push))
  })
  const unwatch = client.watchHostState((host) => {
    if (host === 'connected') void refresh()
  })

  let reading: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    reading ??= readAll().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readAll(): Promise<void> {
    pushesWhileReading = []
    const [info, settings, jobs] = await Promise.all([
      client.call('app.info', {}),
      client.call('settings.read', {}),
      client.call('jobs.list', {}),
    ])
    const snapshots = jobs.ok ? await readSnapshots(jobs.value) : {}
    const missed = pushesWhileReading
    pushesWhileReading = undefined
    if (closed) return

    const failure = [info, settings, jobs].find((outcome) => !outcome.ok)
    store.setState((before) => {
      const read: WindowState =
        info.ok && settings.ok && jobs.ok
          ? {
              status: 'ready',
              startFailure: undefined,
              info: info.value,
              settings: settings.value,
              jobs: Object.fromEntries(jobs.value.map((job) => [job.jobId, job])),
              snapshots,
              events: before.events,
              rereads: before.rereads,
              // Pushes of a running diagnosis were lost; the next one carries all its checks.
              diagnosis: before.diagnosis?.report ? before.diagnosis : undefined,
            }
          : {
              ...before,
              // The screen stays as it is: the banner about the lost connection says enough.
              status: before.status === 'ready' ? 'ready' : 'failed',
              startFailure: failure && !failure.ok ? failure.failure : undefined,
            }
      return missed.reduce(foldPush, read)
    })
  }

  async function readSnapshots(jobs: JobView[]): Promise<Record<string, MetricsSnapshot>> {
    const alive = jobs.filter((job) => !hasEnded(job.phase))
    const outcomes = await Promise.all(alive.map((job) => client.call('jobs.snapshot', { jobId: job.jobId })))
    const snapshots: Record<string, MetricsSnapshot> = {}
    for (const [index, outcome] of outcomes.entries()) {
      const jobId = alive[index]?.jobId
      if (jobId && outcome.ok && outcome.value) snapshots[jobId] = outcome.value
    }
    return snapshots
  }

  return {
    ...store,
    refresh,
    close() {
      closed = true
      unsubscribe()
      unwatch()
    },
  }
}
