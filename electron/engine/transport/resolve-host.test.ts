import { expect, test } from 'vitest'
import { createHostResolver } from './resolve-host.ts'

test('a name below localhost is this machine, whether the operating system knows it or not', async () => {
  const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
  const resolver = createHostResolver({ clock, fixed: {}, dnsServer: '127.0.0.1:9', timeoutSeconds: 1 })
  const found = await resolver.resolve('my-bucket.localhost', AbortSignal.timeout(5000))
  expect(found).toMatchObject({ ok: true, value: { addresses: ['127.0.0.1'] } })
})

test.each([
  ['a fraction of a millisecond', 0.0005],
  ['a fraction beside whole ones', 1.2345],
  ['longer than a timer lasts', 1e9],
])('patience of %s with the servers is no mistake', async (_name, timeoutSeconds) => {
  const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
  const resolver = createHostResolver({ clock, fixed: { 's3.example': ['192.0.2.1'] }, timeoutSeconds })
  expect(await resolver.resolve('s3.example', AbortSignal.timeout(1000))).toMatchObject({ ok: true })
})
