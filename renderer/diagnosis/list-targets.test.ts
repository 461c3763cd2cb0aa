import { expect, test } from 'vitest'
import type { JobView } from '../../shared/ipc-contract.ts'
import { sampleJob } from '../job/testing/samples.ts'
import { listTargets } from './list-targets.ts'

const job = (jobId: string, phase: JobView['phase']): JobView => ({ ...sampleJob(), jobId, phase })
const form = { source: sampleJob().spec.source, folder: '/chosen' }
const ids = (targets: ReturnType<typeof listTargets>) => targets.map(({ id }) => id)

test.each([
  ['nothing but this machine', [], undefined, ['local']],
  ['an address in the form comes before it', [], form, ['form', 'local']],
  [
    'jobs at work come first, those that have ended after the form',
    [job('done', 'completed'), job('live', 'running')],
    form,
    ['job-live', 'form', 'job-done', 'local'],
  ],
])('%s', (_, jobs, form, expected) => expect(ids(listTargets(jobs, form, '/data'))).toEqual(expected))

test.each([
  ['the form brings the folder that is chosen there', '/chosen', '/chosen'],
  ['without one it is the default folder', '', '/data'],
])('%s', (_, folder, expected) => {
  expect(listTargets([], { ...form, folder }, '/data')[0]?.folder).toBe(expected)
})

test('a job brings its source, network and folder', () => {
  const { spec } = sampleJob()
  expect(listTargets([job('a', 'running')], undefined, '/data')[0]).toMatchObject({
    address: 's3://nsf-ncar-era5/e5.oper.an.pl/202510/',
    source: spec.source,
    network: spec.network,
    folder: spec.destination,
  })
})
