import { expect, test } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import { sampleJob } from '../testing/samples.ts'
import { chooseMainAction, type MainAction } from './choose-main-action.ts'

const endedBy = (failure?: Failure): NonNullable<JobView['summary']> => ({
  ...{ status: 'failed', objectsDone: 490, objectsFailed: 6, objectsSkipped: 0, objectsLeft: 0, objectsUnproven: 0 },
  ...{ filesSetAside: 0, bytesDone: 1, bytesFetched: 1, seconds: 100, retries: 3, failed: [] },
  ...(failure ? { failure } : {}),
})

test.each<[string, JobPhase, Partial<JobView>, MainAction | undefined]>([
  ['at work', 'running', {}, undefined],
  ['at work, with failures', 'running', { objectsFailed: 6 }, undefined],
  ['waiting for its turn', 'queued', {}, 'startNow'],
  ['between two runs', 'waiting', { summary: endedBy({ class: 'connect' }) }, 'startNow'],
  ['outside its hours', 'waiting', {}, undefined],
  ['paused, with failures', 'paused', { objectsFailed: 6 }, 'resume'],
  ['cooling down', 'cooling-down', {}, 'resume'],
  ['ended with failures', 'failed', { objectsFailed: 6, summary: endedBy() }, 'retry'],
  [
    'stopped by a full disk, with failures',
    'failed',
    { objectsFailed: 6, summary: endedBy({ class: 'disk-full' }) },
    'resume',
  ],
  ['stopped before it could begin', 'failed', { summary: endedBy({ class: 'denied' }) }, 'resume'],
  ['done', 'completed', {}, undefined],
])('%s', (_, phase, more, action) => {
  expect(chooseMainAction({ ...sampleJob(), phase, ...more })).toBe(action)
})
