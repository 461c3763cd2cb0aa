/** What is done about a failed task, by its failure and the state of its object. Pure. */
import { type Failure, type FailureClass, TOO_LONG } from '../../../shared/failure.ts'

export type Recovery =
  /** Whoever holds the object decides what becomes of it. */
  | 'give-back'
  /** The whole job cannot go on. */
  | 'stop'
  /** An answer of another version, or of a copy that has an ETag of its own: judge-other-version.ts. */
  | 'doubt'
  /** An answer that is of another size than was listed, or that contradicts itself: a HEAD decides. */
  | 'ask-size'
  /** The object is fetched anew. */
  | 'restart'
  /** The server sends whole objects only: one connection takes all of it. */
  | 'fetch-whole'
  /** The object fails by its name. */
  | 'give-up'
  /** All its bytes are here. */
  | 'finish'
  /** What is missing is requested again, as long as there is patience: govern/requests/retry-delay.ts. */
  | 'retry'

/** Wrong bytes are fetched once more and then named; a source that keeps changing, or sends too much, gets two chances. */
const MAX_RESTARTS: Partial<Record<FailureClass, number>> = { corrupt: 1, changed: 2, protocol: 2 }

/** Whether an object may be fetched anew that has been `restarts` times. */
export const mayRestart = (failure: Failure, restarts: number): boolean => restarts < (MAX_RESTARTS[failure.class] ?? 0)

const ENDS_THE_JOB: ReadonlySet<FailureClass> = new Set(['disk-full', 'disk-denied', 'disk-gone', 'locked'])
/** These belong to the object, not to the way to it: another attempt brings nothing. */
const ENDS_THE_OBJECT: ReadonlySet<FailureClass> = new Set(['denied', 'archived', 'unsafe-path', 'disk'])

export const endsTheJob = (failure: Failure): boolean => ENDS_THE_JOB.has(failure.class)

const OTHER_VERSION_CODES: readonly (string | undefined)[] = ['etag-differs', 'time-differs']

/**
 * Another one was answered, or the condition that names the pinned
 * one was refused: with 501 by a service that has no such thing.
 */
export const isOtherVersion = ({ class: failureClass, code, httpStatus }: Failure): boolean =>
  failureClass === 'changed' ? OTHER_VERSION_CODES.includes(code) || httpStatus === 412 : httpStatus === 501

export function chooseRecovery(
  failure: Failure,
  object: { isHeld: boolean /** All its bytes are written. */; isComplete: boolean },
): Recovery {
  if (object.isHeld) return 'give-back'
  if (endsTheJob(failure)) return 'stop'
  if (isOtherVersion(failure)) return 'doubt'
  if (failure.code === 'size-differs' || failure.code === TOO_LONG) return 'ask-size'
  if (failure.class === 'changed') return 'restart'
  if (failure.code === 'range-ignored') return 'fetch-whole'
  if (ENDS_THE_OBJECT.has(failure.class)) return 'give-up'
  // The last byte was there before the connection broke, as in a chunked answer without its end; or a worker could not
  // prove a small object right: the landing takes a closer look.
  return object.isComplete ? 'finish' : 'retry'
}
