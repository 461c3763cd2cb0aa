/** What the SDK leaves to us. What it does right is in `testing/object-source.test.ts`. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { success } from '../../../shared/failure.ts'
import { sourceSchema } from '../../../shared/job-spec.ts'
import { createS3ObjectSource } from './s3-object-source.ts'

let server: Server
afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

it('a listing that stops half-way is given up, and can be asked for again', async () => {
  let asked = 0
  server = createServer((_, response) => {
    asked++
    response.writeHead(200).write('<ListBucketResult><Contents>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const source = createS3ObjectSource({
    source: sourceSchema.parse({ bucket: 'bucket', prefix: '', endpointUrl: `http://127.0.0.1:${port}` }),
    resolver: {
      resolve: async () => success({ addresses: ['127.0.0.1'], ttlSeconds: 60, milliseconds: 1, from: 'fixed' }),
    },
    proxyFor: async () => '',
    ca: [],
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let answer: unknown
  void source.listPage({ prefix: '' }, new AbortController().signal).then((page) => {
    answer = page
  })
  // The head of the answer and what there is of its body: the SDK's own timers have ended then.
  const end = performance.now() + 500
  while (asked === 0 || performance.now() < end) await turn()
  vi.advanceTimersByTime(60_000)
  for (let turns = 0; turns < 1000 && answer === undefined; turns++) await turn()
  source.close()
  expect(answer).toMatchObject({ ok: false, failure: { class: 'stalled', code: 'timeout' } })
})
