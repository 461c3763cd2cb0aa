import { afterEach, expect, test } from 'vitest'
import type { Endpoint } from '../engine-ports.ts'
import { startWorkerLink, type WorkerLink } from './worker-link.ts'
import type { WorkerCommand } from './worker-protocol.ts'

/** Answers each message with the same one; ends at `shut-down`, throws at a close of connection 13. */
const ECHO = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (commands) => {
      parentPort.postMessage(commands)
      if (commands.some(({ connectionId }) => connectionId === 13)) throw new Error('a bug')
      if (commands.some(({ kind }) => kind === 'shut-down')) parentPort.close()
    })`)}`,
)
const ENDPOINT: Endpoint = {
  tls: false,
  hostname: 's3.lab',
  hostHeader: 's3.lab:9000',
  port: 9000,
  basePath: '/bucket/',
  region: 'us-east-1',
}

let link: WorkerLink | undefined
afterEach(async () => {
  link?.send({ kind: 'shut-down' })
  await link?.exited
})

function start() {
  const batches: WorkerCommand['kind'][][] = []
  const errors: string[] = []
  link = startWorkerLink({
    workerUrl: ECHO,
    start: { counters: new SharedArrayBuffer(0), workerIndex: 0, tokens: new SharedArrayBuffer(0) },
    onEvents: (events) => void batches.push((events as unknown as WorkerCommand[]).map(({ kind }) => kind)),
    onError: ({ message }) => void errors.push(message),
  })
  return { link, batches, errors }
}

test('the commands of one turn go in one message, and an endpoint only when it is another one', async () => {
  const { link, batches } = start()
  link.setEndpoint(ENDPOINT)
  link.send({ kind: 'open', connectionId: 1, slot: 0, address: '192.0.2.1' })
  link.setEndpoint(ENDPOINT)
  link.send({ kind: 'close', connectionId: 1 })
  await expect.poll(() => batches).toHaveLength(1)
  link.setEndpoint({ ...ENDPOINT, region: 'eu-west-1' })
  link.send({ kind: 'close', connectionId: 2 })
  await expect.poll(() => batches).toHaveLength(2)
  expect(batches).toEqual([
    ['endpoint', 'open', 'close'],
    ['endpoint', 'close'],
  ])
})

test('a worker that throws is reported, and has ended', async () => {
  const { link, errors } = start()
  link.send({ kind: 'close', connectionId: 13 })
  await link.exited
  expect(errors).toEqual(['a bug'])
})
