/** Shows a failure of the preview at the field that caused it. Requests only start once typing has paused. */
import { describeFailure } from '../../i18n/describe-failure.ts'
import { useTranslation } from '../../i18n/index.ts'
import type { FormDraft } from '../draft/form-draft.ts'
import type { DraftField } from '../draft/validate-draft.ts'
import { type BlamedField, blameField } from './blame-field.ts'
import type { PreviewState } from './use-preview.ts'

export function useBlame(draft: FormDraft, preview: PreviewState) {
  const { t } = useTranslation()
  const blamed = blameField(draft, preview)
  const sentence = () => {
    if (preview.status === 'failed') return describeFailure(t, preview.failure).sentence
    return blamed === 'prefix' ? t('failures.missing.plain') : t('form.previewEmpty')
  }
  return { blamed, blameOf: (field: BlamedField | DraftField) => (field === blamed ? sentence() : undefined) }
}
