import { expect, test } from 'vitest'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { type JobSpec, jobSpecSchema } from '../../../shared/job-spec.ts'
import { findContinued } from './continued-job.ts'

const spec = (changes: { [name in keyof JobSpec]?: unknown } = {}): JobSpec =>
  jobSpecSchema.parse({ source: SOURCE, destination: '/data/era5', ...changes })
const SOURCE = { bucket: 'era5', prefix: '202510/', endpointUrl: 'https://s3.example.org' }

const job = (changes: Partial<JobView> = {}): JobView => ({
  jobId: 'earlier',
  spec: spec(),
  phase: 'interrupted',
  createdAt: '2026-01-01T00:00:00Z',
  bytesDone: 500,
  bytesTotal: 1000,
  objectsDone: 5,
  objectsFailed: 0,
  objectsTotal: 10,
  ...changes,
})
const nothing = { bytesDone: 0, objectsDone: 0 }

test.each<[string, Partial<JobView>, JobSpec, boolean]>([
  ['the same objects in the same folder', {}, spec(), true],
  ['a finished one too: what is new is fetched', { phase: 'completed' }, spec(), true],
  ['with other threads, access and checks', {}, spec({ threads: 4, verify: 'off' }), true],
  ['a folder written with a slash', {}, spec({ destination: '/data/era5/' }), true],
  ['a service written with a slash', {}, spec({ source: { ...SOURCE, endpointUrl: 'https://s3.example.org/' } }), true],
  [
    'a service written with its port',
    {},
    spec({ source: { ...SOURCE, endpointUrl: 'https://s3.example.org:443' } }),
    true,
  ],
  ['another folder', {}, spec({ destination: '/data/other' }), false],
  ['another month in the same folder: both are true', {}, spec({ source: { ...SOURCE, prefix: '202511/' } }), false],
  ['another choice of objects: both are true', {}, spec({ include: ['*_130_t.*'] }), false],
  [
    'the corrected form of an attempt that got nothing',
    { phase: 'failed', ...nothing },
    spec({ source: { ...SOURCE, bucket: 'era-5' } }),
    true,
  ],
  [
    'one that was cut off before its first byte is still to be done',
    { phase: 'interrupted', ...nothing },
    spec({ source: { ...SOURCE, bucket: 'era-5' } }),
    false,
  ],
])('goes on with: %s', (_, changes, newSpec, isContinued) => {
  expect(findContinued([job(changes)], newSpec)?.jobId).toBe(isContinued ? 'earlier' : undefined)
})

test('of several the newest', () => {
  expect(findContinued([job(), job({ jobId: 'newer' })], spec())?.jobId).toBe('newer')
})
