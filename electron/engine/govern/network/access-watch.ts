/**
 * Tells a permission that is gone from objects that are denied one by one, as those of other owners are: by an object
 * that was given before and is denied now. Where none has been given yet, by some of all there are, and not before very
 * many were denied. Without it a million objects would be asked for in vain, one after the other.
 */
import { type Failure, refusesAccess } from '../../../../shared/failure.ts'
import type { ObjectSource } from '../../engine-ports.ts'
import type { TransferBook } from '../../schedule/transfer-book.ts'
import { timeoutAfter } from '../../transport/monotonic-time.ts'

export type AccessWatchOptions = {
  /** Monotonic milliseconds. */
  now(): number
  source: Pick<ObjectSource, 'tryObject'>
  bucket: string
  book: Pick<TransferBook, 'landed' | 'someWaiting'>
  /** The keys of now are not enough: a file of them, say, may have been written anew. */
  renewKeys(): Promise<void>
  onWithdrawn(failure: Failure): void
}

/** Denied in a row while nothing has been given yet: some prefix of a bucket may be closed. */
const MANY_DENIED = 1000
/** Of them all: not one of a hundred buckets with a quarter of its objects open is taken for closed. */
const SOME_OBJECTS = 16
const TIMEOUT_MS = 30_000

export type AccessWatch = ReturnType<typeof createAccessWatch>

export function createAccessWatch(options: AccessWatchOptions) {
  const { now, source, book } = options
  let denied = 0
  /** When the first of these came. */
  let deniedAt = Number.NEGATIVE_INFINITY
  /** What was suspected in vain takes twice as many the next time. */
  let timesInVain = 0
  let isAsking = false

  async function ask(): Promise<void> {
    isAsking = true
    await options.renewKeys()
    const landed = book.landed()
    const asked = landed ? [landed] : book.someWaiting(SOME_OBJECTS)
    const signal = timeoutAfter(TIMEOUT_MS)
    const answers = await Promise.all(asked.map((object) => source.tryObject(object, signal)))
    isAsking = false
    const refusals = answers.flatMap((answer) =>
      answer.ok || !refusesAccess(answer.failure.class) ? [] : answer.failure,
    )
    const [failure] = refusals
    if (failure && refusals.length === asked.length) {
      const isWithdrawn = landed !== undefined && failure.class === 'denied'
      options.onWithdrawn({ ...failure, subject: options.bucket, ...(isWithdrawn ? { code: 'access-withdrawn' } : {}) })
    }
    denied = 0
    timesInVain++
  }

  return {
    /** What was sent before the first refusal says nothing of the permission of now. */
    noteAccepted(sentAt: number): void {
      if (sentAt >= deniedAt) denied = 0
    },
    noteDenied(connections: number): void {
      if (denied === 0) deniedAt = now()
      denied++
      const enough = (book.landed() ? connections : MANY_DENIED) * 2 ** timesInVain
      if (denied > enough && !isAsking) void ask()
    },
  }
}
