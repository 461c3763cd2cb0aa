import type { Failure } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'

/** Of a run that could not begin. */
export const emptySummary = (failure: Failure): Summary => ({
  status: failure.class === 'cancelled' ? 'interrupted' : 'failed',
  objectsDone: 0,
  objectsFailed: 0,
  objectsSkipped: 0,
  objectsUnproven: 0,
  objectsLeft: 0,
  filesSetAside: 0,
  bytesDone: 0,
  bytesFetched: 0,
  seconds: 0,
  retries: 0,
  failed: [],
  failure,
})
