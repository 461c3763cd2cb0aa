import { CloseCircleFilled, DownloadOutlined, LoadingOutlined, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import type { Failure } from '../../shared/failure.ts'
import { formatBytes } from '../../shared/format-units.ts'
import type { FolderView } from '../../shared/ipc-contract.ts'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { NeedsProgram } from '../shell/needs-program.tsx'
import { judgeSpace } from './preview/judge-space.ts'
import type { PreviewState } from './preview/use-preview.ts'
import './start-bar.css'

type StartBarProps = {
  preview: PreviewState
  folder: FolderView | undefined
  /** The topmost error of the form, once the user has tried to start. */
  firstError: string | undefined
  /** Why the last attempt to start did not work; the whole note stands beside the preview, perhaps out of view. */
  startFailure: Failure | undefined
  starting: boolean
  /** Of the button. */
  label: string
  onStart: () => void
}

/** Always in view: what would happen in one line, and the button that makes it happen. */
export function StartBar({ preview, folder, firstError, startFailure, starting, label, onStart }: StartBarProps) {
  const { t } = useTranslation()
  return (
    <div className="lh-start-bar">
      <div className="lh-start-inner">
        <div className="lh-start-line" role="status">
          {firstError ? (
            <span className="lh-trouble">
              <CloseCircleFilled aria-hidden="true" /> {`${t('form.cannotStart')}${firstError}`}
            </span>
          ) : startFailure ? (
            <span className="lh-trouble">
              <CloseCircleFilled aria-hidden="true" />{' '}
              {`${t('form.startFailed')}${describeFailure(t, startFailure).sentence}`}
            </span>
          ) : (
            <PreviewLine preview={preview} folder={folder} />
          )}
        </div>
        <NeedsProgram>
          <Button
            type="primary"
            size="large"
            icon={<DownloadOutlined aria-hidden="true" />}
            loading={starting}
            onClick={onStart}
          >
            {starting ? t('form.starting') : label}
          </Button>
        </NeedsProgram>
      </div>
    </div>
  )
}

function PreviewLine({ preview, folder }: Pick<StartBarProps, 'preview' | 'folder'>) {
  const { t } = useTranslation()
  const language = useLanguage()
  switch (preview.status) {
    case 'idle':
      return null
    case 'failed':
      return (
        <span className="lh-trouble">
          <CloseCircleFilled aria-hidden="true" /> {describeFailure(t, preview.failure).sentence}
        </span>
      )
    case 'listing':
    case 'done': {
      const isListing = preview.status === 'listing'
      const counted = preview.preview
      const space = judgeSpace(counted?.bytes, !isListing, folder)
      if (!isListing && counted?.objects === 0) {
        return (
          <span className="lh-healing">
            <WarningFilled aria-hidden="true" /> {t('form.previewEmpty')}
          </span>
        )
      }
      return (
        <>
          {isListing && !counted && <LoadingOutlined aria-label={t('form.previewListing')} />}
          {counted && (
            <>
              <b className="lh-number">
                {isListing && (
                  <>
                    <LoadingOutlined aria-label={t('form.previewListing')} /> {t('form.previewAtLeast')}{' '}
                  </>
                )}
                {t('form.objectCount', {
                  count: counted.objects,
                  number: new Intl.NumberFormat(language).format(counted.objects),
                })}
              </b>
              <b className="lh-number">{formatBytes(counted.bytes)}</b>
            </>
          )}
          {space.verdict === 'short' && (
            <span className="lh-healing">
              <WarningFilled aria-hidden="true" /> {t('form.previewNoSpace', { size: formatBytes(space.bytes) })}
            </span>
          )}
        </>
      )
    }
  }
}
