/** Entry of the verify worker: one request after the other, each answered once. */
import { parentPort } from 'node:worker_threads'
import type { VerifyAnswer, VerifyQuestion } from './verifier.ts'
import { verifyObject } from './verify-object.ts'

if (!parentPort) throw new Error('verify-worker.ts runs in a worker thread')
const port = parentPort

let queue: Promise<void> = Promise.resolve()
port.on('message', ({ id, request }: VerifyQuestion) => {
  queue = queue.then(async () => {
    const answer: VerifyAnswer = { id, outcome: await verifyObject(request) }
    port.postMessage(answer)
  })
})
