/** The control plane's end of one data-plane worker: starts its thread and sends it commands in batches. */
import { Worker } from 'node:worker_threads'
import type { ConnectionEvent, Endpoint } from '../engine-ports.ts'
import { YOUNG_SPACE_MB } from '../young-space.ts'
import type { WorkerCommand, WorkerStart } from './worker-protocol.ts'

export type WorkerLinkOptions = {
  workerUrl: URL
  start: WorkerStart
  onEvents(events: ConnectionEvent[]): void
  /** An uncaught exception: the thread has ended and reports nothing more. */
  onError(error: Error): void
}

export type WorkerLink = ReturnType<typeof startWorkerLink>

export function startWorkerLink({ workerUrl, start, onEvents, onError }: WorkerLinkOptions) {
  const thread = new Worker(workerUrl, {
    workerData: start,
    name: `data-plane-${start.workerIndex}`,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
  })
  thread.on('message', onEvents)
  thread.on('error', onError)
  const exited = new Promise<void>((done) => thread.once('exit', () => done()))
  let pending: WorkerCommand[] = []
  let endpoint: Endpoint | undefined

  /** All commands of one turn of the event loop go in one message. */
  function send(command: WorkerCommand): void {
    if (pending.length === 0) queueMicrotask(flush)
    pending.push(command)
  }

  function flush(): void {
    thread.postMessage(pending)
    pending = []
  }

  return {
    send,
    /** The commands that follow mean this endpoint; it is sent only when it is another one. */
    setEndpoint(wanted: Endpoint): void {
      if (wanted === endpoint) return
      endpoint = wanted
      send({ kind: 'endpoint', endpoint })
    },
    /** Resolves when the thread has ended, for whatever reason. */
    exited,
  }
}
