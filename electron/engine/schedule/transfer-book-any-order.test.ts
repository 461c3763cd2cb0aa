import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import type { FetchTask } from '../engine-ports.ts'
import { chooseEnd } from '../transport/choose-end.ts'
import { allowance, createBook, done, MIB, settleMicrotasks } from './testing/book-in-memory.ts'

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
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const), connection }) },
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
          const { book, reached, wishes } = world
          const ends = new Map<number, number>()
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
            wishes.delete(connectionId)
            const sums = [{ start: task.range.start, end: to, digest: new Uint8Array() }]
            book.settle({ ...done(task, connectionId, to, failure ? { class: failure } : undefined), sums })
          }

          /** What the worker says to the last wish of the book, from where it has got to. */
          const answer = (connectionId: number) => {
            const task = running.get(connectionId)
            const keep = wishes.get(connectionId)
            if (!task || keep === undefined) return
            wishes.delete(connectionId)
            const at = { reached: reached.get(connectionId) ?? task.range.start, waiting: 0 }
            const shorter = chooseEnd({ ...at, end: ends.get(connectionId) ?? task.range.end }, keep)
            ends.set(connectionId, shorter)
            book.noteShortened(task.taskId, shorter)
          }

          for (const action of steps) {
            if (action.kind === 'take' && !running.has(action.connection)) {
              const task = book.next(action.connection, allowance)
              if (task) running.set(action.connection, task)
            } else if (action.kind === 'end') end(action.connection, action.share, action.failure)
            else if (action.kind === 'answer') answer(action.connection)
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
