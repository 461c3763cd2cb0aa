/** What the outcome of a request is evidence about: its range, the budget of its prefix, the address, or nothing. Pure. */
import {
  type Failure,
  type FailureClass,
  isOfTheObject,
  isShortOfFiles,
  REQUEST_UNSENT,
} from '../../../shared/failure.ts'
import { isNormalEnd } from '../schedule/failure-row.ts'

export type OutcomeContext = {
  /** 0: not a byte of an answer has come. */
  firstByteMs: number
  /** Requests of this connection, this one included. */
  requests: number
  /** Why we are closing it, when we are. */
  closing: string | undefined
  address: string
  /** How often the range had failed before, without a fresh byte. */
  failuresBefore: number
  /** The object is refused while others are granted: no evidence about its prefix's budget, nor about an address. */
  isRefusedForItself: boolean
}

export type Attribution = {
  /** Closed without an answer, right after it was opened: perhaps one connection too many. */
  isTurnedAway: boolean
  /** A request that was answered or has failed: neither cut short by us, nor crossed by the server's closing. */
  isRequest: boolean
  /** What the service, or the way to it, has done wrong. */
  trouble: FailureClass | undefined
  /** The outcome is evidence about the request budget of the prefix. */
  concernsBudget: boolean
  /** The outcome is evidence about the address. */
  concernsAddress: boolean
  /** The failure that is counted against the range. */
  failure: Failure | undefined
}

export function attributeOutcome(reported: Failure | undefined, context: OutcomeContext): Attribution {
  const { firstByteMs, requests, closing, address, failuresBefore, isRefusedForItself } = context
  // A lack of file descriptors on this machine is no fault of the service. That it closes a connection between two
  // requests is none either; one that it closes before the first may be one too many.
  const isNoFault = reported && (isShortOfFiles(reported) || (reported.code === REQUEST_UNSENT && requests > 1))
  const failure: Failure | undefined = isNoFault ? { class: 'cancelled' } : reported
  const isOurs = failure?.class === 'cancelled'
  const isNormal = failure !== undefined && isNormalEnd(failure, failuresBefore + 1)
  const isItsOwn = failure !== undefined && isRefusedForItself
  return {
    isTurnedAway: failure?.class === 'reset' && firstByteMs === 0 && requests === 1,
    isRequest: !isOurs && !isNormal,
    // A service is not in trouble when an object has been replaced or taken away, or belongs to somebody else.
    trouble: failure && !isOfTheObject(failure.class) ? failure.class : undefined,
    concernsBudget: !(isItsOwn && failure.class === 'throttled'),
    concernsAddress: !isItsOwn,
    // That we closed a silent connection ourselves does not make it less of a failure of its range.
    failure: isOurs && closing === 'stalled' ? { class: 'stalled', address } : failure,
  }
}
