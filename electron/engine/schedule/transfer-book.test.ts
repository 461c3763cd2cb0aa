/** What the book hands out, and to whom. */
import { describe, expect, it, test } from 'vitest'
import type { FetchTask } from '../engine-ports.ts'
import { allowance, createBook, done, MIB, settleMicrotasks, take } from './testing/book-in-memory.ts'

it('small objects begin without a wait, and only as many as the connections need', () => {
  const { book, table } = createBook(Array(100).fill(1000), { whole: true, atOnce: true })
  const task = book.next(1, allowance)
  expect(task?.range).toEqual({ start: 0, end: 1000 })
  expect(book.counts()).toMatchObject({ open: 2 * allowance.connections, waiting: 100 - 2 * allowance.connections })
  book.settle(done(task as FetchTask, 1))
  expect(table.state(0)).toBe('done')
})

it('a small object whose worker was just done with it when the job was stopped has landed', async () => {
  const { book, table, closed, landedSpans } = createBook([1000, 1000], { whole: true, atOnce: true })
  const [first, second] = [book.next(1, allowance) as FetchTask, book.next(2, allowance) as FetchTask]
  const stopped = book.stop()
  await settleMicrotasks()
  expect(closed).toEqual([1, 2])
  book.settle(done(first, 1))
  book.settle(done(second, 2, 0, { class: 'cancelled' }))
  await stopped
  expect([table.state(0), table.state(1)]).toEqual(['done', 'active'])
  expect([...landedSpans]).toEqual([[0, [[0, 1000]]]])
})

it('an object that was being begun when the job was stopped is closed before the book is', async () => {
  const beginning = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const { book } = createBook([MIB], { begun: beginning.promise, abandoned: closing.promise })
  expect(book.next(1, allowance)).toBeUndefined()
  let isStopped = false
  const stopped = book.stop().then(() => {
    isStopped = true
  })
  beginning.resolve()
  await settleMicrotasks()
  expect(isStopped).toBe(false)
  closing.resolve()
  await stopped
})

it('where ranges are ignored, one connection takes all of the object', async () => {
  const { book } = createBook([3 * MIB])
  const first = (await take(book, 1)) as FetchTask
  const second = (await take(book, 2)) as FetchTask
  book.settle(done(second, 2, second.range.start, { class: 'protocol', code: 'range-ignored' }))
  book.settle(done(first, 1, 0, { class: 'cancelled' }))
  await settleMicrotasks()
  const whole = (await take(book, 1)) as FetchTask
  expect(whole).toMatchObject({ range: { start: 0, end: 3 * MIB }, acceptWhole: true })
  expect(await take(book, 2)).toBeUndefined()
})

it('the last range is shared with whoever is free, where its worker says', async () => {
  const { book, wishes, reached } = createBook([8 * MIB], { partSize: 8 * MIB })
  const first = (await take(book, 1)) as FetchTask
  reached.set(1, 2 * MIB)
  expect(await take(book, 2)).toBeUndefined()
  expect(wishes.get(1)).toBe('half')
  // It has come further than the book knew.
  book.noteShortened(first.taskId, 5 * MIB)
  const second = book.next(2, { ...allowance, connections: 16 }) as FetchTask
  expect(second.range).toEqual({ start: 5 * MIB, end: 8 * MIB })
  book.settle(done(first, 1, 5 * MIB))
  book.settle(done(second, 2))
  await settleMicrotasks()
  expect(book.isIdle()).toBe(true)
})

it('who keeps all of its range is asked again after a while, and never twice at once', async () => {
  const { book, wishes, reached, passTime } = createBook([8 * MIB], { partSize: 8 * MIB })
  const first = (await take(book, 1)) as FetchTask
  reached.set(1, 2 * MIB)
  const isAskedBy = (connectionId: number) => {
    wishes.clear()
    book.next(connectionId, allowance)
    return wishes.has(1)
  }
  expect([isAskedBy(2), isAskedBy(3)]).toEqual([true, false])
  book.noteShortened(first.taskId, 8 * MIB)
  expect(isAskedBy(3)).toBe(false)
  passTime(100)
  expect(isAskedBy(3)).toBe(true)
})

it('nothing is shared that has just been asked for, or is there before a second request would bring it', async () => {
  const { book, wishes, reached, passTime } = createBook([8 * MIB], { partSize: 8 * MIB })
  await take(book, 1)
  const isAsked = (seconds: number) => {
    book.next(2, { ...allowance, leastShareSeconds: () => seconds })
    return wishes.has(1)
  }
  passTime(100)
  expect(isAsked(0.2)).toBe(false)
  reached.set(1, MIB)
  expect(isAsked(8)).toBe(false)
  expect(isAsked(7)).toBe(true)
})

it('a hand-over leaves what is on its way, and gives the rest to the next', async () => {
  const { book, reached, wishes } = createBook([MIB])
  const task = (await take(book, 1)) as FetchTask
  reached.set(1, 1000)
  book.handOver(task.taskId, 500)
  expect(wishes.get(1)).toBe(500)
  book.noteShortened(task.taskId, 1500)
  expect(book.next(2, allowance)?.range).toEqual({ start: 1500, end: MIB })
})

test('what has failed and brings nothing is not handed over: its next failure counts', async () => {
  const { book, wishes } = createBook([MIB])
  const first = (await take(book, 1)) as FetchTask
  book.settle(done(first, 1, 0, { class: 'stalled' }))
  const again = (await take(book, 1)) as FetchTask
  expect(book.failuresOf(again.taskId)).toBe(1)
  book.handOver(again.taskId, 0)
  expect(wishes.get(1)).toBeUndefined()
  book.settle(done(again, 1, 0, { class: 'stalled' }))
  expect(book.failuresOf(((await take(book, 2)) as FetchTask).taskId)).toBe(2)
})

describe('while an object is verified', () => {
  it('the last range of another is still shared, and nothing else waits', async () => {
    let endVerifying = () => {}
    const verified = new Promise<void>((resolve) => {
      endVerifying = resolve
    })
    const { book, reached, wishes } = createBook([MIB, 64 * MIB], { partSize: 64 * MIB, verified })
    const first = (await take(book, 1)) as FetchTask
    const last = (await take(book, 2)) as FetchTask
    book.settle(done(first, 1))
    await settleMicrotasks()
    reached.set(2, 2 * MIB)
    expect(book.hasWaitingWork()).toBe(false)
    expect(book.next(1, allowance)).toBeUndefined()
    expect(wishes.get(2)).toBe('half')
    book.noteShortened(last.taskId, 33 * MIB)
    expect(book.next(1, allowance)).toMatchObject({ key: last.key, range: { start: 33 * MIB, end: 64 * MIB } })
    expect(book.isIdle()).toBe(false)
    endVerifying()
  })
})
