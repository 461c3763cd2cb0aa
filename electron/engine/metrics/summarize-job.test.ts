import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { ObjectState } from '../../../shared/object-row.ts'
import { type JobEnd, summarizeJob } from './summarize-job.ts'

function endOf(counts: Partial<Record<ObjectState, number>>, more: Partial<JobEnd> = {}): JobEnd {
  const table = { count: (state: ObjectState) => counts[state] ?? 0, key: (index: number) => `key ${index}` }
  const numbers = { bytesDone: 1, bytesFetched: 2, retries: 3, seconds: 4, unproven: 0, setAside: 0 }
  return { table, isAllSettled: true, failure: undefined, named: new Map(), ...numbers, ...more }
}

const DENIED: Failure = { class: 'denied' }
const FULL: Failure = { class: 'disk-full' }
const TOO_LARGE: Failure = { class: 'disk', code: 'EFBIG' }

it.each<[string, JobEnd, Summary['status'], Failure | undefined]>([
  ['all are there', endOf({ done: 2, skipped: 1 }), 'completed', undefined],
  ['there was nothing to fetch', endOf({}), 'completed', undefined],
  ['one has failed by its name', endOf({ done: 2, failed: 1 }, { named: new Map([[1, DENIED]]) }), 'failed', undefined],
  ['the disk was full', endOf({ done: 2, waiting: 1 }, { isAllSettled: false, failure: FULL }), 'failed', FULL],
  ['it was stopped half-way', endOf({ done: 2, active: 1 }, { isAllSettled: false }), 'interrupted', undefined],
  ['what was cancelled half-way only waits', endOf({ done: 2, waiting: 1 }), 'interrupted', undefined],
  [
    'none could be written, each for its size: the file system takes no such files',
    endOf(
      { failed: 2 },
      {
        named: new Map([
          [0, TOO_LARGE],
          [1, TOO_LARGE],
        ]),
      },
    ),
    'failed',
    TOO_LARGE,
  ],
  [
    '... but some could: it is a failure of those',
    endOf({ done: 1, failed: 1 }, { named: new Map([[0, TOO_LARGE]]) }),
    'failed',
    undefined,
  ],
])('%s', (_name, end, status, failure) => {
  const summary = summarizeJob(end)
  expect(summary.status).toBe(status)
  expect(summary.failure).toEqual(failure)
})

describe('what failed is named', () => {
  it.each<[string, Failure, string]>([
    ['with code and words', { class: 'denied', code: 'AccessDenied', detail: 'not yours' }, 'AccessDenied: not yours'],
    [
      'with the words alone when they begin with it',
      { class: 'disk', code: 'EIO', detail: 'EIO: i/o error' },
      'EIO: i/o error',
    ],
    ['with the code', { class: 'denied', code: 'AccessDenied' }, 'AccessDenied'],
    ['with its class when nothing else is known', DENIED, 'denied'],
  ])('%s', (_name, why, message) => {
    const { failed } = summarizeJob(endOf({ failed: 1 }, { named: new Map([[7, why]]) }))
    expect(failed).toEqual([{ key: 'key 7', failure: why.class, message }])
  })
})
