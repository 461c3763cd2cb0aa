import { expect, test } from 'vitest'
import { createHostResolver } from './resolve-host.ts'

test.each([
  ['a fraction of a millisecond', 0.0005],
  ['a fraction beside whole ones', 1.2345],
  ['longer than a timer lasts', 1e9],
])('patience of %s with the servers is no mistake', async (_name, timeoutSeconds) => {
  const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
  const resolver = createHostResolver({ clock, fixed: { 's3.example': ['192.0.2.1'] }, timeoutSeconds })
  expect(await resolver.resolve('s3.example', AbortSignal.timeout(1000))).toMatchObject({ ok: true })
})
