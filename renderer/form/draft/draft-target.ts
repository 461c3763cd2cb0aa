/** Where the form leads, for other pages: the source that can be asked, and the folder. Pure. */
import type { Source } from '../../../shared/job-spec.ts'
import { draftToSource } from './draft-to-spec.ts'
import type { FormDraft } from './form-draft.ts'
import { canAskSource, validateDraft } from './validate-draft.ts'

/** Undefined while the bucket cannot be asked; `folder` is empty while none is chosen. */
export function draftTarget(draft: FormDraft): { source: Source; folder: string } | undefined {
  if (!canAskSource(validateDraft(draft, undefined))) return undefined
  return { source: draftToSource(draft), folder: draft.folder.trim() }
}
