import { Select } from 'antd'
import { useAnswer } from '../../client/use-answer.ts'
import { Field } from '../../fields/field.tsx'
import { useTranslation } from '../../i18n/index.ts'
import { FailureNote } from '../../shell/failure-note.tsx'

type AccessProfileProps = { profile: string; error: string | undefined; onChange: (profile: string) => void }

/** One of the profiles that the AWS tools know on this machine. */
export function AccessProfile({ profile, error, onChange }: AccessProfileProps) {
  const { t } = useTranslation()
  const [profiles] = useAnswer('access.profiles', {})
  if (profiles.status === 'failed') return <FailureNote failure={profiles.failure} />
  const names = profiles.status === 'known' ? profiles.value : []
  return (
    <Field label={t('form.profile')} error={error}>
      {(control) => (
        <Select
          {...control}
          className="lh-wide"
          showSearch
          loading={profiles.status === 'asking'}
          value={profile || null}
          placeholder={t('form.profileChoose')}
          notFoundContent={t('form.profileNone')}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={(name) => onChange(name ?? '')}
        />
      )}
    </Field>
  )
}
