/** What the book does with a task that has failed. */
import { describe, expect, it } from 'vitest'
import { type Failure, TOO_LONG } from '../../../shared/failure.ts'
import type { FetchTask } from '../engine-ports.ts'
import { allowance, createBook, done, MIB, settleMicrotasks, take } from './testing/book-in-memory.ts'

describe('a failure', () => {
  it('gives back what is missing, and asks for it no earlier than its delay', async () => {
    const { book, passTime } = createBook([MIB])
    const task = (await take(book, 1)) as FetchTask
    book.settle(done(task, 1, 300, { class: 'reset' }))
    expect(book.next(1, allowance)).toBeUndefined()
    passTime(100)
    expect(book.next(1, allowance)?.range).toEqual({ start: 300, end: MIB })
  })

  it('that brings no byte counts; after the last attempt the object fails by name, and the others go on', async () => {
    const { book, events, table, passTime } = createBook([MIB, MIB])
    for (let attempt = 1; attempt <= 4; attempt++) {
      const task = (await take(book, 1)) as FetchTask
      expect(task.key).toBe('a/0')
      book.settle(done(task, 1, 0, { class: 'server-error' }))
      passTime(11_000)
    }
    await settleMicrotasks()
    expect(events).toEqual([{ kind: 'failed', index: 0, failure: { class: 'server-error' }, attempts: 4 }])
    expect(table.state(0)).toBe('failed')
    expect((await take(book, 1))?.key).toBe('a/1')
  })

  it('is all that is left when nothing fresh waits, and nothing that is under way brings bytes', async () => {
    const { book, reached, passTime } = createBook([MIB, MIB])
    const [first, second] = [(await take(book, 1)) as FetchTask, (await take(book, 2)) as FetchTask]
    book.settle(done(second, 2, 0, { class: 'server-error' }))
    expect(book.isLeftWithFailures()).toBe(false)
    book.settle(done(first, 1))
    await settleMicrotasks()
    expect(book.isLeftWithFailures()).toBe(true)
    expect(book.landed()).toEqual({ key: 'a/0', etag: 'e' })
    passTime(100)
    await take(book, 2)
    expect(book.isLeftWithFailures()).toBe(true)
    reached.set(2, 1)
    expect(book.isLeftWithFailures()).toBe(false)
  })

  it('lets others go first when it comes again; after eight alone the object is asked for one range at a time', async () => {
    const { book, passTime, hear } = createBook([3 * MIB, MIB, MIB])
    const fail = async (task: FetchTask | undefined, connectionId: number) => {
      passTime(10)
      hear()
      passTime(10)
      if (task) book.settle(done(task, connectionId, task.range.start, { class: 'throttled' }))
      await settleMicrotasks()
      passTime(100)
    }
    const [first, second] = [await take(book, 1), await take(book, 2)]
    expect([first?.key, second?.key]).toEqual(['a/0', 'a/0'])
    await fail(first, 1)
    // What was under way together with it is no further failure.
    await fail(second, 2)
    const third = await take(book, 1)
    expect(third?.key).toBe('a/0')
    await fail(third, 1)
    expect([(await take(book, 1))?.key, (await take(book, 2))?.key]).toEqual(['a/1', 'a/2'])

    const seen = []
    for (let alone = 1; alone <= 8; alone++) {
      passTime(10_000)
      const task = (await take(book, 3)) as FetchTask
      expect(task.key).toBe('a/0')
      seen.push([alone, book.isRefusedForItself(task.taskId), book.isDoubtful(task.taskId)])
      if (alone < 8) await fail(task, 3)
      else {
        expect(book.next(4, allowance)?.key).not.toBe('a/0')
        book.settle(done(task, 3, task.range.start + 1, { class: 'throttled' }))
      }
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((alone) => [alone, alone >= 2, alone === 8]))
    passTime(100)
    expect(book.isDoubtful(((await take(book, 3)) as FetchTask).taskId)).toBe(false)
  })

  it('counts against its object while others are heard, and not while nobody is', async () => {
    const { book, events, table, passTime, hear } = createBook([MIB])
    const fail = async (times: number, isHeard: boolean) => {
      for (let attempt = 0; attempt < times; attempt++) {
        const task = (await take(book, 1)) as FetchTask
        passTime(100)
        if (isHeard) hear()
        passTime(100)
        book.settle(done(task, 1, 0, { class: 'stalled' }))
        await settleMicrotasks()
      }
    }
    await fail(50, false)
    expect(table.state(0)).toBe('active')
    await fail(3, true)
    expect(table.state(0)).toBe('failed')
    expect(events).toEqual([{ kind: 'failed', index: 0, failure: { class: 'stalled' }, attempts: 53 }])
  })

  it('of ours neither counts nor makes the earlier ones forgotten', async () => {
    const { book, table, passTime } = createBook([MIB])
    for (const name of ['reset', 'cancelled', 'reset', 'cancelled', 'reset', 'cancelled', 'reset'] as const) {
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 0, { class: name }))
      passTime(100)
    }
    await settleMicrotasks()
    expect(table.state(0)).toBe('failed')
  })

  it('of ours costs no attempt and no wait', async () => {
    const { book } = createBook([MIB])
    const task = (await take(book, 1)) as FetchTask
    book.settle(done(task, 1, 5, { class: 'cancelled' }))
    expect(book.next(1, allowance)?.range).toEqual({ start: 5, end: MIB })
    expect(book.counts().retries).toBe(0)
  })

  it('is none when the server closes between two answers; twice in a row, without an answer, it is', async () => {
    const { book, errors, passTime } = createBook([MIB])
    for (const [retries, told] of [
      [0, []],
      [1, ['retry 2']],
    ] as const) {
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 0, { class: 'reset', code: 'closed-before-answer' }))
      passTime(100)
      expect(book.counts().retries).toBe(retries)
      expect(errors).toEqual(told)
    }
  })

  it.each(['denied', 'archived'] as const)("%s is the object's own: asking again brings nothing", async (name) => {
    const { book, table } = createBook([MIB])
    const task = (await take(book, 1)) as FetchTask
    book.settle(done(task, 1, 0, { class: name }))
    await settleMicrotasks()
    expect(table.state(0)).toBe('failed')
  })

  it.each(['disk-full', 'disk-denied'] as const)('%s ends the job', async (name) => {
    const { book, fatal } = createBook([MIB])
    const task = (await take(book, 1)) as FetchTask
    book.settle(done(task, 1, 0, { class: name }))
    expect(fatal).toEqual([{ class: name }])
  })

  it.each(['disk', 'unsafe-path'] as const)(
    '%s is no fault of the object where the folder is gone: it waits',
    async (name) => {
      const { book, fatal, events, table } = createBook([MIB], { isGone: true })
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 0, { class: name, code: 'ENOENT' }))
      await settleMicrotasks()
      expect(fatal).toEqual([{ class: 'disk-gone', subject: 'dest' }])
      expect(events).toEqual([])
      expect(table.state(0)).toBe('waiting')
    },
  )

  it('after the last byte loses nothing: the object lands', async () => {
    const { book, table } = createBook([MIB])
    const task = (await take(book, 1)) as FetchTask
    book.settle(done(task, 1, MIB, { class: 'reset' }))
    await settleMicrotasks()
    expect(table.state(0)).toBe('done')
  })

  it('of a changed object begins it anew, twice at most', async () => {
    const { book, events, table } = createBook([MIB])
    for (let change = 1; change <= 3; change++) {
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 10, { class: 'changed' }))
      await settleMicrotasks()
    }
    expect(events.map(({ kind }) => kind)).toEqual(['changed', 'changed', 'failed'])
    expect(table.state(0)).toBe('failed')
  })

  it.each<[sentence: string, isStill: boolean, ranges: object[], events: string[]]>([
    ['S3 calls it what it was: it is asked for again', true, [{ start: 300, end: MIB }], []],
    ['S3 calls it another one as well: it begins anew', false, [{ start: 0, end: MIB }], ['changed']],
  ])('by another size, and %s', async (_sentence, isStill, ranges, told) => {
    const { book, table, events, passTime, looks } = createBook([MIB], { isStill })
    const first = (await take(book, 1)) as FetchTask
    book.settle(done(first, 1, 300, { class: 'reset' }))
    passTime(100)
    const task = (await take(book, 1)) as FetchTask
    if (!isStill) table.repin(0, 'e2', MIB, 0)
    book.settle(done(task, 1, 300, { class: 'changed', code: 'size-differs' }))
    for (let turn = 0; turn < 5; turn++) await settleMicrotasks()
    passTime(100)
    expect(looks).toEqual([0])
    expect([(await take(book, 1))?.range]).toEqual(ranges)
    expect(events.map(({ kind }) => kind)).toEqual(told)
  })

  it('by too many bytes: the journal forgets them, the rest stays, and after three times it fails', async () => {
    const { book, table, takenBack, passTime } = createBook([2 * MIB])
    book.settle(done((await take(book, 1)) as FetchTask, 1))
    for (let times = 1; times <= 3; times++) {
      const task = (await take(book, 1)) as FetchTask
      expect(task.range).toEqual({ start: MIB, end: 2 * MIB })
      book.settle(done(task, 1, MIB, { class: 'protocol', code: TOO_LONG }))
      for (let turn = 0; turn < 5; turn++) await settleMicrotasks()
      passTime(100)
    }
    expect(takenBack).toEqual(Array(3).fill([[0, MIB]]))
    expect(table.state(0)).toBe('failed')
  })

  describe('by another ETag', () => {
    const other: Failure = { class: 'changed', code: 'etag-differs' }

    it('keeps what has been written where the object is still given as it was pinned', async () => {
      const { book, events, landedSpans, looks, passTime } = createBook([2 * MIB])
      const first = (await take(book, 1)) as FetchTask
      book.settle(done(first, 1))
      for (let times = 1; times <= 7; times++) {
        const task = (await take(book, 1)) as FetchTask
        expect(task.range).toEqual({ start: MIB, end: 2 * MIB })
        book.settle(done(task, 1, MIB, other))
        await settleMicrotasks()
        passTime(1000)
      }
      book.settle(done((await take(book, 1)) as FetchTask, 1))
      await settleMicrotasks()
      expect(landedSpans.get(0)).toEqual([[0, 2 * MIB]])
      expect(looks).toEqual([])
      expect(events.map(({ kind }) => kind)).toEqual(['landed'])
    })

    it('begins it anew where it is not, and fails where it never comes', async () => {
      for (const [isStill, tasks] of [
        [false, 24],
        [true, 24],
      ] as const) {
        const { book, table, passTime } = createBook([2 * MIB], { isStill })
        book.settle(done((await take(book, 1)) as FetchTask, 1))
        let asked = 0
        while (table.state(0) !== 'failed' && asked < 200) {
          passTime(1000)
          const task = await take(book, 1)
          if (!task) continue
          asked++
          book.settle(done(task, 1, task.range.start, other))
          await settleMicrotasks()
        }
        expect(asked).toBeGreaterThanOrEqual(3)
        expect(asked).toBeLessThanOrEqual(tasks)
      }
    })
  })

  it('of the condition of one object alone has that one asked for without it', async () => {
    const { book, looks, table, passTime } = createBook([2 * MIB])
    book.settle(done((await take(book, 1)) as FetchTask, 1))
    for (let times = 1; times <= 8; times++) {
      const task = (await take(book, 1)) as FetchTask
      expect(task.unconditional).toBeUndefined()
      book.settle(done(task, 1, MIB, { class: 'changed', httpStatus: 412 }))
      await settleMicrotasks()
      passTime(1000)
    }
    expect(looks).toEqual([0])
    expect((await take(book, 1))?.unconditional).toBe(true)
    // Others, and what the object is if it is begun anew, go on as before.
    book.addWaiting(table.add({ key: 'b', size: 1, etag: 'f', lastModified: 0, storageClass: 'STANDARD' }))
    const another = await take(book, 2)
    expect(another?.key).toBe('b')
    expect(another?.unconditional).toBeUndefined()
  })

  it('of the condition alone has all further objects asked for without one', async () => {
    const { book, events } = createBook([MIB, MIB])
    const refused = (await take(book, 1)) as FetchTask
    expect(refused.unconditional).toBeUndefined()
    book.settle(done(refused, 1, 0, { class: 'changed', httpStatus: 412 }))
    await settleMicrotasks()
    const tasks = [await take(book, 1), await take(book, 2)]
    expect(tasks.map((task) => task?.unconditional)).toEqual([true, true])
    expect(events).toEqual([])
  })
})
