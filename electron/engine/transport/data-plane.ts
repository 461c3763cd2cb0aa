/** The control plane's side of the data plane: spreads connections over worker threads. */
import type { Failure } from '../../../shared/failure.ts'
import type { ConnectionEvent, DataPlane, FetchTask } from '../engine-ports.ts'
import { monotonicMilliseconds } from './monotonic-time.ts'
import { allocateRateBucket, viewRateBucket } from './rate-bucket.ts'
import { createRateRefill } from './refill-rate.ts'
import { allocateCounters, MAX_CONNECTION_SLOTS, viewCounters } from './shared-counters.ts'
import { startWorkerLink, type WorkerLink } from './worker-link.ts'
import type { WorkerCommand } from './worker-protocol.ts'

type DataPlaneWorker = { index: number; link: WorkerLink; connections: number }

export function createDataPlane(options: { workerUrl: URL; workers: number }): DataPlane {
  const counterMemory = allocateCounters()
  const tokenMemory = allocateRateBucket()
  const counters = viewCounters(counterMemory)
  const listeners = new Set<(events: ConnectionEvent[]) => void>()
  const placement = new Map<number, { worker: DataPlaneWorker; slot: number; task: FetchTask | undefined }>()
  const freeSlots = Array.from({ length: MAX_CONNECTION_SLOTS }, (_, index) => MAX_CONNECTION_SLOTS - 1 - index)
  const refill = createRateRefill(viewRateBucket(tokenMemory))
  const workers = Array.from({ length: options.workers }, (_, index): DataPlaneWorker => {
    const link = startWorkerLink({
      workerUrl: options.workerUrl,
      start: { counters: counterMemory, workerIndex: index, tokens: tokenMemory },
      onEvents: receive,
      onError: (error) => reportDead(index, error),
    })
    return { index, link, connections: 0 }
  })

  /** A dead worker reports nothing: its tasks are reported as failed in its name, so that nothing waits for them. */
  function reportDead(index: number, error: Error): void {
    const failure: Failure = { class: 'protocol', code: 'internal', detail: String(error).slice(0, 300) }
    const events: ConnectionEvent[] = []
    for (const [connectionId, place] of placement) {
      if (place.worker.index !== index) continue
      const { task } = place
      const nothing = { received: 0, firstByteMs: 0, connectionEnds: true }
      if (task)
        events.push({
          kind: 'finished',
          outcome: { taskId: task.taskId, connectionId, reached: task.range.start, ...nothing, failure },
        })
      events.push({ kind: 'closed', connectionId, failure })
    }
    receive([...events, { kind: 'broken', detail: String(error) }])
  }

  function forgetTask({ connectionId, taskId }: { connectionId: number; taskId: number }): void {
    const place = placement.get(connectionId)
    if (place?.task?.taskId === taskId) place.task = undefined
  }

  function receive(events: ConnectionEvent[]): void {
    // Before the listeners: an outcome is often answered with the next task.
    for (const item of events) if (item.kind === 'finished') forgetTask(item.outcome)
    for (const listener of listeners) listener(events)
    for (const item of events) {
      if (item.kind !== 'closed') continue
      const place = placement.get(item.connectionId)
      if (!place) continue
      placement.delete(item.connectionId)
      freeSlots.push(place.slot)
      place.worker.connections--
    }
  }

  /** A connection that is closed already needs no command. */
  function sendTo(connectionId: number, command: WorkerCommand): void {
    const place = placement.get(connectionId)
    place?.worker.link.send(command)
  }

  return {
    open({ connectionId, address, endpoint }) {
      const slot = freeSlots.pop()
      if (slot === undefined) throw new Error('more connections than counters')
      const worker = workers.reduce((least, other) => (other.connections < least.connections ? other : least))
      worker.connections++
      placement.set(connectionId, { worker, slot, task: undefined })
      // Its last owner reports nothing more. Until the worker writes
      // here, what that one had received would be read as ours.
      counters.setConnection(slot, 0, 0, 0, 0)
      worker.link.setEndpoint(endpoint)
      worker.link.send({ kind: 'open', connectionId, slot, address })
    },
    assign(connectionId, task, endpoint) {
      const place = placement.get(connectionId)
      if (!place) throw new Error(`task for connection ${connectionId}, which is not open`)
      place.task = task
      place.worker.link.setEndpoint(endpoint)
      place.worker.link.send({ kind: 'assign', connectionId, task })
    },
    shorten: (connectionId, wish) => sendTo(connectionId, { kind: 'shorten', connectionId, ...wish }),
    close: (connectionId) => sendTo(connectionId, { kind: 'close', connectionId }),
    counters(connectionId) {
      const place = placement.get(connectionId)
      return place ? counters.connection(place.slot) : { bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }
    },
    thread: (connectionId) => placement.get(connectionId)?.worker.index ?? 0,
    setRateLimit: refill.setRate,
    socketCounts() {
      const rows = workers.map(({ index }) => counters.worker(index))
      return {
        opened: rows.reduce((sum, row) => sum + row.opened, 0),
        closed: rows.reduce((sum, row) => sum + row.closed, 0),
      }
    },
    blockedMs() {
      const now = monotonicMilliseconds()
      const since = workers.map(({ index }) => counters.worker(index).aliveAt).filter((aliveAt) => aliveAt > 0)
      return since.length === 0 ? 0 : Math.max(0, now - Math.min(...since))
    },
    diskWriteMs: () => Math.max(...workers.map(({ index }) => counters.worker(index).writeMs)),
    subscribe: (listener) => void listeners.add(listener),
    async shutDown() {
      refill.stop()
      for (const { link } of workers) link.send({ kind: 'shut-down' })
      await Promise.all(workers.map(({ link }) => link.exited))
    },
  }
}
