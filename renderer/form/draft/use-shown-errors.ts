/** Which of the form's errors are shown, and in which words. */
import { useState } from 'react'
import { useTranslation } from '../../i18n/index.ts'
import { useAppInfo } from '../../store/use-window-store.tsx'
import type { FormDraft } from './form-draft.ts'
import {
  ADVANCED_FIELDS,
  type DraftError,
  type DraftErrors,
  type DraftField,
  FIELD_ORDER,
  type SourceField,
  wrongSourceField,
} from './validate-draft.ts'

/** The others are chosen, not typed. */
const TEXT_FIELDS = ['address', 'bucket', 'folder', ...ADVANCED_FIELDS] as const
const SOURCE_LABELS = {
  address: 'form.address',
  bucket: 'form.bucket',
  profile: 'form.profile',
  keys: 'form.keysSaved',
  include: 'form.include',
  exclude: 'form.exclude',
  endpointUrl: 'form.endpoint',
  region: 'form.region',
} as const satisfies Record<SourceField, string>

export function useShownErrors(draft: FormDraft, errors: DraftErrors) {
  const { t } = useTranslation()
  const platform = useAppInfo()?.platform
  // What was filled in before this visit counts as finished typing.
  const [touched, setTouched] = useState<ReadonlySet<DraftField>>(
    () => new Set([...TEXT_FIELDS.filter((field) => draft[field] !== ''), 'threads']),
  )
  const [hasTriedToStart, setHasTriedToStart] = useState(false)

  const example = platform === 'windows' ? 'D:\\era5' : '/data/era5'
  const textOf = (error: DraftError): string => t(`form.errors.${error}`, { example })
  /** A field is not marked while it is being typed in. */
  const shownText = (field: DraftField): string | undefined => {
    const error = errors[field]
    return error && (hasTriedToStart || touched.has(field)) ? textOf(error) : undefined
  }

  /** Why there is no preview. The field may be out of sight, under Advanced. An empty form is not wrong yet. */
  function whyNotListed(): string {
    const wrong = wrongSourceField(errors)
    const error = wrong && errors[wrong]
    if (!wrong || !error || error === 'bucketMissing') return t('form.previewIdle')
    return t('form.previewBlocked', { label: t(SOURCE_LABELS[wrong]), error: textOf(error) })
  }

  return {
    textOf,
    shownText,
    whyNotListed,
    /** The topmost one, once the user has tried to start. */
    first: hasTriedToStart ? FIELD_ORDER.map(shownText).find((text) => text) : undefined,
    /** The user has left this field. */
    touch: (field: DraftField) => setTouched((before) => new Set(before).add(field)),
    /** The user has tried to start: from now on every error is shown. */
    showAll: () => setHasTriedToStart(true),
  }
}
