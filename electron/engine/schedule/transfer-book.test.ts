import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Failure, success } from '../../../shared/failure.ts'
import type { FetchTask } from '../engine-ports.ts'
import { createObjectTable } from '../plan/object-table.ts'
import { type RangeSum, usableSums } from '../verify/range-sums.ts'
import type { ObjectNews } from './object-endings.ts'
import { createOpenObject, type PrefixGroup } from './open-object.ts'
import { createTransferBook } from './transfer-book.ts'

const MIB = 1024 ** 2
const allowance = { connections: 4, listingComplete: true, areRequestsCounted: false, mayAsk: () => true }

/** A book whose folder is a list of what was asked of it, and whose connections are numbers that tests move. */
function createBook(
  sizes: number[],
  options: {
    whole?: boolean
    atOnce?: boolean
    partSize?: number
    verified?: Promise<void>
    isStill?: boolean
    isGone?: boolean
    begun?: Promise<void>
    abandoned?: Promise<void>
  } = {},
) {
  let now = 0
  let heardAt = 0
  const reached = new Map<number, number>()
  const ends = new Map<number, number>()
  const closed: number[] = []
  const news: ObjectNews[] = []
  const fatal: Failure[] = []
  const errors: string[] = []
  const looks: number[] = []
  const landedSpans = new Map<number, unknown>()
  /** What was summed of an object by those who fetched it. */
  const summed = new Map<number, RangeSum[]>()
  const table = createObjectTable((index) => book.liveBytes(index))
  const book = createTransferBook({
    table,
    partSize: options.partSize ?? MIB,
    now: () => now,
    retryAfterMs: (failure, { length, alone }) => {
      if (failure.class === 'stalled') return alone < 3 ? 0 : undefined
      return length > 3 && failure.class !== 'throttled' ? undefined : 100
    },
    heardAt: () => heardAt,
    landing: () => ({
      beginAtOnce: (index, group) => (options.atOnce ? openObject(index, group) : undefined),
      async begin(index, group) {
        await options.begun
        return success(openObject(index, group))
      },
      async land(object) {
        landedSpans.set(object.index, object.done)
        summed.set(object.index, usableSums(object.proof?.sums ?? []))
        await options.verified
        return success(undefined)
      },
      landed: (object) => void landedSpans.set(object.index, object.done),
      async keepPart(object) {
        object.file = { kind: 'open', fd: object.index }
        return success(undefined)
      },
      abandon: async () => options.abandoned,
      discard: async () => {},
      repin: async () => success(undefined),
      async isStill(index) {
        looks.push(index)
        return success(options.isStill ?? true)
      },
      explain: (failure) => (options.isGone ? { class: 'disk-gone', subject: 'dest' } : failure),
    }),
    connections: {
      reached: (connectionId) => reached.get(connectionId) ?? 0,
      bytesPerSecond: () => 1e6,
      thread: () => 0,
      shrink: (connectionId, end) => void ends.set(connectionId, end),
      close: (connectionId) => void closed.push(connectionId),
    },
    onObject: (item) => void news.push(item),
    onError: ({ attempt, action }) => void errors.push(`${action} ${attempt}`),
    onFatal: (failure) => void fatal.push(failure),
    onWork: () => {},
  })
  function openObject(index: number, group: PrefixGroup) {
    const file = options.whole
      ? { kind: 'whole' as const, partPath: 'p', finalPath: 'f', lastModified: 0 }
      : { kind: 'open' as const, fd: index }
    return createOpenObject(
      {
        ...{ index, key: table.key(index), size: table.size(index), etag: 'e', path: 'f', group, file },
        proof: { task: { kind: 'sum', algorithm: 'CRC32', cutEvery: 0 }, sums: [] },
      },
      [],
    )
  }
  for (const [index, size] of sizes.entries()) {
    table.add({ key: `a/${index}`, size, etag: 'e', lastModified: 0, storageClass: 'STANDARD' })
    book.addWaiting(index)
  }
  return {
    ...{ book, table, reached, ends, closed, news, fatal, errors, landedSpans, summed, looks },
    passTime: (milliseconds: number) => {
      now += milliseconds
    },
    hear: () => {
      heardAt = now
    },
  }
}

const settleMicrotasks = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The first ask makes the book open objects, which takes a turn of the loop. */
async function take(book: ReturnType<typeof createBook>['book'], connectionId: number): Promise<FetchTask | undefined> {
  const task = book.next(connectionId, allowance)
  if (task) return task
  await settleMicrotasks()
  return book.next(connectionId, allowance)
}

