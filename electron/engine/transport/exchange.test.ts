import { expect, it } from 'vitest'
import type { FetchTask } from '../engine-ports.ts'
import { beginExchange, type Exchange, outcomeOf, redirect, redirectOf } from './exchange.ts'
import { MOST_REDIRECTS } from './redirect-within.ts'

const task: FetchTask = {
  taskId: 7,
  key: 'a b',
  range: { start: 100, end: 200 },
  objectSize: 300,
  etag: 'e',
  acceptWhole: false,
  file: { kind: 'open', fd: 3 },
}
const endpoint = {
  tls: false,
  hostname: 's3.lab',
  hostHeader: 's3.lab:9000',
  port: 9000,
  basePath: '/bucket/',
  region: 'r',
}

/** An exchange whose answer is a redirect. */
function redirected(location: string, times = 0): Exchange {
  const exchange = beginExchange(task, endpoint, 0)
  for (let time = 0; time < times; time++) redirect(exchange, exchange.path)
  exchange.head = { status: 307, headers: new Map([['location', location]]), keepAlive: true } as Exchange['head']
  return exchange
}

const rows: [sentence: string, exchange: Exchange, path: string | undefined][] = [
  ['within the host', redirected('/other/a%20b?x=1'), '/other/a%20b?x=1'],
  ['to another host, not', redirected('http://elsewhere.lab/a'), undefined],
  ['once more', redirected('/other', MOST_REDIRECTS - 1), '/other'],
  ['too often, not', redirected('/other', MOST_REDIRECTS), undefined],
]
it.each(rows)('a redirect is followed: %s', (_, exchange, path) => {
  expect(exchange.path).toBe('/bucket/a%20b')
  expect(redirectOf(exchange)).toBe(path)
})

it('what was not reached is never less than nothing', () => {
  const exchange = { ...beginExchange(task, endpoint, 0), reached: 50 }
  const outcome = outcomeOf(exchange, 1, { connectionEnds: true, sums: undefined, failure: undefined })
  expect(outcome).toEqual({
    taskId: 7,
    connectionId: 1,
    reached: 100,
    received: 0,
    firstByteMs: 0,
    connectionEnds: true,
  })
})
