import { expect, test } from 'vitest'
import { failed, type Outcome } from '../../../shared/failure.ts'
import type { ObjectHead } from '../engine-ports.ts'
import { patientHeads } from './patient-heads.ts'

const head: Outcome<ObjectHead> = {
  ok: true,
  value: { size: 1, etag: 'e', lastModified: 0, checksums: {}, checksumType: '', partCount: 1 },
}

/** What is told in the end, and how long was waited before each further attempt. */
async function ask(
  answers: Outcome<ObjectHead>[],
  signal = new AbortController().signal,
  options: { etag?: string; partNumber?: number } = {},
) {
  const waited: number[] = []
  const source = patientHeads({
    source: { headObject: async () => answers.shift() ?? head },
    retryAfterMs: ({ class: name }, { length }) => (name === 'missing' ? undefined : length * 100),
    othersAnsweredAt: () => 0,
    now: () => 0,
    sleep: async (milliseconds) => void waited.push(milliseconds),
  })
  return { told: await source.headObject('k', options, signal), waited }
}

test.each<[string, Outcome<ObjectHead>[], Outcome<ObjectHead>, number[]]>([
  ['an answer is taken', [head], head, []],
  ['trouble on the way is waited out', [failed({ class: 'throttled' }), failed({ class: 'reset' })], head, [100, 200]],
  ['what waiting does not mend is told', [failed({ class: 'missing' })], failed({ class: 'missing' }), []],
])('%s', async (_title, answers, told, waited) => {
  expect(await ask([...answers])).toEqual({ told, waited })
})

test("a network's own page is no head of an object that has an ETag", async () => {
  const page: Outcome<ObjectHead> = { ok: true, value: { ...head.value, size: 617, etag: '' } }
  const { signal } = new AbortController()
  expect(await ask([page, page], signal, { etag: 'e' })).toEqual({ told: head, waited: [100, 200] })
  expect(await ask([page], signal)).toEqual({ told: page, waited: [] })
})

test('a service that knows no parts of objects is asked for one once', async () => {
  const failure = failed({ class: 'protocol', code: 'HTTP 405', httpStatus: 405 })
  const { signal } = new AbortController()
  expect(await ask([failure], signal, { partNumber: 1 })).toEqual({ told: failure, waited: [] })
  expect(await ask([failure], signal)).toEqual({ told: head, waited: [100] })
})

test('a job that is over asks no more', async () => {
  const failure = failed({ class: 'throttled' })
  expect(await ask([failure], AbortSignal.abort())).toEqual({ told: failure, waited: [] })
})
