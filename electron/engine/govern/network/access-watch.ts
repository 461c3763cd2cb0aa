/**
 * Tells a permission that is gone from objects that are denied one by one, as those of other owners are: by an object
 * that was given before and is denied now. Where none has been given yet, by some of all there are, and not before very
 * many were refused. Without it a million objects would be asked for in vain, one after the other.
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

/** Refused in a row while nothing has been given yet: some prefix of a bucket may be closed. */
const MANY_REFUSED = 1000
/** A bad request may be the gateway's, for a moment. About so long an object is tried before it fails by its name. */
const PASSES_WITHIN_MS = 30_000
/** Of them all: not one of a hundred buckets with a quarter of its objects open is taken for closed. */
const SOME_OBJECTS = 16
const TIMEOUT_MS = 30_000

/** It will not have what was asked, whatever it means by that: there are such as say 400 to all they would not give. */
export const isRefusal = ({ class: failureClass, httpStatus = 0 }: Failure): boolean =>
  failureClass === 'denied' || (failureClass === 'protocol' && httpStatus >= 400 && httpStatus < 500)

export type AccessWatch = ReturnType<typeof createAccessWatch>

export function createAccessWatch(options: AccessWatchOptions) {
  const { now, source, book } = options
  let refused = 0
  /** When the first of these came. */
  let refusedAt = Number.NEGATIVE_INFINITY
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
      !answer.ok && (refusesAccess(answer.failure.class) || (!landed && isRefusal(answer.failure)))
        ? answer.failure
        : [],
    )
    const [failure] = refusals
    if (failure && refusals.length === asked.length) {
      const failureClass = failure.class === 'credentials' ? 'credentials' : 'denied'
      const withdrawn = landed && failureClass === 'denied' ? { code: 'access-withdrawn' } : {}
      options.onWithdrawn({ ...failure, class: failureClass, subject: options.bucket, ...withdrawn })
    }
    refused = 0
    timesInVain++
  }

  return {
    /** What was sent before the first refusal says nothing of the permission of now. */
    noteAccepted(sentAt: number): void {
      if (sentAt >= refusedAt) refused = 0
    },
    noteRefused(failure: Failure, connections: number): void {
      const hasGiven = book.landed() !== undefined
      const mayPass = failure.class !== 'denied'
      // Who has given before is waited for (network-watch.ts).
      if (hasGiven && mayPass) return
      if (refused === 0) refusedAt = now()
      refused++
      if (mayPass && now() < refusedAt + PASSES_WITHIN_MS) return
      const enough = (hasGiven ? connections : MANY_REFUSED) * 2 ** timesInVain
      if (refused > enough && !isAsking) void ask()
    },
  }
}
