/** A valid draft becomes the engine's input. Network and policy come from the settings. Pure. */
import { parseBytes, parseRate } from '../../../shared/format-units.ts'
import type { Access, JobLimits, JobSpec, Source } from '../../../shared/job-spec.ts'
import type { Settings } from '../../../shared/settings.ts'
import { parseTimeWindow } from './draft-fields.ts'
import type { FormDraft } from './form-draft.ts'

export function draftToSource(draft: FormDraft): Source {
  const endpointUrl = draft.endpointUrl.trim()
  const region = draft.region.trim()
  return {
    bucket: draft.bucket,
    prefix: draft.prefix,
    ...(endpointUrl ? { endpointUrl } : {}),
    ...(region ? { region } : {}),
    addressing: draft.addressing,
    access: draftToAccess(draft),
    ...(draft.requesterPays && draft.accessKind !== 'anonymous' ? { requestPayer: 'requester' } : {}),
  }
}

function draftToAccess(draft: FormDraft): Access {
  switch (draft.accessKind) {
    case 'anonymous':
    case 'default':
      return { kind: draft.accessKind }
    case 'profile':
      return { kind: 'profile', name: draft.profile }
    case 'vault':
      return { kind: 'vault', id: draft.vaultId }
  }
}

export function draftToLimits(draft: Pick<FormDraft, 'threads' | 'threadsAuto' | 'rateLimit'>): JobLimits {
  const limitBytesPerSecond = parseRate(draft.rateLimit)
  return {
    threads: draft.threadsAuto ? 'auto' : draft.threads,
    ...(limitBytesPerSecond ? { limitBytesPerSecond } : {}),
  }
}

export function draftToSpec(draft: FormDraft, settings: Settings): JobSpec {
  const timeWindow = parseTimeWindow(draft.timeWindow)
  return {
    source: draftToSource(draft),
    destination: draft.folder.trim(),
    ...draftToLimits(draft),
    partSize: parseBytes(draft.partSize) ?? 'auto',
    include: draft.include,
    exclude: draft.exclude,
    verify: draft.verify,
    ...(timeWindow ? { timeWindow } : {}),
    network: settings.network,
    policy: settings.policy,
  }
}
