/**
 * What can be checked: each job's source and folder, the address that stands in the form, or this machine alone. Pure.
 */
import type { JobView } from '../../shared/ipc-contract.ts'
import type { Network, Source } from '../../shared/job-spec.ts'
import { hasEnded } from '../../shared/job-state.ts'

export type Target = {
  id: string
  kind: 'job' | 'form' | 'local'
  /** `s3://bucket/prefix`; empty for this machine alone. */
  address: string
  source?: Source
  /** Of the job; the settings' own when absent. */
  network?: Network
  folder: string
}

/** Where the form leads; `folder` is empty while none is chosen. */
export type FormTarget = { source: Source; folder: string }

/** Jobs at work first, for they are what one wonders about; the first target is the one proposed. */
export function listTargets(jobs: readonly JobView[], form: FormTarget | undefined, defaultFolder: string): Target[] {
  const atWork = jobs.filter(({ phase }) => !hasEnded(phase))
  const ended = jobs.filter(({ phase }) => hasEnded(phase))
  const local: Target = { id: 'local', kind: 'local', address: '', folder: defaultFolder }
  return [
    ...atWork.map(targetOfJob),
    ...(form ? [targetOfForm(form, defaultFolder)] : []),
    ...ended.map(targetOfJob),
    local,
  ]
}

const targetOfJob = ({ jobId, spec }: JobView): Target => ({
  id: `job-${jobId}`,
  kind: 'job',
  address: addressOf(spec.source),
  source: spec.source,
  network: spec.network,
  folder: spec.destination,
})

const targetOfForm = ({ source, folder }: FormTarget, defaultFolder: string): Target => ({
  id: 'form',
  kind: 'form',
  address: addressOf(source),
  source,
  folder: folder || defaultFolder,
})

const addressOf = ({ bucket, prefix }: Source): string => `s3://${bucket}/${prefix}`
