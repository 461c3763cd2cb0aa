import { FolderOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { formatBytes } from '../../shared/format-units.ts'
import { useClient } from '../client/use-client.tsx'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { useAppInfo } from '../store/use-window-store.tsx'
import { Field, Section } from './field.tsx'
import { FolderDialog } from './folder-dialog.tsx'
import type { FolderState } from './use-folder.ts'

type DestinationSectionProps = {
  path: string
  folder: FolderState
  error: string | undefined
  onChange: (path: string) => void
  onTouch: () => void
}

export function DestinationSection({ path, folder, error, onChange, onTouch }: DestinationSectionProps) {
  const { t } = useTranslation()
  const client = useClient()
  const nativeDialogs = useAppInfo()?.nativeDialogs ?? false
  const [picking, setPicking] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  const choose = async () => {
    setFailure(undefined)
    if (!nativeDialogs) return setPicking(true)
    const outcome = await client.call('folder.choose', { startAt: path })
    if (!outcome.ok) return setFailure(outcome.failure)
    if (outcome.value.path) onChange(outcome.value.path)
  }

  return (
    <Section title={t('form.destination')}>
      <Field
        label={t('form.folder')}
        error={error ?? (folder.status === 'failed' ? describeFailure(t, folder.failure).sentence : undefined)}
        hint={<FolderHint folder={folder} />}
      >
        {(control) => (
          <div className="lh-field-line">
            <Input
              {...control}
              value={path}
              spellCheck={false}
              onBlur={onTouch}
              onChange={(event) => onChange(event.target.value)}
            />
            <Button icon={<FolderOutlined />} onClick={() => void choose()}>
              {t('form.folderChoose')}
            </Button>
          </div>
        )}
      </Field>
      {failure && <FailureNote failure={failure} />}
      {picking && (
        <FolderDialog
          startAt={path}
          onClose={() => setPicking(false)}
          onChoose={(chosen) => {
            setPicking(false)
            onChange(chosen)
          }}
        />
      )}
    </Section>
  )
}

function FolderHint({ folder }: { folder: FolderState }) {
  const { t } = useTranslation()
  if (folder.status === 'checking') return t('form.folderChecking')
  if (folder.status !== 'known') return '\u00a0'
  const { freeBytes, hasJournal, exists } = folder.view
  const free = t('form.folderFree', { size: formatBytes(freeBytes) })
  if (hasJournal) return `${free} · ${t('form.folderResume')}`
  return exists ? free : `${free} · ${t('form.folderNew')}`
}
