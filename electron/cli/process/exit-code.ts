/** The exit code (DESIGN 3) of how a run ended. Pure. */
import type { Failure, FailureClass } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'

export const EXIT = {
  complete: 0,
  objectsFailed: 1,
  usage: 2,
  /** Bucket, prefix or permission. */
  source: 3,
  network: 4,
  disk: 5,
  interrupted: 130,
} as const

/** For a failure that ended the whole job. */
const EXIT_BY_CLASS: Record<FailureClass, number> = {
  throttled: EXIT.network,
  'server-error': EXIT.network,
  stalled: EXIT.network,
  slow: EXIT.network,
  reset: EXIT.network,
  connect: EXIT.network,
  dns: EXIT.network,
  tls: EXIT.network,
  proxy: EXIT.network,
  denied: EXIT.source,
  credentials: EXIT.source,
  'clock-skew': EXIT.source,
  'missing-bucket': EXIT.source,
  missing: EXIT.source,
  'wrong-region': EXIT.source,
  'redirect-refused': EXIT.source,
  changed: EXIT.objectsFailed,
  archived: EXIT.objectsFailed,
  // The server there does not speak S3.
  protocol: EXIT.network,
  corrupt: EXIT.objectsFailed,
  'disk-full': EXIT.disk,
  'disk-denied': EXIT.disk,
  'disk-gone': EXIT.disk,
  disk: EXIT.disk,
  // Another run holds the destination's lock.
  locked: EXIT.disk,
  // `.longhaul` exists in the destination and is not our folder.
  'unsafe-path': EXIT.disk,
  cancelled: EXIT.interrupted,
  usage: EXIT.usage,
}

/** A bug of ours ends with 1, as programs do that fail. */
export const exitCodeOfFailure = (failure: Failure): number =>
  failure.code === 'internal' ? EXIT.objectsFailed : EXIT_BY_CLASS[failure.class]

export function exitCodeOf(summary: Summary): number {
  if (summary.status === 'completed') return EXIT.complete
  if (summary.failure) return exitCodeOfFailure(summary.failure)
  return summary.status === 'interrupted' ? EXIT.interrupted : EXIT.objectsFailed
}
