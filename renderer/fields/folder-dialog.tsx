import { ArrowUpOutlined, FolderFilled, HddOutlined, HomeOutlined } from '@ant-design/icons'
import { Button, Input, Modal, Spin } from 'antd'
import { useEffect, useId, useState } from 'react'
import { useAnswer } from '../client/use-answer.ts'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { useReturnFocus } from '../shell/use-return-focus.ts'
import { useAppInfo } from '../store/use-window-store.tsx'
import { expandHome, isAbsolutePath, parentPath } from './path-text.ts'
import './browser-list.css'

type FolderDialogProps = { startAt: string; onChoose: (path: string) => void; onClose: () => void }

/** Picks a folder of the machine that runs the program, where no native dialog can be had. */
export function FolderDialog({ startAt, onChoose, onClose }: FolderDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const id = useId()
  const homeFolder = useAppInfo()?.homeFolder ?? ''
  const [path, setPath] = useState(isAbsolutePath(startAt) ? startAt : '')
  const [typed, setTyped] = useState(path)
  const [answer, again] = useAnswer('folder.list', { path })
  const [roots] = useAnswer('folder.roots', {})
  const [hasOpened, setHasOpened] = useState(false)
  const missing = answer.status === 'failed' && answer.failure.code === 'ENOENT' ? answer.failure.subject : undefined
  // The form's folder is often one that is still to be made:
  // the dialog opens at the nearest one above it that is there.
  const startAbove = hasOpened || missing === undefined ? undefined : parentPath(missing)
  useEffect(() => {
    if (startAbove !== undefined) setPath(startAbove)
    else if (answer.status !== 'asking') setHasOpened(true)
    if (answer.status === 'known') setTyped(answer.value.path)
  }, [answer, startAbove])

  const folders = answer.status === 'known' ? answer.value.folders : []
  // The way up stays open where a folder cannot be read.
  const parent = answer.status === 'known' ? answer.value.parent : parentPath(path)
  return (
    <Modal
      open
      centered
      width={560}
      title={t('form.folderPicker.title')}
      onCancel={onClose}
      footer={
        <div className="lh-browser-footer">
          <span className="lh-muted">{t('form.folderPicker.note')}</span>
          <Button onClick={onClose}>{t('form.folderPicker.cancel')}</Button>
          <Button type="primary" disabled={!isAbsolutePath(typed)} onClick={() => onChoose(typed.trim())}>
            {t('form.folderPicker.choose')}
          </Button>
        </div>
      }
    >
      <ul className="lh-folder-roots" aria-label={t('form.folderPicker.roots')}>
        {roots.status === 'known' &&
          roots.value.map(({ path: root, kind }) => {
            const name = kind === 'home' ? t('form.folderPicker.home') : root
            return (
              <li key={root}>
                <button
                  type="button"
                  className="lh-browser-link"
                  title={root}
                  aria-label={t('form.folderPicker.open', { name })}
                  onClick={() => setPath(root)}
                >
                  {kind === 'home' ? <HomeOutlined aria-hidden="true" /> : <HddOutlined aria-hidden="true" />} {name}
                </button>
              </li>
            )
          })}
      </ul>
      <div className="lh-field-line lh-folder-line">
        <Button
          icon={<ArrowUpOutlined />}
          aria-label={t('form.folderPicker.up')}
          title={t('form.folderPicker.up')}
          disabled={parent === undefined}
          onClick={() => parent !== undefined && setPath(parent)}
        />
        <label className="lh-spoken" htmlFor={id}>
          {t('form.folderPicker.path')}
        </label>
        <Input
          id={id}
          value={typed}
          spellCheck={false}
          onChange={(event) => setTyped(expandHome(event.target.value, homeFolder))}
          onPressEnter={() => setPath(typed.trim())}
        />
      </div>
      <div className="lh-browser-list" aria-busy={answer.status === 'asking'}>
        {answer.status === 'asking' && (
          <div className="lh-browser-note" role="status">
            <Spin size="small" /> {t('form.browser.loading')}
          </div>
        )}
        {missing !== undefined && startAbove === undefined && (
          <p className="lh-browser-note">{t('form.folderPicker.missing')}</p>
        )}
        {answer.status === 'failed' && missing === undefined && (
          <FailureNote
            failure={answer.failure}
            action={
              <Button size="small" onClick={again}>
                {t('form.previewRetry')}
              </Button>
            }
          />
        )}
        {answer.status === 'known' && folders.length === 0 && (
          <p className="lh-browser-note">{t('form.folderPicker.empty')}</p>
        )}
        <ul className="lh-browser-buckets">
          {folders.map((folder) => (
            <li key={folder}>
              <button
                type="button"
                className="lh-browser-link"
                aria-label={t('form.folderPicker.open', { name: lastName(folder) })}
                onClick={() => setPath(folder)}
              >
                <FolderFilled aria-hidden="true" /> {lastName(folder)}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  )
}

/** `era5` of `/data/era5`. */
const lastName = (path: string): string => path.split(/[\\/]/).findLast(Boolean) ?? path
