/**
 * What can be checked: each job's source and folder, the address that stands in the form, or this machine alone. Pure.
 */
import type { JobView } from '../../shared/ipc-contract.ts'
import type { Network, Source } from '../../shared/job-spec.ts'
import { hasEnded } from '../../shared/job-state.ts'
import { draftToSource } from '../form/draft/draft-to-spec.ts'
import type { FormDraft } from '../form/draft/form-draft.ts'
import { canAskSource, validateDraft } from '../form/draft/validate-draft.ts'

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

/** Jobs at work first, for they are what one wonders about; the first target is the one proposed. */
export function listTargets(jobs: readonly JobView[], draft: FormDraft | undefined, defaultFolder: string): Target[] {
  const atWork = jobs.filter(({ phase }) => !hasEnded(phase))
  const ended = jobs.filter(({ phase }) => hasEnded(phase))
  const form = draft && canAskSource(validateDraft(draft, undefined)) ? [targetOfForm(draft, defaultFolder)] : []
  const local: Target = { id: 'local', kind: 'local', address: '', folder: defaultFolder }
  return [...atWork.map(targetOfJob), ...form, ...ended.map(targetOfJob), local]
}

const targetOfJob = ({ jobId, spec }: JobView): Target => ({
  id: `job-${jobId}`,
  kind: 'job',
  address: addressOf(spec.source),
  source: spec.source,
  network: spec.network,
  folder: spec.destination,
})

function targetOfForm(draft: FormDraft, defaultFolder: string): Target {
  const source = draftToSource(draft)
  return { id: 'form', kind: 'form', address: addressOf(source), source, folder: draft.folder.trim() || defaultFolder }
}

const addressOf = ({ bucket, prefix }: Source): string => `s3://${bucket}/${prefix}`
