import { expect, test } from 'vitest'
import type { JobView } from '../../shared/ipc-contract.ts'
import { emptyDraft, exampleDraft } from '../form/draft/form-draft.ts'
import { sampleJob } from '../job/testing/samples.ts'
import { listTargets } from './list-targets.ts'

const job = (jobId: string, phase: JobView['phase']): JobView => ({ ...sampleJob(), jobId, phase })
const ids = (targets: ReturnType<typeof listTargets>) => targets.map(({ id }) => id)

test.each([
  ['nothing but this machine', [], undefined, ['local']],
  ['an address in the form comes before it', [], exampleDraft('/data'), ['form', 'local']],
  ['a form without a bucket names nothing', [], emptyDraft('/data'), ['local']],
  [
    'jobs at work come first, those that have ended after the form',
    [job('done', 'completed'), job('live', 'running')],
    exampleDraft('/data'),
    ['job-live', 'form', 'job-done', 'local'],
  ],
])('%s', (_, jobs, draft, expected) => expect(ids(listTargets(jobs, draft, '/data'))).toEqual(expected))

test('a job brings its source, network and folder', () => {
  const { spec } = sampleJob()
  expect(listTargets([job('a', 'running')], undefined, '/data')[0]).toMatchObject({
    address: 's3://nsf-ncar-era5/e5.oper.an.pl/202510/',
    source: spec.source,
    network: spec.network,
    folder: spec.destination,
  })
})
