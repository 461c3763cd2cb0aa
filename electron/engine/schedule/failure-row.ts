import { type Failure, REQUEST_UNSENT } from '../../../shared/failure.ts'

/**
 * Failures of one range in a row, without a fresh byte between them, and how far its object is to blame. Pure.
 *
 * One failure proves nothing: the way may have been at fault. When others are answered again and again while this range
 * never is, it is the object; while none is answered it is the way, and nothing is counted, however long that takes.
 */
export type FailureRow = {
  readonly length: number
  /** Of these, how many came although another object had been answered since the one before. */
  readonly alone: number
  /** Monotonic milliseconds of the last one. */
  readonly lastAt: number
}

export const NO_FAILURES: FailureRow = { length: 0, alone: 0, lastAt: 0 }

/** One more failure. `othersAnsweredAt`: as network-watch.ts has it. Both in monotonic milliseconds. */
export const addFailure = (
  row: FailureRow,
  { now, othersAnsweredAt }: { now: number; othersAnsweredAt: number },
): FailureRow => ({
  length: row.length + 1,
  alone: row.alone + (row.length > 0 && othersAnsweredAt > row.lastAt ? 1 : 0),
  lastAt: now,
})

const CLOSED_CODES: readonly (string | undefined)[] = ['closed-before-answer', REQUEST_UNSENT]

/**
 * The server's closing of a kept-alive connection crossed our request: nothing was refused, so nothing has failed and
 * nothing is waited for. When it happens to a range again and again, something is wrong.
 */
export const isNormalEnd = (failure: Failure, attempts: number): boolean =>
  failure.class === 'reset' && CLOSED_CODES.includes(failure.code) && attempts <= 1