const done = (task: FetchTask, connectionId: number, reached = task.range.end, failure?: Failure) => ({
  ...{ taskId: task.taskId, connectionId, connectionEnds: false },
  ...{ reached, received: reached - task.range.start, firstByteMs: 1 },
  ...(failure ? { failure } : {}),
})

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
    const { book, news, table, passTime } = createBook([MIB, MIB])
    for (let attempt = 1; attempt <= 4; attempt++) {
      const task = (await take(book, 1)) as FetchTask
      expect(task.key).toBe('a/0')
      book.settle(done(task, 1, 0, { class: 'server-error' }))
      passTime(11_000)
    }
    await settleMicrotasks()
    expect(news).toEqual([{ kind: 'failed', index: 0, failure: { class: 'server-error' }, attempts: 4 }])
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
    const { book, news, table, passTime, hear } = createBook([MIB])
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
    expect(news).toEqual([{ kind: 'failed', index: 0, failure: { class: 'stalled' }, attempts: 53 }])
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
      const { book, fatal, news, table } = createBook([MIB], { isGone: true })
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 0, { class: name, code: 'ENOENT' }))
      await settleMicrotasks()
      expect(fatal).toEqual([{ class: 'disk-gone', subject: 'dest' }])
      expect(news).toEqual([])
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
    const { book, news, table } = createBook([MIB])
    for (let change = 1; change <= 3; change++) {
      const task = (await take(book, 1)) as FetchTask
      book.settle(done(task, 1, 10, { class: 'changed' }))
      await settleMicrotasks()
    }
    expect(news.map(({ kind }) => kind)).toEqual(['changed', 'changed', 'failed'])
    expect(table.state(0)).toBe('failed')
  })

  describe('by another ETag', () => {
    const other: Failure = { class: 'changed', code: 'etag-differs' }

    it('keeps what has been written where the object is still given as it was pinned', async () => {
      const { book, news, landedSpans, looks, passTime } = createBook([2 * MIB])
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
      expect(news.map(({ kind }) => kind)).toEqual(['landed'])
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
    const { book, news } = createBook([MIB, MIB])
    const refused = (await take(book, 1)) as FetchTask
    expect(refused.unconditional).toBeUndefined()
    book.settle(done(refused, 1, 0, { class: 'changed', httpStatus: 412 }))
    await settleMicrotasks()
    const tasks = [await take(book, 1), await take(book, 2)]
    expect(tasks.map((task) => task?.unconditional)).toEqual([true, true])
    expect(news).toEqual([])
  })
})

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

it('the last range is shared with whoever is free', async () => {
  const { book, ends, reached } = createBook([8 * MIB], { partSize: 8 * MIB })
  const first = (await take(book, 1)) as FetchTask
  reached.set(1, 2 * MIB)
  const second = (await take(book, 2)) as FetchTask
  expect(second.range).toEqual({ start: 5 * MIB, end: 8 * MIB })
  expect(ends.get(1)).toBe(5 * MIB)
  book.settle(done(first, 1, 5 * MIB))
  book.settle(done(second, 2))
  await settleMicrotasks()
  expect(book.isIdle()).toBe(true)
})

it('a hand-over leaves what is on its way, and gives the rest to the next', async () => {
  const { book, reached, ends } = createBook([MIB])
  const task = (await take(book, 1)) as FetchTask
  reached.set(1, 1000)
  book.handOver(task.taskId, 500)
  expect(ends.get(1)).toBe(1500)
  expect(book.next(2, allowance)?.range).toEqual({ start: 1500, end: MIB })
})

test('what has failed and brings nothing is not handed over: its next failure counts', async () => {
  const { book, ends } = createBook([MIB])
  const first = (await take(book, 1)) as FetchTask
  book.settle(done(first, 1, 0, { class: 'stalled' }))
  const again = (await take(book, 1)) as FetchTask
  expect(book.failuresOf(again.taskId)).toBe(1)
  book.handOver(again.taskId, 0)
  expect(ends.get(1)).toBeUndefined()
  book.settle(done(again, 1, 0, { class: 'stalled' }))
  expect(book.failuresOf(((await take(book, 2)) as FetchTask).taskId)).toBe(2)
})

