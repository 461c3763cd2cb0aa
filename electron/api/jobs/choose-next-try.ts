/**
 * Whether an ended job is retried by itself, and when. An outage of the network for an hour
 * of the night, or a drive that was disconnected for a moment, must not cost the rest of the night. Pure.
 */
import { type Failure, type FailureClass, leadsNowhere } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'

export type NextTry =
  /** As soon as the destination is there again. */
  { cause: 'drive'; vainTries: number } | { cause: 'outage'; vainTries: number; afterMs: number }

/** Failures of the network or the service. */
const PASSING: ReadonlySet<FailureClass> = new Set([
  'throttled',
  'server-error',
  'stalled',
  'slow',
  'reset',
  'connect',
  'dns',
  'proxy',
])

/**
 * Something other than the service answers: a network that wants a login first,
 * for instance. Not a bug of ours, nor a listing that leads nowhere.
 */
const isOfAnother = ({ class: failureClass, code }: Failure): boolean =>
  failureClass === 'protocol' && code !== 'internal' && !leadsNowhere(code)

const FIRST_WAIT_MS = 60_000
/** Longest interval of retries while the service is away; each costs it one listing request. */
const LONGEST_WAIT_MS = 600_000

/** Undefined: no retry; the user decides. */
export function chooseNextTry(
  { status, failure, bytesFetched }: Pick<Summary, 'status' | 'failure' | 'bytesFetched'>,
  run: {
    /** Why the program began the run; undefined: the user did. */
    cause?: string
    /** How many runs in a row before this one ended without a byte. */
    vainTries: number
  },
): NextTry | undefined {
  // A job that never worked may have a mistake in its form, and the user is still there to read the failure.
  const hasWorked = bytesFetched > 0 || run.cause !== undefined
  if (status !== 'failed' || !failure || !hasWorked) return undefined
  const vainTries = bytesFetched > 0 ? 0 : run.vainTries + 1
  if (failure.class === 'disk-gone') return { cause: 'drive', vainTries }
  if (!PASSING.has(failure.class) && !isOfAnother(failure)) return undefined
  return { cause: 'outage', vainTries, afterMs: Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** vainTries) }
}
