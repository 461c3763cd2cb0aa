/**
 * Owner of the verify worker: files are read and summed beside the data plane, never in the control plane's thread.
 * The worker starts with the first file and is started again when it dies.
 */
import { Worker } from 'node:worker_threads'
import { type Failure, failed, type Outcome } from '../../../shared/failure.ts'
import { shortOfFilesIn } from '../disk/disk-error.ts'
import { YOUNG_SPACE_MB } from '../young-space.ts'
import type { FileFacts } from './inspect-files.ts'
import type { Verified, VerifyRequest } from './verify-object.ts'

export type VerifyQuestion =
  | { id: number; kind: 'verify'; request: VerifyRequest }
  | { id: number; kind: 'inspect'; paths: string[] }
export type VerifyAnswer =
  | { id: number; kind: 'verify'; outcome: Outcome<Verified> }
  | { id: number; kind: 'inspect'; facts: FileFacts }

export type Verifier = {
  /** `check` comes from choose-check.ts; `size` is the listing's. Files are taken in order. */
  verify(request: VerifyRequest, signal?: AbortSignal): Promise<Outcome<Verified>>
  /** What lies under these paths. Undefined when the worker could not find out. */
  inspect(paths: string[]): Promise<FileFacts | undefined>
  close(): Promise<void>
}

/** `workerUrl`: of verify-worker.ts in the sources, of verify-worker.cjs in the bundle. */
export function createVerifier({ workerUrl }: { workerUrl: URL | string }): Verifier {
  const pending = new Map<number, (outcome: Outcome<Verified>) => void>()
  const inspections = new Map<number, (facts: FileFacts | undefined) => void>()
  let worker: Worker | undefined
  let lastId = 0
  let isClosed = false

  const settle = (id: number, outcome: Outcome<Verified>) => {
    const resolve = pending.get(id)
    pending.delete(id)
    unrefIdle()
    resolve?.(outcome)
  }
  const settleInspection = (id: number, facts: FileFacts | undefined) => {
    const resolve = inspections.get(id)
    inspections.delete(id)
    unrefIdle()
    resolve?.(facts)
  }
  const settleAll = (failure: Failure) => {
    for (const id of [...pending.keys()]) settle(id, failed(failure))
    for (const id of [...inspections.keys()]) settleInspection(id, undefined)
  }
  /** An idle worker does not keep the process alive. */
  const unrefIdle = () => {
    if (pending.size + inspections.size === 0) worker?.unref()
  }

  const start = (): Worker => {
    const started = new Worker(workerUrl, {
      name: 'verify',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_SPACE_MB },
    })
    started.on('message', (answer: VerifyAnswer) => {
      if (answer.kind === 'inspect') settleInspection(answer.id, answer.facts)
      else settle(answer.id, answer.outcome)
    })
    const died = (detail: string) => {
      if (worker !== started) return
      worker = undefined
      settleAll({ class: 'disk', code: shortOfFilesIn(detail) ?? 'VERIFY_WORKER', detail: detail.slice(0, 300) })
    }
    started.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
    started.on('exit', (code) => died(`ended with ${code}`))
    return started
  }

  const ask = (question: VerifyQuestion) => {
    worker ??= start()
    worker.ref()
    worker.postMessage(question)
  }

  return {
    verify(request, signal) {
      if (isClosed) throw new Error('the verifier is closed')
      if (signal?.aborted) return Promise.resolve(failed({ class: 'cancelled' }))
      const id = ++lastId
      const answer = new Promise<Outcome<Verified>>((resolve) => pending.set(id, resolve))
      const abort = () => settle(id, failed({ class: 'cancelled' }))
      signal?.addEventListener('abort', abort, { once: true })
      ask({ id, kind: 'verify', request })
      return answer.finally(() => signal?.removeEventListener('abort', abort))
    },
    inspect(paths) {
      if (isClosed) return Promise.resolve(undefined)
      const id = ++lastId
      ask({ id, kind: 'inspect', paths })
      return new Promise((resolve) => inspections.set(id, resolve))
    },
    async close() {
      isClosed = true
      settleAll({ class: 'cancelled' })
      const ending = worker
      worker = undefined
      await ending?.terminate()
    },
  }
}
