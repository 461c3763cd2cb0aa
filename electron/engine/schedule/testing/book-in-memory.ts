/** A transfer book without a disk and without connections, for its tests. */
import { type Failure, success } from '../../../../shared/failure.ts'
import type { FetchTask, Keep } from '../../engine-ports.ts'
import { createObjectTable } from '../../plan/object-table.ts'
import { type RangeSum, usableSums } from '../../verify/range-sums.ts'
import type { ObjectEvent } from '../object-endings.ts'
import { createOpenObject, type PrefixGroup } from '../open-object.ts'
import { createTransferBook } from '../transfer-book.ts'

export const MIB = 1024 ** 2
export const allowance = {
  connections: 4,
  listingComplete: true,
  areRequestsCounted: false,
  leastShareSeconds: () => 0,
  mayRequest: () => true,
}

/** A book whose folder is a list of what was asked of it, and whose connections are numbers that tests move. */
export function createBook(
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
  let othersAnsweredAt = 0
  const reached = new Map<number, number>()
  const wishes = new Map<number, Keep>()
  const closed: number[] = []
  const events: ObjectEvent[] = []
  const fatal: Failure[] = []
  const errors: string[] = []
  const looks: number[] = []
  const takenBack: unknown[] = []
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
    othersAnsweredAt: () => othersAnsweredAt,
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
      async takeBack(object) {
        takenBack.push(object.done)
        return success(undefined)
      },
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
      shorten: (connectionId, { keep }) => void wishes.set(connectionId, keep),
      close: (connectionId) => void closed.push(connectionId),
    },
    onObject: (item) => void events.push(item),
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
        index,
        key: table.key(index),
        size: table.size(index),
        etag: 'e',
        path: 'f',
        group,
        file,
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
    book,
    table,
    reached,
    wishes,
    closed,
    events,
    fatal,
    errors,
    landedSpans,
    takenBack,
    summed,
    looks,
    passTime: (milliseconds: number) => {
      now += milliseconds
    },
    hear: () => {
      othersAnsweredAt = now
    },
  }
}

export const settleMicrotasks = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The first ask makes the book open objects, which takes a turn of the loop. */
export async function take(
  book: ReturnType<typeof createBook>['book'],
  connectionId: number,
): Promise<FetchTask | undefined> {
  const task = book.next(connectionId, allowance)
  if (task) return task
  await settleMicrotasks()
  return book.next(connectionId, allowance)
}

export const done = (task: FetchTask, connectionId: number, reached = task.range.end, failure?: Failure) => ({
  taskId: task.taskId,
  connectionId,
  connectionEnds: false,
  reached,
  received: reached - task.range.start,
  firstByteMs: 1,
  ...(failure ? { failure } : {}),
})
