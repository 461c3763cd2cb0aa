/**
 * Which of the earlier jobs a new one goes on with: then there is one job with one history, instead of a second beside
 * one that for ever says it is not finished. Pure.
 */
import { resolve } from 'node:path'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import { isSameSource } from '../../engine/disk/journal/record.ts'

/** `jobs`: oldest first, and none of those in the same folder runs. */
export const findContinued = (jobs: readonly JobView[], spec: JobSpec): JobView | undefined =>
  jobs.findLast(
    (job) =>
      resolve(job.spec.destination) === resolve(spec.destination) && (isSameWork(job.spec, spec) || hasGotNothing(job)),
  )

/** The same objects from the same place; how they are fetched may differ. */
const isSameWork = (one: JobSpec, other: JobSpec): boolean =>
  isSameSource(identityOf(one), identityOf(other)) && globsOf(one) === globsOf(other)

/** By what the folder's journal distinguishes sources. */
const identityOf = ({ source: { bucket, endpointUrl = '', prefix } }: JobSpec) => ({
  bucket,
  endpoint: endpointUrl,
  prefix,
})

const globsOf = ({ include, exclude }: JobSpec): string => JSON.stringify([include, exclude])

/** An attempt that was wrong in the form: a name, the access. Its correction takes its place. */
const hasGotNothing = ({ phase, objectsDone, bytesDone }: JobView): boolean =>
  (phase === 'failed' || phase === 'completed' || phase === 'cancelled') && objectsDone === 0 && bytesDone === 0
