/** Which field a failed listing shows to be wrong; none when waiting may help as well. Pure. */
import type { Failure, FailureClass } from '../../../shared/failure.ts'
import type { AccessKind, FormDraft } from '../draft/form-draft.ts'
import type { PreviewState } from './use-preview.ts'

export type BlamedField =
  | 'bucket'
  | 'prefix'
  | 'access'
  | 'profile'
  | 'keys'
  | 'include'
  | 'exclude'
  | 'endpointUrl'
  | 'region'

/** The field that the refused credentials come from. */
const GIVER: Record<AccessKind, BlamedField> = {
  anonymous: 'access',
  default: 'access',
  profile: 'profile',
  vault: 'keys',
}
/** The field that names the requested host. */
const OF_THE_HOST: readonly FailureClass[] = [
  ...(['dns', 'connect', 'tls', 'stalled', 'reset'] as const),
  ...(['protocol', 'redirect-refused'] as const),
]

export function blameField(draft: FormDraft, preview: PreviewState): BlamedField | undefined {
  if (preview.status === 'failed') return blameFailure(draft, preview.failure)
  if (preview.status !== 'done' || preview.preview.objects > 0) return undefined
  if (preview.preview.excludedObjects > 0) return draft.include.length > 0 ? 'include' : 'exclude'
  return draft.prefix === '' ? undefined : 'prefix'
}

/** None was found where the AWS tools look, and public data needs none. */
export const lacksAccount = ({ accessKind }: FormDraft, preview: PreviewState): boolean =>
  accessKind === 'default' && preview.status === 'failed' && preview.failure.class === 'credentials'

function blameFailure(draft: FormDraft, { class: failureClass, subject = '' }: Failure): BlamedField | undefined {
  if (failureClass === 'missing-bucket') return 'bucket'
  if (failureClass === 'missing') return 'prefix'
  if (failureClass === 'denied') return 'access'
  if (failureClass === 'credentials') return GIVER[draft.accessKind]
  if (failureClass === 'wrong-region') return draft.region.trim() ? 'region' : undefined
  return OF_THE_HOST.includes(failureClass) && isOfEndpoint(subject, draft.endpointUrl) ? 'endpointUrl' : undefined
}

/** With or without port and bucket in front; false for a proxy and for the host that issues credentials. */
function isOfEndpoint(subject: string, endpointUrl: string): boolean {
  const host = URL.parse(endpointUrl.trim())?.hostname
  const named = subject.replace(/:\d+$/, '')
  return host !== undefined && (named === host || named.endsWith(`.${host}`))
}
