import { expect, test } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import { chooseNextTry, type NextTry } from './choose-next-try.ts'

const network: Failure = { class: 'connect', code: 'network-gone' }
const byUser = { vainTries: 0 }
const byItself = (vainTries: number) => ({ cause: 'outage', vainTries })

const rows: [string, Failure | undefined, bytesFetched: number, Parameters<typeof chooseNextTry>[1], NextTry?][] = [
  ['the network is gone: in a minute', network, 9, byUser, { cause: 'outage', vainTries: 0, afterMs: 60_000 }],
  ['DNS is, too', { class: 'dns' }, 9, byUser, { cause: 'outage', vainTries: 0, afterMs: 60_000 }],
  ['it has never worked: that is for its user', network, 0, byUser],
  ['a try in vain: twice as long', network, 0, byItself(0), { cause: 'outage', vainTries: 1, afterMs: 120_000 }],
  ['a night of them', network, 0, byItself(9), { cause: 'outage', vainTries: 10, afterMs: 600_000 }],
  ['it has worked for a while', network, 9, byItself(9), { cause: 'outage', vainTries: 0, afterMs: 60_000 }],
  [
    'no network yet after the restart of the machine',
    { class: 'dns' },
    0,
    { cause: 'restart', vainTries: 0 },
    { cause: 'outage', vainTries: 1, afterMs: 120_000 },
  ],
  ['the drive is gone', { class: 'disk-gone' }, 9, byUser, { cause: 'drive', vainTries: 0 }],
  [
    'a network that wants a login',
    { class: 'protocol', code: 'no-etag' },
    9,
    byUser,
    { cause: 'outage', vainTries: 0, afterMs: 60_000 },
  ],
  ['a mistake of ours', { class: 'protocol', code: 'internal' }, 9, byUser],
  ['the disk is full', { class: 'disk-full' }, 9, byUser],
  ['the keys have run out', { class: 'credentials' }, 9, byItself(0)],
  ['objects have failed by name', undefined, 9, byUser],
]
test.each(rows)('%s', (_, failure, bytesFetched, run, expected) => {
  const summary = { status: 'failed' as const, bytesFetched, ...(failure ? { failure } : {}) }
  expect(chooseNextTry(summary, run)).toEqual(expected)
})

test('what its user has stopped stays stopped', () => {
  expect(chooseNextTry({ status: 'interrupted', failure: network, bytesFetched: 9 }, byUser)).toBeUndefined()
})
