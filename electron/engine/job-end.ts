/**
 * When a job ends: everything is landed or failed, its user cancels it, or a failure leaves it nothing to do.
 */
import type { Failure } from '../../shared/failure.ts'
import type { Clock } from './engine-ports.ts'

export type JobEndOptions = {
  clock: Clock
  /** Aborted by the first fatal failure, or by the user. */
  stop: AbortController
  /** Nothing is left to list, fetch or check. */
  isAllSettled(): boolean
  /** All is settled: whether objects that have failed are tried once more. */
  hasMore(): boolean
  /** The failure as the user is to read it. */
  explain(failure: Failure): Failure
  /** `path`: on the full disk. Resolves when the user knows how much room is missing. */
  reportDiskFull(path: string | undefined): Promise<void>
}

/** Besides each settled object, this often: a listing may end without one. */
const LOOK_MS = 50

export function createJobEnd(options: JobEndOptions) {
  const { clock, stop } = options
  let fatal: Failure | undefined
  let reported: Promise<void> | undefined
  let end: (() => void) | undefined

  function fail(failure: Failure): void {
    if (failure.class === 'cancelled' || fatal) return
    fatal = options.explain(failure)
    if (failure.class === 'disk-full') reported = options.reportDiskFull(failure.subject)
    stop.abort()
  }

  /** Whether nothing is left to do, or nothing more may be done. */
  function check(): boolean {
    if (!stop.signal.aborted && !fatal && (!options.isAllSettled() || options.hasMore())) return false
    end?.()
    return true
  }

  return {
    /** The job cannot go on. The first failure is the cause; one that follows from being stopped is none. */
    fail,
    failure: () => fatal,
    /** An object has landed or failed: it may have been the last. */
    noteSettled: (): void => void (end && check()),
    untilOver(): Promise<void> {
      return new Promise((resolve) => {
        end = resolve
        const checkAgain = () => check() || clock.after(LOOK_MS, checkAgain)
        checkAgain()
      })
    },
    /** The user knows of a full disk. */
    untilReported: async (): Promise<void> => reported,
  }
}
