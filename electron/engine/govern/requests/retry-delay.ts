/** Whether, and after how long, a failed request is tried again. Pure. */
import { type Failure, type FailureClass, wantsBucketInHost } from '../../../../shared/failure.ts'
import type { Policy } from '../../../../shared/policy.ts'
import { isNormalEnd } from '../../schedule/failure-row.ts'
import { ANSWERED_FACTOR } from '../network/network-watch.ts'

/** A retry would bring the same answer. */
const HOPELESS: ReadonlySet<FailureClass> = new Set([
  'denied',
  'missing-bucket',
  'archived',
  'redirect-refused',
  'tls',
  'disk-full',
  'disk-denied',
  'disk-gone',
  'disk',
  'locked',
  'unsafe-path',
  'usage',
  'cancelled',
])

/**
 * The way there may be at fault: these wait as long as no other object is answered. When others are, it is
 * this object, and it is given up after so many times `maxAttempts`, so that no job hangs on one object for ever.
 */
const PATIENCE: Partial<Record<FailureClass, number>> = {
  throttled: 3,
  'server-error': 1,
  protocol: 1,
  dns: 2,
  connect: 2,
  stalled: 2,
  slow: 2,
  reset: 2,
}

/** Where more fails than this, eight failures in a row are chance: 0.1 ** 8 is one object in a hundred million, ... */
const HARDLY_ANY_FAIL = 0.1
const PATIENCE_WHERE_SOME_FAIL = 2
/** ... and beyond this sixteen are: 0.3 ** 16 is 4e-9, but 0.8 ** 16 every 35th object. */
const FEW_FAIL = 0.3
const PATIENCE_WHERE_MANY_FAIL = 12

/** Longest backoff when the job has nothing else to do, as a share of the usual one. */
const LAST_WORK_CAP = 0.25

/**
 * One request is sent again after a minute, whatever its `Retry-After`:
 * where all are refused, their budget waits (throttle-gates.ts).
 */
const LONGEST_WAIT_MS = 60_000

export type RetryInput = {
  failure: Failure
  /** Consecutive failures without a new byte, including this one. */
  attempts: number
  /** Of these, those that came while others were answered. */
  alone: number
  /** The share of all other objects' requests that fails at present. */
  failingShare: number
  /** Only failing objects are left, and the service grants others: the job waits for nothing else. */
  isLastWork: boolean
  /** So many objects have been given up as missing since a failed range was last granted after all. */
  goneInARow: number
  policy: Policy
  /** In [0, 1). */
  random: number
}

/**
 * Full jitter: uniform in [0, min(cap, base * 2^(attempts - 1))], and for `Retry-After`, up to a minute. Undefined =
 * give up. Source: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 */
export function chooseRetryDelayMs({
  failure,
  attempts,
  alone,
  failingShare,
  isLastWork,
  goneInARow,
  policy,
  random,
}: RetryInput): number | undefined {
  if (HOPELESS.has(failure.class)) return undefined
  if (failure.class === 'wrong-region' && failure.region === undefined && !wantsBucketInHost(failure.code))
    return undefined
  if (isWornOut(failure.class, { attempts, alone, failingShare, goneInARow, policy })) return undefined
  // The silence itself was a pause: no backoff is added.
  if (failure.class === 'stalled') return 0
  if (isNormalEnd(failure, attempts)) return 0
  const cap = isLastWork ? LAST_WORK_CAP * policy.retryCapSeconds : policy.retryCapSeconds
  const ceiling = Math.min(cap, policy.retryBaseSeconds * 2 ** Math.min(30, attempts - 1))
  return Math.max(Math.min(failure.retryAfterMs ?? 0, LONGEST_WAIT_MS), random * ceiling * 1000)
}

/**
 * The listing has just named the object: of several servers
 * behind one name, one may not have it. It is put aside by then.
 */
const MISSING_ATTEMPTS = 5
/**
 * None of so many was there after all: they have been taken away since they were listed. Of a folder of
 * such each is asked for twice; at five times, with the waits between them, 44 were gone through a second.
 */
const MANY_GONE = 16
const MISSING_ATTEMPTS_WHERE_MANY_ARE = 2

function isWornOut(
  name: FailureClass,
  {
    attempts,
    alone,
    failingShare,
    goneInARow,
    policy,
  }: Pick<RetryInput, 'attempts' | 'alone' | 'failingShare' | 'goneInARow' | 'policy'>,
): boolean {
  if (name === 'missing')
    return attempts >= (goneInARow < MANY_GONE ? MISSING_ATTEMPTS : MISSING_ATTEMPTS_WHERE_MANY_ARE)
  const patience = PATIENCE[name]
  if (patience === undefined) return attempts >= policy.maxAttempts
  const least =
    failingShare > FEW_FAIL ? PATIENCE_WHERE_MANY_FAIL : failingShare > HARDLY_ANY_FAIL ? PATIENCE_WHERE_SOME_FAIL : 1
  return alone >= Math.max(patience, least) * policy.maxAttempts
}

/** Before the first page the host may be a wrong one: that must be reported soon, not waited for. */
const FIRST_PAGE_ATTEMPTS = 4
/** These show that somebody is there: trouble that may pass, or a port that speaks another protocol and cuts us off. */
const SOMEBODY_IS_THERE: ReadonlySet<FailureClass> = new Set(['throttled', 'server-error', 'reset'])
/** A service that is started again is there by then, and whoever has mistyped a port still looks on. */
const FIRST_PAGE_PATIENCE_MS = 30_000

/** Codes of the service for a later page that leads nowhere, or cannot be had. */
const FIRM_CODES = new Set(['list-does-not-advance', 'InvalidArgument', 'InvalidRequest'])

/** The same for a page of the listing, whose failures end the job. */
export function chooseListRetryDelayMs(
  input: Omit<RetryInput, 'alone' | 'failingShare' | 'isLastWork' | 'goneInARow'> & {
    sawPage: boolean
    networkGoneMs: number
    /** How long the page has failed without a break and without a byte of any object. */
    failingMs: number
    /** The service answers other requests. */
    isAnswering: boolean
  },
): number | undefined {
  const { failure, attempts, policy, sawPage, networkGoneMs, failingMs, isAnswering } = input
  if (failure.class === 'credentials' || failure.class === 'wrong-region' || failure.class === 'clock-skew')
    return undefined
  const isFirm = FIRM_CODES.has(failure.code ?? '') && attempts >= policy.maxAttempts
  if (failure.class === 'protocol' && (isFirm || !sawPage)) return undefined
  if (!sawPage && !SOMEBODY_IS_THERE.has(failure.class) && attempts >= FIRST_PAGE_ATTEMPTS) return undefined
  const patienceMs = policy.networkGoneSeconds * 1000
  if (networkGoneMs > patienceMs) return undefined
  // All that is listed has arrived, and a service that answers otherwise may never give this page.
  const longestMs = sawPage ? (isAnswering ? ANSWERED_FACTOR : 1) * patienceMs : FIRST_PAGE_PATIENCE_MS
  if (failure.class !== 'throttled' && failingMs > longestMs) return undefined
  // It may be one server of several, or a network that wants a login: the next answer may bear a certificate to trust.
  const waited: Failure = failure.class === 'tls' ? { ...failure, class: 'connect' } : failure
  return chooseRetryDelayMs({ ...input, failure: waited, alone: 0, failingShare: 0, isLastWork: false, goneInARow: 0 })
}
