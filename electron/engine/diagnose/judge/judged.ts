/** The result of every judge, and the results that all of them share. Pure. */
import type { Cause, Check, CheckVerdict, Evidence } from '../../../../shared/diagnosis.ts'
import { type Failure, type FailureClass, leadsNowhere, wantsBucketInHost } from '../../../../shared/failure.ts'

export type Judged = Omit<Check, 'code'>

export function judged(
  verdict: CheckVerdict,
  cause: Cause,
  value: number | null,
  more: { threshold?: Record<string, number>; evidence?: Evidence } = {},
): Judged {
  return { verdict, cause, value, threshold: more.threshold ?? {}, evidence: more.evidence ?? {} }
}

/** It could not be measured; `cause`: why. */
export const judgedUnknown = (cause: Cause = 'cannot-tell', threshold: Record<string, number> = {}): Judged =>
  judged('unknown', cause, null, { threshold })

/** Up to `notice` all is well, up to `bad` it is worth knowing. */
export function judgeRising(
  value: number,
  threshold: { notice: number; bad: number },
  causes: [good: Cause, notice: Cause, bad: Cause],
  evidence: Evidence = {},
): Judged {
  const step = value > threshold.bad ? 2 : value > threshold.notice ? 1 : 0
  return judged((['ok', 'notice', 'bad'] as const)[step], causes[step] as Cause, value, { threshold, evidence })
}

const CAUSE_OF_FAILURE: Record<FailureClass, Cause> = {
  throttled: 'failed-throttled',
  'server-error': 'failed-server',
  stalled: 'failed-timeout',
  slow: 'failed-timeout',
  reset: 'failed-cut',
  connect: 'failed-connect',
  dns: 'failed-dns',
  tls: 'failed-tls',
  proxy: 'failed-proxy',
  denied: 'failed-denied',
  credentials: 'failed-credentials',
  'clock-skew': 'failed-clock',
  'missing-bucket': 'failed-missing-bucket',
  missing: 'failed-missing',
  'wrong-region': 'failed-region',
  'redirect-refused': 'failed-protocol',
  changed: 'failed-protocol',
  archived: 'failed-denied',
  protocol: 'failed-protocol',
  corrupt: 'failed-protocol',
  'disk-full': 'failed-disk-full',
  'disk-denied': 'failed-disk-denied',
  'disk-gone': 'failed-disk',
  disk: 'failed-disk',
  locked: 'failed-disk',
  'unsafe-path': 'failed-disk-denied',
  cancelled: 'out-of-time',
  usage: 'failed-setting',
}

/** A failure is a verdict. The server's own message is left out: it may contain anything. */
export function judgeFailure(failure: Failure, threshold: Record<string, number> = {}): Judged {
  const { code, httpStatus, subject, address, region } = failure
  const known = { class: failure.class, code, httpStatus, subject, address, region }
  const present = Object.entries(known).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  const verdict = failure.class === 'cancelled' ? 'unknown' : 'bad'
  return judged(verdict, causeOf(failure), null, { threshold, evidence: Object.fromEntries(present) })
}

function causeOf({ class: failureClass, code }: Failure): Cause {
  if (leadsNowhere(code)) return 'failed-listing'
  return wantsBucketInHost(code) ? 'failed-addressing' : CAUSE_OF_FAILURE[failureClass]
}
