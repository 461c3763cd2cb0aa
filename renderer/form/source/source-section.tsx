import { FolderOpenOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, Segmented } from 'antd'
import { useState } from 'react'
import { Field, Section } from '../../fields/field.tsx'
import { useTranslation } from '../../i18n/index.ts'
import { type AccessKind, type FormDraft, withAddress, withBucketLeft, withSource } from '../draft/form-draft.ts'
import type { DraftHandle } from '../draft/use-draft.ts'
import { AccessKeys } from './access-keys.tsx'
import { AccessProfile } from './access-profile.tsx'
import { BrowseDialog } from './browse-dialog.tsx'

type SourceSectionProps = {
  handle: DraftHandle
  /** Words for the errors that may be shown now. */
  errors: {
    address?: string | undefined
    bucket?: string | undefined
    prefix?: string | undefined
    access?: string | undefined
    profile?: string | undefined
    keys?: string | undefined
  }
  canBrowse: boolean
  onTouch: (field: 'bucket') => void
}

export function SourceSection({ handle, errors, canBrowse, onTouch }: SourceSectionProps) {
  const { t } = useTranslation()
  const { draft, change, replace } = handle
  const [browsing, setBrowsing] = useState(false)
  const leaveBucket = () => {
    onTouch('bucket')
    replace(withBucketLeft)
  }
  return (
    <Section title={t('form.source')}>
      <Field label={t('form.address')} hint={t('form.addressHint')} error={errors.address}>
        {(control) => (
          <div className="lh-field-line">
            <Input
              {...control}
              value={draft.address}
              placeholder="s3://"
              spellCheck={false}
              allowClear={false}
              onChange={(event) => replace((before) => withAddress(before, event.target.value))}
            />
            <Button
              icon={<FolderOpenOutlined aria-hidden="true" />}
              disabled={!canBrowse}
              onClick={() => setBrowsing(true)}
            >
              {t('form.browse')}
            </Button>
          </div>
        )}
      </Field>
      <Field label={t('form.bucket')} error={errors.bucket}>
        {(control) => (
          <Input
            {...control}
            value={draft.bucket}
            spellCheck={false}
            onBlur={leaveBucket}
            onPressEnter={leaveBucket}
            onChange={(event) => replace((before) => withSource(before, { bucket: event.target.value }))}
          />
        )}
      </Field>
      <Field label={t('form.prefix')} error={errors.prefix}>
        {(control) => (
          <Input
            {...control}
            value={draft.prefix}
            placeholder={t('form.prefixPlaceholder')}
            spellCheck={false}
            onChange={(event) => replace((before) => withSource(before, { prefix: event.target.value }))}
          />
        )}
      </Field>
      <AccessField draft={draft} change={change} errors={errors} />
      {browsing && (
        <BrowseDialog
          draft={draft}
          onClose={() => setBrowsing(false)}
          onChoose={(source) => {
            replace((before) => withSource(before, source))
            setBrowsing(false)
          }}
        />
      )}
    </Section>
  )
}

type AccessFieldProps = {
  draft: FormDraft
  change: DraftHandle['change']
  errors: SourceSectionProps['errors']
}

function AccessField({ draft, change, errors }: AccessFieldProps) {
  const { t } = useTranslation()
  const words: Record<AccessKind, { label: string; hint?: string }> = {
    anonymous: { label: t('form.accessAnonymous'), hint: t('form.accessAnonymousHint') },
    default: { label: t('form.accessDefault'), hint: t('form.accessDefaultHint') },
    profile: { label: t('form.accessProfile'), hint: t('form.accessProfileHint') },
    vault: { label: t('form.accessKeys') },
  }
  return (
    <>
      <Field label={t('form.access')} hint={words[draft.accessKind].hint} error={errors.access} group>
        {() => (
          <Segmented<AccessKind>
            aria-label={t('form.access')}
            value={draft.accessKind}
            options={(['anonymous', 'default', 'profile', 'vault'] as const).map((kind) => ({
              value: kind,
              label: words[kind].label,
            }))}
            onChange={(accessKind) => change({ accessKind })}
          />
        )}
      </Field>
      {draft.accessKind === 'profile' && (
        <AccessProfile profile={draft.profile} error={errors.profile} onChange={(profile) => change({ profile })} />
      )}
      {draft.accessKind === 'vault' && (
        <AccessKeys vaultId={draft.vaultId} error={errors.keys} onChange={(vaultId) => change({ vaultId })} />
      )}
      {draft.accessKind !== 'anonymous' && (
        <Field label={t('form.requesterPays')} hint={t('form.requesterPaysHint')}>
          {(control) => (
            <Checkbox
              {...control}
              checked={draft.requesterPays}
              onChange={(event) => change({ requesterPays: event.target.checked })}
            />
          )}
        </Field>
      )}
    </>
  )
}