describe('while an object is verified', () => {
  it('the last range of another is still shared, and nothing else waits', async () => {
    let endVerifying = () => {}
    const verified = new Promise<void>((resolve) => {
      endVerifying = resolve
    })
    const { book, reached, ends } = createBook([MIB, 64 * MIB], { partSize: 64 * MIB, verified })
    const first = (await take(book, 1)) as FetchTask
    const last = (await take(book, 2)) as FetchTask
    book.settle(done(first, 1))
    await settleMicrotasks()
    reached.set(2, 2 * MIB)
    expect(book.hasWaitingWork()).toBe(false)
    const shared = book.next(1, allowance)
    expect(shared?.key).toBe(last.key)
    expect(shared?.range.end).toBe(64 * MIB)
    expect(ends.get(2)).toBe(shared?.range.start)
    expect(book.isIdle()).toBe(false)
    endVerifying()
  })
})

describe('whatever happens, in whatever order', () => {
  const connection = fc.integer({ min: 1, max: 3 })
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('take' as const), connection }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        connection,
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        failure: fc.option(fc.constantFrom<Failure['class']>('reset', 'stalled', 'cancelled', 'throttled'), {
          nil: undefined,
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('handOver' as const),
        connection,
        grace: fc.nat(5000),
      }),
    },
  )

  it('every byte is fetched once and summed once, and every object lands whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 * MIB }), { minLength: 2, maxLength: 6 }),
        fc.array(step, { minLength: 60, maxLength: 120 }),
        fc.boolean(),
        fc.boolean(),
        async (sizes, steps, whole, atOnce) => {
          // Nothing to fetch of an empty object: the real landing begins it in steps.
          const world = createBook(sizes, { whole, atOnce: atOnce && !sizes.includes(0) })
          const { book, reached, ends } = world
          const running = new Map<number, FetchTask>()
          const written = sizes.map((size) => new Uint8Array(size))

          const write = (task: FetchTask, to: number) => {
            const bytes = written[Number(task.key.slice(2))] as Uint8Array
            for (let at = task.range.start; at < to; at++) bytes[at] = (bytes[at] as number) + 1
          }
          const end = (connectionId: number, share: number, failure?: Failure['class']) => {
            const task = running.get(connectionId)
            if (!task) return
            const stop = Math.min(task.range.end, ends.get(connectionId) ?? task.range.end)
            const least = Math.max(task.range.start, reached.get(connectionId) ?? 0)
            const to = failure ? least + Math.floor(share * (stop - least)) : stop
            // A small object that could not be finished is begun again in its own file.
            write(task, to)
            running.delete(connectionId)
            reached.delete(connectionId)
            ends.delete(connectionId)
            const sums = [{ start: task.range.start, end: to, digest: new Uint8Array() }]
            book.settle({ ...done(task, connectionId, to, failure ? { class: failure } : undefined), sums })
          }

          for (const action of steps) {
            if (action.kind === 'take' && !running.has(action.connection)) {
              const task = book.next(action.connection, allowance)
              if (task) running.set(action.connection, task)
            } else if (action.kind === 'end') end(action.connection, action.share, action.failure)
            else if (action.kind === 'handOver') {
              const task = running.get(action.connection)
              if (!task) continue
              // It has got somewhere in the meantime.
              const furthest = Math.min(task.range.start + action.grace, ends.get(action.connection) ?? task.range.end)
              reached.set(action.connection, Math.max(reached.get(action.connection) ?? 0, furthest))
              book.handOver(task.taskId, action.grace)
            }
            await settleMicrotasks()
            world.passTime(100)
          }
          // From here on all goes well.
          for (let round = 0; round < 200 && !book.isIdle(); round++) {
            for (const connectionId of [...running.keys()]) end(connectionId, 1)
            await settleMicrotasks()
            world.passTime(100)
            const task = book.next(1, allowance)
            if (task) running.set(1, task)
          }
          expect(book.isIdle()).toBe(true)
          for (const [index, bytes] of written.entries()) {
            if (world.table.state(index) === 'failed') continue
            expect(world.table.state(index)).toBe('done')
            expect(bytes.every((count) => count === 1)).toBe(true)
            const sums = world.summed.get(index)
            if (sums) expect(sums.reduce((at, { start, end }) => (start === at ? end : -1), 0)).toBe(bytes.length)
          }
          expect(book.bytesDone()).toBe(
            sizes.reduce((sum, size, index) => sum + (world.table.state(index) === 'done' ? size : 0), 0),
          )
        },
      ),
      { numRuns: 20 },
    )
  })
})
