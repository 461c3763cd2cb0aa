/** The control plane's side of the data plane: spreads connections over worker threads, batches commands and news. */
import { Worker } from 'node:worker_threads'
import type { Failure } from '../../../shared/failure.ts'
import type { ConnectionNews, DataPlane, Endpoint, FetchTask } from '../engine-ports.ts'
import { YOUNG_SPACE_MB } from '../young-space.ts'
import { monotonicMilliseconds } from './monotonic-time.ts'
import { allocateRateBucket, viewRateBucket } from './rate-bucket.ts'
import { allocateCounters, MAX_CONNECTION_SLOTS, viewCounters } from './shared-counters.ts'
import type { WorkerCommand, WorkerStart } from './worker-protocol.ts'

/** Tokens are topped up this often; a limit is kept within this grain. */
const REFILL_MILLISECONDS = 20
/** Unused allowance is kept for this long, so that a pause in the network is no loss but a burst stays small. */
const BURST_SECONDS = 0.25

export function createDataPlane(options: { workerUrl: URL; workers: number }): DataPlane {
  const counterMemory = allocateCounters()
  const tokenMemory = allocateRateBucket()
  const counters = viewCounters(counterMemory)
  const bucket = viewRateBucket(tokenMemory)
  const listeners = new Set<(news: ConnectionNews[]) => void>()
  const placement = new Map<number, { worker: number; slot: number; task: FetchTask | undefined }>()
  const freeSlots = Array.from({ length: MAX_CONNECTION_SLOTS }, (_, index) => MAX_CONNECTION_SLOTS - 1 - index)
  let refill: NodeJS.Timeout | undefined

  const workers = Array.from({ length: options.workers }, (_, workerIndex) => {
    const start: WorkerStart = { counters: counterMemory, workerIndex, tokens: tokenMemory }
    const thread = new Worker(options.workerUrl, {
      workerData: start,
      name: `data-plane-${workerIndex}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    })
    thread.on('message', receive)
    thread.on('error', (error) => bury(workerIndex, error))
    return {
      thread,
      pending: [] as WorkerCommand[],
      /** Endpoint it knows. */
      endpoint: undefined as Endpoint | undefined,
      connections: 0,
      exited: new Promise<void>((done) => thread.once('exit', () => done())),
    }
  })

  function send(worker: number, command: WorkerCommand): void {
    const target = workers[worker]
    if (!target) throw new Error(`no worker ${worker}`)
    if (target.pending.length === 0) {
      queueMicrotask(() => {
        target.thread.postMessage(target.pending)
        target.pending = []
      })
    }
    target.pending.push(command)
  }

  /** Sees to it that the commands that follow mean this endpoint. */
  function introduce(worker: number, endpoint: Endpoint): void {
    const target = workers[worker]
    if (!target || target.endpoint === endpoint) return
    target.endpoint = endpoint
    send(worker, { kind: 'endpoint', endpoint })
  }

  /** A dead worker reports nothing: its tasks are reported as failed in its name, so that nothing waits for them. */
  function bury(worker: number, error: Error): void {
    const failure: Failure = { class: 'protocol', code: 'internal', detail: String(error).slice(0, 300) }
    const news: ConnectionNews[] = []
    for (const [connectionId, place] of placement) {
      if (place.worker !== worker) continue
      const { task } = place
      const nothing = { received: 0, firstByteMs: 0, connectionEnds: true }
      if (task)
        news.push({
          kind: 'finished',
          outcome: { taskId: task.taskId, connectionId, reached: task.range.start, ...nothing, failure },
        })
      news.push({ kind: 'closed', connectionId, failure })
    }
    receive([...news, { kind: 'broken', detail: String(error) }])
  }

  function forgetTask({ connectionId, taskId }: { connectionId: number; taskId: number }): void {
    const place = placement.get(connectionId)
    if (place?.task?.taskId === taskId) place.task = undefined
  }

  function receive(news: ConnectionNews[]): void {
    // Before the listeners: an outcome is often answered with the next task.
    for (const item of news) if (item.kind === 'finished') forgetTask(item.outcome)
    for (const listener of listeners) listener(news)
    for (const item of news) {
      if (item.kind !== 'closed') continue
      const place = placement.get(item.connectionId)
      if (!place) continue
      placement.delete(item.connectionId)
      freeSlots.push(place.slot)
      const worker = workers[place.worker]
      if (worker) worker.connections--
    }
  }

  function tell(connectionId: number, make: (place: { worker: number; slot: number }) => WorkerCommand): void {
    const place = placement.get(connectionId)
    if (place) send(place.worker, make(place))
  }

  return {
    open({ connectionId, address, endpoint }) {
      const slot = freeSlots.pop()
      if (slot === undefined) throw new Error('more connections than counters')
      const worker = indexOfLeast(workers.map((candidate) => candidate.connections))
      const target = workers[worker]
      if (target) target.connections++
      placement.set(connectionId, { worker, slot, task: undefined })
      // Its last owner reports nothing more. Until the worker writes
      // here, what that one had received would be read as ours.
      counters.setConnection(slot, 0, 0, 0, 0)
      introduce(worker, endpoint)
      send(worker, { kind: 'open', connectionId, slot, address })
    },
    assign(connectionId, task, endpoint) {
      const place = placement.get(connectionId)
      if (!place) throw new Error(`task for connection ${connectionId}, which is not open`)
      place.task = task
      introduce(place.worker, endpoint)
      send(place.worker, { kind: 'assign', connectionId, task })
    },
    shorten: (connectionId, wish) => tell(connectionId, () => ({ kind: 'shorten', connectionId, ...wish })),
    close: (connectionId) => tell(connectionId, () => ({ kind: 'close', connectionId })),
    counters(connectionId) {
      const place = placement.get(connectionId)
      return place ? counters.connection(place.slot) : { bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }
    },
    thread: (connectionId) => placement.get(connectionId)?.worker ?? 0,
    setRateLimit(bytesPerSecond) {
      clearInterval(refill)
      refill = undefined
      bucket.setLimited(bytesPerSecond > 0)
      if (bytesPerSecond <= 0) return
      let last = performance.now()
      refill = setInterval(() => {
        const now = performance.now()
        bucket.refill(Math.round((bytesPerSecond * (now - last)) / 1000), bytesPerSecond * BURST_SECONDS)
        last = now
      }, REFILL_MILLISECONDS)
      refill.unref()
    },
    socketCounts() {
      const rows = workers.map((_, index) => counters.worker(index))
      return {
        opened: rows.reduce((sum, row) => sum + row.opened, 0),
        closed: rows.reduce((sum, row) => sum + row.closed, 0),
      }
    },
    blockedMs() {
      const now = monotonicMilliseconds()
      const since = workers.map((_, index) => counters.worker(index).aliveAt).filter((aliveAt) => aliveAt > 0)
      return since.length === 0 ? 0 : Math.max(0, now - Math.min(...since))
    },
    diskWriteMs: () => Math.max(...workers.map((_, index) => counters.worker(index).writeMs)),
    subscribe: (listener) => void listeners.add(listener),
    async shutDown() {
      clearInterval(refill)
      for (const index of workers.keys()) send(index, { kind: 'shut-down' })
      await Promise.all(workers.map((worker) => worker.exited))
    },
  }
}

function indexOfLeast(values: number[]): number {
  let best = 0
  for (let index = 1; index < values.length; index++) {
    if ((values[index] as number) < (values[best] as number)) best = index
  }
  return best
}
