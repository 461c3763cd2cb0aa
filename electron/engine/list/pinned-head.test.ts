import { expect, it } from 'vitest'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ObjectHead } from '../engine-ports.ts'
import { headPinned } from './pinned-head.ts'

const head = (etag: string, size = 100): Outcome<ObjectHead> =>
  success({ etag, size, lastModified: 0, checksums: {}, checksumType: '', partCount: 1 })
const denied = failed({ class: 'denied', httpStatus: 403 })

const rows: [what: string, answers: Outcome<ObjectHead>[], expected: string, asked: number][] = [
  ['the pinned object is found at once', [head('mine')], 'ok', 1],
  ['a copy with an ETag of its own has answered first', [head('copy'), head('copy'), head('mine')], 'ok', 3],
  ['only other ETags are answered: it is another object now', Array(9).fill(head('other')), 'changed', 6],
  ['another size is believed at once', [head('other', 101)], 'changed', 1],
  ['... under the same ETag too: the listing was wrong', [head('mine', 101)], 'changed', 1],
  ['a failure is handed on', [head('copy'), denied], 'denied', 2],
]
it.each(rows)('%s', async (_what, answers, expected, asked) => {
  let count = 0
  const source = { headObject: async () => answers[count++] as Outcome<ObjectHead> }
  const found = await headPinned(source, { key: 'k', size: 100, etag: 'mine' }, {}, new AbortController().signal)
  expect([found.ok ? 'ok' : found.failure.class, count]).toEqual([expected, asked])
})

it.each<[string, number, number, string]>([
  ['the listed time, but for parts of a second', 1_700_000_000_700, 1_700_000_000_000, 'ok'],
  ['another time', 1_700_000_000_000, 1_700_000_003_000, 'changed'],
  ['no time in the listing', 0, 1_700_000_000_000, 'ok'],
  ['no time in the HEAD', 1_700_000_000_000, 0, 'ok'],
])('without an ETag: %s', async (_what, lastModified, found, expected) => {
  const { value } = head('') as { value: ObjectHead }
  const source = { headObject: async () => success({ ...value, lastModified: found }) }
  const pinned = { key: 'k', size: 100, etag: '', lastModified }
  const answer = await headPinned(source, pinned, {}, new AbortController().signal)
  expect(answer.ok ? 'ok' : answer.failure.class).toBe(expected)
})

const SUM = 'd41d8cd98f00b204e9800998ecf8427e'
it('takes a sum in capitals for the same', async () => {
  const source = { headObject: async () => head(SUM.toUpperCase()) }
  const found = await headPinned(source, { key: 'k', size: 100, etag: SUM }, {}, new AbortController().signal)
  expect(found.ok).toBe(true)
})
