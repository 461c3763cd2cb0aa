/** A path that is typed or chosen: in the system's own dialog, or in ours where there is none. */
import { FolderOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { type ReactNode, useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { useClient } from '../client/use-client.tsx'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { useAppInfo } from '../store/use-window-store.tsx'
import { Field } from './field.tsx'
import { FolderDialog } from './folder-dialog.tsx'
import { expandHome } from './path-text.ts'

type FolderFieldProps = {
  label: string
  path: string
  /** Where the dialog opens while nothing is typed. */
  startAt?: string
  hint?: ReactNode
  error?: string | undefined
  isDisabled?: boolean
  onType: (path: string) => void
  onChoose: (path: string) => void
  /** The field is left, or Enter is pressed in it. */
  onLeave?: () => void
}

export function FolderField(props: FolderFieldProps) {
  const { label, path, startAt = '', hint, error, isDisabled = false, onType, onChoose, onLeave } = props
  const { t } = useTranslation()
  const client = useClient()
  const { nativeDialogs = false, homeFolder = '' } = useAppInfo() ?? {}
  const [isPicking, setPicking] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const from = path || startAt

  const choose = async () => {
    setFailure(undefined)
    if (!nativeDialogs) return setPicking(true)
    const outcome = await client.call('folder.choose', { startAt: from })
    if (!outcome.ok) return setFailure(outcome.failure)
    if (outcome.value.path) onChoose(outcome.value.path)
  }

  return (
    <>
      <Field label={label} error={error} hint={hint}>
        {(control) => (
          <div className="lh-field-line">
            <Input
              {...control}
              disabled={isDisabled}
              value={path}
              spellCheck={false}
              onBlur={() => onLeave?.()}
              onPressEnter={() => onLeave?.()}
              onChange={(event) => onType(expandHome(event.target.value, homeFolder))}
            />
            <Button icon={<FolderOutlined aria-hidden="true" />} disabled={isDisabled} onClick={() => void choose()}>
              {t('form.folderChoose')}
            </Button>
          </div>
        )}
      </Field>
      {failure && <FailureNote failure={failure} />}
      {isPicking && (
        <FolderDialog
          startAt={from}
          onClose={() => setPicking(false)}
          onChoose={(chosen) => {
            setPicking(false)
            onChoose(chosen)
          }}
        />
      )}
    </>
  )
}
