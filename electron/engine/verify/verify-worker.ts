/** Entry of the verify worker: reads one file after the other; requests to stat files overtake those waiting. */
import { parentPort } from 'node:worker_threads'
import { inspectFiles } from './inspect-files.ts'
import type { VerifyAnswer, VerifyQuestion } from './verifier.ts'
import { verifyObject } from './verify-object.ts'

if (!parentPort) throw new Error('verify-worker.ts runs in a worker thread')
const port = parentPort

let queue: Promise<void> = Promise.resolve()
port.on('message', (question: VerifyQuestion) => {
  const { id } = question
  const answer = (given: VerifyAnswer) => port.postMessage(given)
  if (question.kind === 'inspect') answer({ id, kind: 'inspect', facts: inspectFiles(question.paths) })
  else {
    queue = queue.then(async () => answer({ id, kind: 'verify', outcome: await verifyObject(question.request) }))
  }
})
