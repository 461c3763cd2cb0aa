/**
 * Whether a job that has ended is begun again by itself, and when: what ended it may
 * pass while nobody is there. A network that is away for an hour of the night, a
 * drive whose cable is loose for a moment must not cost the rest of the night. Pure.
 */
import { type Failure, type FailureClass, leadsNowhere } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'

export type NextTry =
  /** When the destination is there again. */
  { cause: 'drive'; vainTries: number } | { cause: 'outage'; vainTries: number; afterMs: number }

/** Of the way to the service, and of the service itself. */
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
 * Something answers that is not the service: a network that wants a login first,
 * say. Not so what is wrong with ourselves, or a listing that leads nowhere.
 */
const isOfAnother = ({ class: failureClass, code }: Failure): boolean =>
  failureClass === 'protocol' && code !== 'internal' && !leadsNowhere(code)

const FIRST_WAIT_MS = 60_000
/** A listing is requested so often while the service is away: no burden for it. */
const LONGEST_WAIT_MS = 600_000

/** Undefined: it stays ended, until its user has seen to it. */
export function chooseNextTry(
  { status, failure, bytesFetched }: Pick<Summary, 'status' | 'failure' | 'bytesFetched'>,
  run: {
    /** Why it had been begun without its user; undefined: its user did. */
    cause?: string
    /** So many runs before it, in a row, have ended without a byte. */
    vainTries: number
  },
): NextTry | undefined {
  // What has never worked may be a mistake of the form: its user is there to read the failure.
  const hasWorked = bytesFetched > 0 || run.cause !== undefined
  if (status !== 'failed' || !failure || !hasWorked) return undefined
  const vainTries = bytesFetched > 0 ? 0 : run.vainTries + 1
  if (failure.class === 'disk-gone') return { cause: 'drive', vainTries }
  if (!PASSING.has(failure.class) && !isOfAnother(failure)) return undefined
  return { cause: 'outage', vainTries, afterMs: Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** vainTries) }
}
