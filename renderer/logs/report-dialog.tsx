/** A report of one job: every file can be read before it is saved, and what is saved is what was read. */
import { CheckCircleFilled } from '@ant-design/icons'
import { Button, Checkbox, Modal, Spin } from 'antd'
import { useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { formatBytes } from '../../shared/format-units.ts'
import type { CallResult } from '../../shared/ipc-contract.ts'
import { useAnswer } from '../client/use-answer.ts'
import { useClient } from '../client/use-client.tsx'
import { FolderField } from '../fields/folder-field.tsx'
import { isAbsolutePath } from '../fields/path-text.ts'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { NeedsProgram } from '../shell/needs-program.tsx'
import { useReturnFocus } from '../shell/use-return-focus.ts'
import { useAppInfo, useSettings, useWindowState } from '../store/use-window-store.tsx'
import './report-dialog.css'

export function ReportDialog({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  const client = useClient()
  const info = useAppInfo()
  const settings = useSettings()
  const diagnosis = useWindowState((state) => state.diagnosis?.report)
  const [hideNames, setHideNames] = useState(false)
  const [folder, setFolder] = useState(settings.defaultFolder || (info?.defaultFolder ?? ''))
  const [failure, setFailure] = useState<Failure>()
  const [saved, setSaved] = useState('')
  const [answer] = useAnswer('report.preview', { jobId, hideNames, ...(diagnosis ? { diagnosis } : {}) })

  const save = async () => {
    if (answer.status !== 'known') return
    setFailure(undefined)
    const outcome = await client.call('report.save', { reportId: answer.value.reportId, folder: folder.trim() })
    if (outcome.ok) setSaved(outcome.value.path)
    else setFailure(outcome.failure)
  }
  return (
    <Modal
      open
      centered
      width={820}
      title={t('logs.report.title')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('logs.report.close')}</Button>
          <NeedsProgram isReady={answer.status === 'known' && isAbsolutePath(folder.trim())}>
            <Button type="primary" onClick={() => void save()}>
              {t('logs.report.save')}
            </Button>
          </NeedsProgram>
        </>
      }
    >
      <div className="lh-report-dialog">
        <p>{t('logs.report.lead')}</p>
        <p className="lh-muted">{t(diagnosis ? 'logs.report.withDiagnosis' : 'logs.report.withoutDiagnosis')}</p>
        <Checkbox
          checked={hideNames}
          onChange={(event) => {
            setSaved('')
            setHideNames(event.target.checked)
          }}
        >
          {t('logs.report.hideNames')}
        </Checkbox>
        {answer.status === 'asking' && (
          <div role="status">
            <Spin size="small" /> {t('logs.report.making')}
          </div>
        )}
        {answer.status === 'failed' && <FailureNote failure={answer.failure} />}
        {answer.status === 'known' && <Files files={answer.value.files} />}
        <FolderField label={t('logs.report.folder')} path={folder} onType={setFolder} onChoose={setFolder} />
        {failure && <FailureNote failure={failure} />}
        {saved && (
          <p role="status" className="lh-breakable">
            <CheckCircleFilled className="lh-healthy" aria-hidden="true" /> {t('logs.report.saved', { path: saved })}
          </p>
        )}
      </div>
    </Modal>
  )
}

function Files({ files }: { files: CallResult<'report.preview'>['files'] }) {
  const { t } = useTranslation()
  const [chosen, choose] = useState(files[0]?.name ?? '')
  const file = files.find(({ name }) => name === chosen) ?? files[0]
  return (
    <div className="lh-report-files">
      <ul aria-label={t('logs.report.files')}>
        {files.map(({ name, bytes }) => (
          <li key={name}>
            <button type="button" aria-pressed={name === file?.name} onClick={() => choose(name)}>
              <span className="lh-truncate">{name}</span>{' '}
              <span className="lh-number lh-muted">{formatBytes(bytes)}</span>
            </button>
          </li>
        ))}
      </ul>
      {file && (
        <div className="lh-report-text">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <section tabIndex={0} aria-label={t('logs.report.preview', { name: file.name })}>
            <pre className="lh-mono">{file.preview}</pre>
          </section>
          {file.isCut && <p className="lh-muted">{t('logs.report.cut')}</p>}
        </div>
      )}
    </div>
  )
}
