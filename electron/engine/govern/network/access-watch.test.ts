import { expect, it } from 'vitest'
import { type Failure, failed, type Outcome, success } from '../../../../shared/failure.ts'
import { createAccessWatch, isRefusal } from './access-watch.ts'

const DENIED: Failure = { class: 'denied', code: 'AccessDenied', httpStatus: 403 }
const given: Outcome<void> = success(undefined)
const denied: Outcome<void> = failed(DENIED)

type Bucket = {
  /** What has landed. */
  landed?: string
  /** What is answered for each key that is asked for. */
  answers?: Record<string, Outcome<void>>
}

function createWatch({ landed, answers = {} }: Bucket) {
  const fatal: Failure[] = []
  const asked: string[] = []
  let renewed = 0
  let now = 1000
  const watch = createAccessWatch({
    now: () => now,
    bucket: 'era5',
    book: {
      landed: () => (landed === undefined ? undefined : { key: landed, etag: 'e' }),
      someWaiting: (count) =>
        Object.keys(answers)
          .slice(0, count)
          .map((key) => ({ key, etag: 'e' })),
    },
    source: {
      async tryObject({ key }) {
        asked.push(key)
        return answers[key] ?? denied
      },
    },
    async renewKeys() {
      renewed++
    },
    onWithdrawn: (failure) => void fatal.push(failure),
  })
  return {
    watch,
    fatal,
    asked,
    renewed: () => renewed,
    passTime: (milliseconds: number) => {
      now += milliseconds
    },
    async deny(times: number, connections = 16, failure = DENIED) {
      for (let each = 0; each < times; each++) watch.noteRefused(failure, connections)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

it('what was given before is denied as well, with fresh keys too: the permission is gone', async () => {
  const { deny, fatal, asked, renewed } = createWatch({ landed: 'a.nc' })
  await deny(16)
  expect(asked).toEqual([])
  await deny(1)
  expect([asked, renewed()]).toEqual([['a.nc'], 1])
  expect(fatal).toEqual([{ ...DENIED, code: 'access-withdrawn', subject: 'era5' }])
})

it.each<[sentence: string, answer: Outcome<void>]>([
  ['it is given still: the others are denied one by one', given],
  ['it cannot be asked for: nothing is known', failed({ class: 'connect', code: 'ECONNREFUSED' })],
])('%s, and the next question waits for twice as many', async (_sentence, answer) => {
  const { deny, fatal, asked } = createWatch({ landed: 'a.nc', answers: { 'a.nc': answer } })
  await deny(17)
  await deny(32)
  expect([fatal, asked.length]).toEqual([[], 1])
  await deny(1)
  expect([fatal, asked.length]).toEqual([[], 2])
})

it('one that is granted among them shows that the permission is there', async () => {
  const { watch, deny, asked } = createWatch({ landed: 'a.nc' })
  for (let each = 0; each < 10; each++) {
    await deny(10)
    watch.noteAccepted(2000)
  }
  expect(asked).toEqual([])
})

it('... but none that was sent before they were denied', async () => {
  const { watch, deny, fatal } = createWatch({ landed: 'a.nc' })
  await deny(10)
  watch.noteAccepted(500)
  await deny(10)
  expect(fatal).toHaveLength(1)
})

it('nothing has ever been given: after very many, some of all objects are asked for', async () => {
  const { deny, fatal, asked } = createWatch({ answers: { a: denied, b: denied, c: denied } })
  await deny(1000)
  expect(asked).toEqual([])
  await deny(1)
  expect(asked).toEqual(['a', 'b', 'c'])
  expect(fatal).toEqual([{ ...DENIED, subject: 'era5' }])
})

it('... and where one of them is given, all are asked for by name', async () => {
  const { deny, fatal } = createWatch({ answers: { a: denied, b: given, c: denied } })
  await deny(1001)
  expect(fatal).toEqual([])
})

const BAD_REQUEST: Failure = { class: 'protocol', code: 'BadRequest', httpStatus: 400 }

it('a service that refuses all of them in words of its own, and not for a moment, denies access', async () => {
  const refused = failed(BAD_REQUEST)
  const { deny, fatal, asked, passTime } = createWatch({ answers: { a: refused, b: refused } })
  await deny(1001, 16, BAD_REQUEST)
  expect(asked).toEqual([])
  passTime(30_000)
  await deny(1, 16, BAD_REQUEST)
  expect(fatal).toEqual([{ ...BAD_REQUEST, class: 'denied', subject: 'era5' }])
})

it('... and one that has given before is waited for', async () => {
  const { deny, asked, passTime } = createWatch({ landed: 'a.nc' })
  await deny(1, 16, BAD_REQUEST)
  passTime(30_000)
  await deny(2000, 16, BAD_REQUEST)
  expect(asked).toEqual([])
})

it.each<[string, Failure, boolean]>([
  ['access that is denied', DENIED, true],
  ['a request that is bad', BAD_REQUEST, true],
  ['an answer that is none', { class: 'protocol', code: 'bad-http' }, false],
  ['a service that fails', { class: 'server-error', httpStatus: 500 }, false],
  ['an object that is gone', { class: 'missing', httpStatus: 404 }, false],
])('%s: a refusal or not', (_, failure, expected) => expect(isRefusal(failure)).toBe(expected))
