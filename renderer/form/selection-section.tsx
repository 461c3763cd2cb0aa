import { Select } from 'antd'
import { type ControlProps, Field, Section } from '../fields/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import type { DraftHandle } from './draft/use-draft.ts'
import { ThreadsField } from './threads-field.tsx'

type SelectionSectionProps = {
  handle: DraftHandle
  errors: Record<'include' | 'exclude' | 'threads', string | undefined>
  onTouchThreads: () => void
}

export function SelectionSection({ handle, errors, onTouchThreads }: SelectionSectionProps) {
  const { t } = useTranslation()
  const { draft, change } = handle
  return (
    <Section title={t('form.selection')}>
      <Field label={t('form.include')} error={errors.include}>
        {(control) => (
          <Globs
            control={control}
            globs={draft.include}
            placeholder={t('form.includePlaceholder')}
            onChange={(include) => change({ include })}
          />
        )}
      </Field>
      <Field label={t('form.exclude')} hint={t('form.globHint')} error={errors.exclude}>
        {(control) => (
          <Globs
            control={control}
            globs={draft.exclude}
            placeholder={t('form.excludePlaceholder')}
            onChange={(exclude) => change({ exclude })}
          />
        )}
      </Field>
      <ThreadsField chosen={draft} error={errors.threads} onChange={change} onTouch={onTouchThreads} />
    </Section>
  )
}

type GlobsProps = {
  control: ControlProps
  globs: string[]
  placeholder: string
  onChange: (globs: string[]) => void
}

/** Globs as tags. Commas belong to `{u,v}`, so only Enter and white space end one. */
function Globs({ control, globs, placeholder, onChange }: GlobsProps) {
  return (
    <Select
      {...control}
      className="lh-wide lh-globs"
      mode="tags"
      open={false}
      suffixIcon={null}
      value={globs}
      placeholder={placeholder}
      tokenSeparators={[' ', '\n', '\t']}
      onChange={(typed: string[]) => onChange(typed.map((glob) => glob.trim()).filter(Boolean))}
    />
  )
}
