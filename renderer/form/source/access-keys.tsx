/**
 * Keys are typed once, handed to the vault, and forgotten here: only their id stays in the form. While they are being
 * typed they live in this component's state and nowhere else.
 */
import { DeleteOutlined } from '@ant-design/icons'
import { App, Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import { useAnswer } from '../../client/use-answer.ts'
import { useClient } from '../../client/use-client.tsx'
import { Field } from '../../fields/field.tsx'
import { useTranslation } from '../../i18n/index.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { focusMainAfterDialog } from '../../shell/focus-main.ts'
import { useAppInfo } from '../../store/use-window-store.tsx'

const NEW_KEYS = 'new'

type AccessKeysProps = { vaultId: string; error: string | undefined; onChange: (vaultId: string) => void }

export function AccessKeys({ vaultId, error, onChange }: AccessKeysProps) {
  const { t } = useTranslation()
  const client = useClient()
  const { modal } = App.useApp()
  const [saved, readAgain] = useAnswer('access.savedKeys', {})
  const [typing, setTyping] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const keys = saved.status === 'known' ? saved.value : []
  const chosen = keys.find((entry) => entry.id === vaultId)
  // Keys of a session vault are gone after a restart of the program: what the form remembers may no longer exist.
  const showEditor = typing || (saved.status === 'known' && keys.length === 0)

  const forget = (id: string, label: string) =>
    modal.confirm({
      title: t('form.keysForgetQuestion', { label }),
      onOk: async () => {
        const outcome = await client.call('access.forgetKeys', { id })
        if (!outcome.ok) return setFailure(outcome.failure)
        onChange('')
        readAgain()
      },
      afterClose: focusMainAfterDialog,
    })

  return (
    <>
      {keys.length > 0 && (
        <Field label={t('form.keysSaved')} error={showEditor ? undefined : error}>
          {(control) => (
            <div className="lh-field-line">
              <Select
                {...control}
                value={typing ? NEW_KEYS : (chosen?.id ?? null)}
                placeholder={t('form.keysChoose')}
                options={[
                  ...keys.map((entry) => ({ value: entry.id, label: entry.label })),
                  { value: NEW_KEYS, label: t('form.keysNew') },
                ]}
                onChange={(id: string) => {
                  setTyping(id === NEW_KEYS)
                  onChange(id === NEW_KEYS ? '' : id)
                }}
              />
              {chosen && !typing && (
                <Button
                  icon={<DeleteOutlined />}
                  aria-label={t('form.keysForget')}
                  title={t('form.keysForget')}
                  onClick={() => forget(chosen.id, chosen.label)}
                />
              )}
            </div>
          )}
        </Field>
      )}
      {showEditor && (
        <KeysEditor
          error={error}
          onSaved={(id) => {
            setTyping(false)
            readAgain()
            onChange(id)
          }}
        />
      )}
      {saved.status === 'failed' && <FailureNote failure={saved.failure} />}
      {failure && <FailureNote failure={failure} />}
    </>
  )
}

const REQUIRED_KEYS = ['accessKeyId', 'secretAccessKey'] as const
const NO_KEYS = { label: '', accessKeyId: '', secretAccessKey: '', sessionToken: '' }

function KeysEditor({ error, onSaved }: { error: string | undefined; onSaved: (id: string) => void }) {
  const { t } = useTranslation()
  const client = useClient()
  const vault = useAppInfo()?.vault ?? 'session'
  const [keys, setKeys] = useState(NO_KEYS)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const missing = REQUIRED_KEYS.find((name) => keys[name].trim() === '')
  const errorOf = (name: (typeof REQUIRED_KEYS)[number]) =>
    error && missing === name ? t('form.errors.keyRequired') : undefined

  const save = async () => {
    if (missing || saving) return
    setSaving(true)
    const accessKeyId = keys.accessKeyId.trim()
    const sessionToken = keys.sessionToken.trim()
    const outcome = await client.call('access.saveKeys', {
      label: keys.label.trim() || accessKeyId,
      accessKeyId,
      secretAccessKey: keys.secretAccessKey.trim(),
      ...(sessionToken ? { sessionToken } : {}),
    })
    setSaving(false)
    if (!outcome.ok) return setFailure(outcome.failure)
    setKeys(NO_KEYS)
    onSaved(outcome.value.id)
  }

  const set = (name: keyof typeof NO_KEYS) => (event: { target: { value: string } }) =>
    setKeys((before) => ({ ...before, [name]: event.target.value }))
  return (
    <>
      <Field label={t('form.keyLabel')}>
        {(control) => (
          <Input
            {...control}
            value={keys.label}
            placeholder={t('form.keyLabelPlaceholder')}
            autoComplete="off"
            onPressEnter={() => void save()}
            onChange={set('label')}
          />
        )}
      </Field>
      <Field label={t('form.accessKeyId')} error={errorOf('accessKeyId')}>
        {(control) => (
          <Input
            {...control}
            value={keys.accessKeyId}
            autoComplete="off"
            spellCheck={false}
            onPressEnter={() => void save()}
            onChange={set('accessKeyId')}
          />
        )}
      </Field>
      <Field label={t('form.secretAccessKey')} error={errorOf('secretAccessKey')}>
        {(control) => (
          <Input.Password
            {...control}
            value={keys.secretAccessKey}
            autoComplete="new-password"
            onPressEnter={() => void save()}
            onChange={set('secretAccessKey')}
          />
        )}
      </Field>
      <Field
        label={t('form.sessionToken')}
        error={error && !missing ? t('form.saveKeysFirst') : undefined}
        hint={vault === 'os' ? t('form.keysVaultOs') : t('form.keysVaultSession')}
      >
        {(control) => (
          <div className="lh-field-line">
            <Input.Password
              {...control}
              value={keys.sessionToken}
              placeholder={t('form.optional')}
              autoComplete="new-password"
              onPressEnter={() => void save()}
              onChange={set('sessionToken')}
            />
            <Button disabled={missing !== undefined} loading={saving} onClick={() => void save()}>
              {t('form.keysSave')}
            </Button>
          </div>
        )}
      </Field>
      {failure && <FailureNote failure={failure} />}
    </>
  )
}
