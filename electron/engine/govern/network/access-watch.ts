/**
 * Distinguishes a permission that was withdrawn from objects that are denied one by one, as those of other owners are.
 * The test is an object that was granted before and is denied now; while none has been granted, a sample of the waiting
 * ones, tried only after very many refusals. Without this a million objects would be requested in vain, one after the
 * other.
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
  /** The present credentials do not suffice: newer ones may be there, in a rewritten file for instance. */
  renewKeys(): Promise<void>
  onWithdrawn(failure: Failure): void
}

/** Refusals in a row before anything was granted: fewer may only mean that some prefix is closed. */
const MANY_REFUSED = 1000
/** A gateway may answer 400 for a moment. About as long as an object is retried before it fails by its name. */
const PASSES_WITHIN_MS = 30_000
/** Sample size: of a hundred buckets with a quarter of their objects open, not one is taken for closed. */
const SOME_OBJECTS = 16
const TIMEOUT_MS = 30_000

/** A refusal, whatever its status: some services answer 400 to everything that they deny. */
export const isRefusal = ({ class: failureClass, httpStatus = 0 }: Failure): boolean =>
  failureClass === 'denied' || (failureClass === 'protocol' && httpStatus >= 400 && httpStatus < 500)

export type AccessWatch = ReturnType<typeof createAccessWatch>

export function createAccessWatch(options: AccessWatchOptions) {
  const { now, source, book } = options
  let refused = 0
  /** When the first of these came. */
  let refusedAt = Number.NEGATIVE_INFINITY
  /** Tests so far that found the permission in place: each doubles the number of refusals before the next. */
  let timesInVain = 0
  let isAsking = false

  async function ask(): Promise<void> {
    isAsking = true
    await options.renewKeys()
    const landed = book.landed()
    const objects = landed ? [landed] : book.someWaiting(SOME_OBJECTS)
    const signal = timeoutAfter(TIMEOUT_MS)
    const answers = await Promise.all(objects.map((object) => source.tryObject(object, signal)))
    isAsking = false
    const refusals = answers.flatMap((answer) =>
      !answer.ok && (refusesAccess(answer.failure.class) || (!landed && isRefusal(answer.failure)))
        ? answer.failure
        : [],
    )
    const [failure] = refusals
    if (failure && refusals.length === objects.length) {
      const failureClass = failure.class === 'credentials' ? 'credentials' : 'denied'
      const withdrawn = landed && failureClass === 'denied' ? { code: 'access-withdrawn' } : {}
      options.onWithdrawn({ ...failure, class: failureClass, subject: options.bucket, ...withdrawn })
    }
    refused = 0
    timesInVain++
  }

  return {
    /** A request sent before the first refusal is no evidence about the present permission. */
    noteAccepted(sentAt: number): void {
      if (sentAt >= refusedAt) refused = 0
    },
    noteRefused(failure: Failure, connections: number): void {
      const hasGiven = book.landed() !== undefined
      const mayPass = failure.class !== 'denied'
      // A service that has granted objects is waited for (network-watch.ts).
      if (hasGiven && mayPass) return
      if (refused === 0) refusedAt = now()
      refused++
      if (mayPass && now() < refusedAt + PASSES_WITHIN_MS) return
      const enough = (hasGiven ? connections : MANY_REFUSED) * 2 ** timesInVain
      if (refused > enough && !isAsking) void ask()
    },
  }
}
