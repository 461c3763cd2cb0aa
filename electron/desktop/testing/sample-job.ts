/** A job as the program pushes it, for tests. */
import type { JobView } from '../../../shared/ipc-contract.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'

export const sampleJob = (given: Partial<JobView> = {}): JobView => ({
  jobId: 'job-1',
  spec: jobSpecSchema.parse({
    source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/', access: { kind: 'anonymous' } },
    destination: '/data/era5',
  }),
  phase: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
  bytesDone: 250,
  bytesTotal: 1000,
  objectsDone: 1,
  objectsFailed: 0,
  objectsTotal: 4,
  ...given,
})
