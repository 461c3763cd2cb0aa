import { describe, expect, test } from 'vitest'
import type { Check } from '../../shared/diagnosis.ts'
import type { JobView, Push } from '../../shared/ipc-contract.ts'
import type { JobPhase } from '../../shared/job-state.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { sampleJob, sampleSnapshot } from '../job/testing/samples.ts'
import { foldPush } from './fold-push.ts'
import { EMPTY_STATE, listJobs, MAX_EVENTS_PER_JOB, type WindowState } from './window-state.ts'

const job: JobView = { ...sampleJob(), jobId: 'a' }
const other: JobView = { ...sampleJob(), jobId: 'b', createdAt: '2026-01-02T00:00:00.000Z' }
const withJob: WindowState = { ...EMPTY_STATE, jobs: { a: job } }
const event = (seconds: number) => ({
  time: new Date(seconds * 1000).toISOString(),
  code: 'paused' as const,
  reason: {},
})

const CHECK: Check = { code: 'cpu', verdict: 'ok', cause: 'cpu-free', value: 0.1, threshold: {}, evidence: {} }

const rows: [string, WindowState, Push[], Partial<WindowState>][] = [
  ['a new job appears', withJob, [{ name: 'job-changed', payload: other }], { jobs: { a: job, b: other } }],
  [
    'a removed job takes its snapshot and events along',
    { ...withJob, snapshots: { a: sampleSnapshot() }, events: { a: [event(1)] } },
    [{ name: 'job-removed', payload: { jobId: 'a' } }],
    { jobs: {}, snapshots: {}, events: {} },
  ],
  [
    'a snapshot moves the progress of its job',
    withJob,
    [{ name: 'snapshot', payload: { jobId: 'a', snapshot: { ...sampleSnapshot(), bytesDone: 5, phase: 'paused' } } }],
    { jobs: { a: { ...job, bytesDone: 5, phase: 'paused' } } },
  ],
  [
    'where the clock was set back, events with times of before are asked for anew',
    { ...withJob, snapshots: { a: sampleSnapshot() }, events: { a: [event(2_000_000_000)] } },
    [
      { name: 'snapshot', payload: { jobId: 'a', snapshot: { ...sampleSnapshot(), time: event(9).time } } },
      { name: 'event', payload: { jobId: 'a', event: event(10) } },
    ],
    { events: { a: [event(10)] }, rereads: { a: 1 } },
  ],
  [
    'checks of a diagnosis replace those before',
    { ...EMPTY_STATE, diagnosis: { diagnosisId: 'd', checks: [] } },
    [{ name: 'diagnosis', payload: { diagnosisId: 'd', checks: [CHECK] } }],
    { diagnosis: { diagnosisId: 'd', checks: [CHECK] } },
  ],
  [
    'the last words of a diagnosis that was replaced are no news',
    { ...EMPTY_STATE, diagnosis: { diagnosisId: 'd', checks: [] } },
    [{ name: 'diagnosis', payload: { diagnosisId: 'before', checks: [CHECK] } }],
    { diagnosis: { diagnosisId: 'd', checks: [] } },
  ],
  [
    'news of a removed job does not bring it back',
    EMPTY_STATE,
    [
      { name: 'snapshot', payload: { jobId: 'a', snapshot: sampleSnapshot() } },
      { name: 'event', payload: { jobId: 'a', event: event(1) } },
    ],
    EMPTY_STATE,
  ],
  [
    'events keep their order',
    withJob,
    [1, 2, 3].map((second) => ({ name: 'event', payload: { jobId: 'a', event: event(second) } })),
    { events: { a: [event(1), event(2), event(3)] } },
  ],
  [
    'settings from another window are taken over',
    withJob,
    [{ name: 'settings', payload: { ...DEFAULT_SETTINGS, theme: 'dark' } }],
    { settings: { ...DEFAULT_SETTINGS, theme: 'dark' } },
  ],
]

test.each(rows)('%s', (_, before, pushes, expected) => {
  expect(pushes.reduce(foldPush, before)).toMatchObject(expected)
})

describe('bounds and identity', () => {
  test('events beyond the bound are asked for anew, so that none is missing between the read and the pushed', () => {
    let state = withJob
    for (let second = 0; second < MAX_EVENTS_PER_JOB + 10; second++) {
      state = foldPush(state, { name: 'event', payload: { jobId: 'a', event: event(second) } })
    }
    expect(state.events.a).toHaveLength(10)
    expect(state.events.a?.[0]).toEqual(event(MAX_EVENTS_PER_JOB))
    expect(state.rereads).toEqual({ a: 1 })
  })

  test('a preview belongs to the form and leaves the state untouched', () => {
    const preview = { previewId: 'p', objects: 0, bytes: 0, excludedObjects: 0, sample: [], done: true }
    expect(foldPush(withJob, { name: 'preview', payload: { preview } })).toBe(withJob)
  })

  test('a snapshot of one job leaves the other jobs as they are', () => {
    const before = { ...EMPTY_STATE, jobs: { a: job, b: other } }
    const after = foldPush(before, { name: 'snapshot', payload: { jobId: 'a', snapshot: sampleSnapshot() } })
    expect(after.jobs.b).toBe(other)
  })

  const order = (...jobs: JobView[]) =>
    listJobs(Object.fromEntries(jobs.map((each) => [each.jobId, each]))).map(({ jobId }) => jobId)
  test('jobs are listed newest first', () => {
    expect(order(job, other)).toEqual(['b', 'a'])
  })
  test.each<[string, JobPhase]>([
    ['waits for its turn', 'queued'],
    ['has ended', 'completed'],
  ])('what is at work stands before a newer one that %s', (_, phase) => {
    expect(order(job, { ...other, phase })).toEqual(['a', 'b'])
  })
  test('pausing moves nothing', () => {
    expect(order({ ...job, phase: 'paused' }, { ...other, phase: 'queued' })).toEqual(['a', 'b'])
  })
})
