import { expect, it } from 'vitest'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ListedObject, ListPage } from '../engine-ports.ts'
import { listObjects } from './list-objects.ts'

const object = (key: string): ListedObject => ({ key, size: 1, etag: 'e', lastModified: 0, storageClass: 'STANDARD' })
const throttled: Failure = { class: 'throttled' }

/** Answers in turn; what was asked for, what came, how long was waited. */
async function list(
  answers: Outcome<ListPage>[],
  options: { giveUpAfter?: number; abortAfterPages?: number; enoughAfterPages?: number } = {},
) {
  const asked: (string | undefined)[] = []
  const pages: string[][] = []
  const slept: number[] = []
  const stop = new AbortController()
  const outcome = await listObjects({
    prefix: 'a/',
    signal: stop.signal,
    source: {
      async listPage({ continuation }) {
        asked.push(continuation)
        return answers[asked.length - 1] ?? failed({ class: 'protocol', code: 'asked too often' })
      },
    },
    retryAfterMs: (_failure, attempts) => (attempts > (options.giveUpAfter ?? 9) ? undefined : attempts * 10),
    sleep: async (milliseconds) => void slept.push(milliseconds),
    async onPage(objects) {
      // A slow reader: the next page must not be asked for before this one is done with.
      await new Promise((resolve) => setImmediate(resolve))
      pages.push(objects.map(({ key }) => key))
      expect(asked.length).toBe(pages.length + slept.length)
      if (pages.length === options.abortAfterPages) stop.abort()
    },
    isEnough: () => pages.length === options.enoughAfterPages,
  })
  return { outcome, asked, pages, slept }
}

const page = (keys: string[], continuation?: string): Outcome<ListPage> =>
  success({ objects: keys.map(object), prefixes: [], ...(continuation ? { continuation } : {}) })

it('hands on page by page, and asks for the next one only then', async () => {
  const { outcome, asked, pages } = await list([page(['1', '2'], 'x'), page([], 'y'), page(['3'])])
  expect(outcome).toEqual(success(undefined))
  expect(asked).toEqual([undefined, 'x', 'y'])
  expect(pages).toEqual([['1', '2'], [], ['3']])
})

it('asks again for the page that failed, and counts attempts of each page alone', async () => {
  const answers = [
    page(['1'], 'x'),
    failed(throttled),
    failed(throttled),
    page(['2'], 'y'),
    failed(throttled),
    page(['3']),
  ]
  const { pages, asked, slept } = await list(answers)
  expect(pages).toEqual([['1'], ['2'], ['3']])
  expect(asked).toEqual([undefined, 'x', 'x', 'x', 'y', 'y'])
  expect(slept).toEqual([10, 20, 10])
})

it('ends with the failure when there is no use in asking again', async () => {
  const { outcome, pages } = await list([page(['1'], 'x'), failed(throttled), failed(throttled)], { giveUpAfter: 1 })
  expect(outcome).toEqual(failed(throttled))
  expect(pages).toEqual([['1']])
})

it('asks for nothing behind the page that is enough', async () => {
  const { outcome, asked } = await list([page(['1'], 'x'), page(['2'])], { enoughAfterPages: 1 })
  expect(outcome).toEqual(success(undefined))
  expect(asked).toHaveLength(1)
})

it('ends between two pages when it is told to', async () => {
  const { outcome, asked } = await list([page(['1'], 'x'), page(['2'])], { abortAfterPages: 1 })
  expect(outcome).toEqual(failed({ class: 'cancelled' }))
  expect(asked).toHaveLength(1)
})
