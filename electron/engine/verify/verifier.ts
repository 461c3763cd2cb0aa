/**
 * Owner of the verify worker: files are read and summed beside the data plane, never in the control plane's thread.
 * The worker starts with the first file and is started again when it dies.
 */
import { Worker } from 'node:worker_threads'
import { type Failure, failed, type Outcome } from '../../../shared/failure.ts'
import type { Verified, VerifyRequest } from './verify-object.ts'

export type VerifyQuestion = { id: number; request: VerifyRequest }
export type VerifyAnswer = { id: number; outcome: Outcome<Verified> }

export type Verifier = {
  /** `check` comes from choose-check.ts; `size` is the one the listing told. Files are taken in order. */
  verify(request: VerifyRequest, signal?: AbortSignal): Promise<Outcome<Verified>>
  /** Files that wait or are being read. */
  readonly waiting: number
  close(): Promise<void>
}

/** `workerUrl`: of verify-worker.ts in the sources, of verify-worker.cjs in the bundle. */
export function createVerifier({ workerUrl }: { workerUrl: URL | string }): Verifier {
  const pending = new Map<number, (outcome: Outcome<Verified>) => void>()
  let worker: Worker | undefined
  let lastId = 0
  let isClosed = false

  const settle = (id: number, outcome: Outcome<Verified>) => {
    const resolve = pending.get(id)
    pending.delete(id)
    if (pending.size === 0) worker?.unref()
    resolve?.(outcome)
  }
  const settleAll = (failure: Failure) => {
    for (const id of [...pending.keys()]) settle(id, failed(failure))
  }

  const start = (): Worker => {
    const started = new Worker(workerUrl, { name: 'verify' })
    started.on('message', ({ id, outcome }: VerifyAnswer) => settle(id, outcome))
    const died = (detail: string) => {
      if (worker !== started) return
      worker = undefined
      settleAll({ class: 'disk', code: 'VERIFY_WORKER', detail: detail.slice(0, 300) })
    }
    started.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
    started.on('exit', (code) => died(`ended with ${code}`))
    return started
  }

  return {
    get waiting() {
      return pending.size
    },
    verify(request, signal) {
      if (isClosed) throw new Error('the verifier is closed')
      if (signal?.aborted) return Promise.resolve(failed({ class: 'cancelled' }))
      worker ??= start()
      worker.ref()
      const id = ++lastId
      const answer = new Promise<Outcome<Verified>>((resolve) => pending.set(id, resolve))
      const abort = () => settle(id, failed({ class: 'cancelled' }))
      signal?.addEventListener('abort', abort, { once: true })
      const question: VerifyQuestion = { id, request }
      worker.postMessage(question)
      return answer.finally(() => signal?.removeEventListener('abort', abort))
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
