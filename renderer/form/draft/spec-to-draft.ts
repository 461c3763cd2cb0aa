/** A job's settings back in the form: what `draft-to-spec.ts` made of a draft becomes that draft again. Pure. */
import { writeBytes } from '../../../shared/format-units.ts'
import { DEFAULT_THREADS, type JobSpec } from '../../../shared/job-spec.ts'
import { writeTimeWindow } from './draft-fields.ts'
import { emptyDraft, type FormDraft } from './form-draft.ts'

export function specToDraft(spec: JobSpec): FormDraft {
  const { source, timeWindow } = spec
  const { access } = source
  return {
    ...emptyDraft(spec.destination),
    address: `s3://${source.bucket}/${source.prefix}`,
    bucket: source.bucket,
    prefix: source.prefix,
    endpointUrl: source.endpointUrl ?? '',
    region: source.region ?? '',
    addressing: source.addressing,
    accessKind: access.kind,
    ...(access.kind === 'profile' ? { profile: access.name } : {}),
    ...(access.kind === 'vault' ? { vaultId: access.id } : {}),
    requesterPays: source.requestPayer === 'requester',
    ...limitsToDraft(spec),
    include: spec.include,
    exclude: spec.exclude,
    verify: spec.verify,
    timeWindow: timeWindow ? writeTimeWindow(timeWindow) : '',
    partSize: spec.partSize === 'auto' ? '' : writeBytes(spec.partSize),
  }
}

export type LimitsDraft = Pick<FormDraft, 'threads' | 'threadsAuto' | 'rateLimit'>

export const limitsToDraft = ({ threads, limitBytesPerSecond }: JobSpec): LimitsDraft => ({
  threadsAuto: threads === 'auto',
  threads: threads === 'auto' ? DEFAULT_THREADS : threads,
  rateLimit: limitBytesPerSecond === undefined ? '' : writeBytes(limitBytesPerSecond),
})
