import { CheckCircleOutlined, LoadingOutlined, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useId } from 'react'
import { formatBytes } from '../../../shared/format-units.ts'
import type { FolderView, Preview } from '../../../shared/ipc-contract.ts'
import { useLanguage, useTranslation } from '../../i18n/index.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import type { EmptyAdvice } from './advise-empty.ts'
import { judgeSpace } from './judge-space.ts'
import type { PreviewState } from './use-preview.ts'
import './preview-panel.css'

type PreviewPanelProps = {
  preview: PreviewState
  /** Asked without an account. */
  isAnonymous: boolean
  /** Why nothing is listed yet. */
  idleText: string
  folder: FolderView | undefined
  emptyAdvice: EmptyAdvice | undefined
  /** A likely reason why the bucket was not found. */
  missingBucketAdvice: string | undefined
  onRetry: () => void
  /** Given when no credentials were found and none may be needed. */
  onAnonymous: (() => void) | undefined
}

/** What would be downloaded: count, size, whether it fits, a few names. */
export function PreviewPanel({
  preview,
  isAnonymous,
  idleText,
  folder,
  emptyAdvice,
  missingBucketAdvice,
  onRetry,
  onAnonymous,
}: PreviewPanelProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <section className="lh-preview lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title lh-preview-head" id={id}>
        {t('form.preview')}
        <PreviewStatus preview={preview} />
      </h2>
      {preview.status === 'idle' && <p className="lh-muted">{idleText}</p>}
      {preview.status === 'failed' && (
        <FailureNote
          failure={preview.failure}
          isAnonymous={isAnonymous}
          action={
            <NeedsProgram>
              {onAnonymous && (
                <Button size="small" onClick={onAnonymous}>
                  {t('form.accessUseAnonymous')}
                </Button>
              )}
              <Button size="small" onClick={onRetry}>
                {t('form.previewRetry')}
              </Button>
            </NeedsProgram>
          }
        />
      )}
      {preview.status === 'failed' && preview.failure.class === 'missing-bucket' && missingBucketAdvice && (
        <p className="lh-healing">{missingBucketAdvice}</p>
      )}
      {(preview.status === 'listing' || preview.status === 'done') && (
        <PreviewNumbers
          preview={preview.preview}
          done={preview.status === 'done'}
          folder={folder}
          emptyAdvice={emptyAdvice}
        />
      )}
    </section>
  )
}

function PreviewStatus({ preview }: { preview: PreviewState }) {
  const { t } = useTranslation()
  return (
    <span className="lh-preview-status" role="status">
      {preview.status === 'listing' && (
        <>
          <LoadingOutlined aria-hidden="true" /> {t('form.previewListing')}
        </>
      )}
      {preview.status === 'done' && t('form.previewDone')}
    </span>
  )
}

type PreviewNumbersProps = {
  preview: Preview | undefined
  done: boolean
  folder: FolderView | undefined
  emptyAdvice: EmptyAdvice | undefined
}

function PreviewNumbers({ preview, done, folder, emptyAdvice }: PreviewNumbersProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const atLeast = done ? '' : `${t('form.previewAtLeast')} `
  if (done && preview?.objects === 0) {
    return (
      <div className="lh-preview-empty">
        <p>{t('form.previewEmpty')}</p>
        {emptyAdvice && <p className="lh-muted">{t(`form.${emptyAdvice}`)}</p>}
      </div>
    )
  }
  return (
    <>
      <dl className="lh-preview-facts">
        <dt>{t('form.previewObjects')}</dt>
        <dd>{preview ? atLeast + new Intl.NumberFormat(language).format(preview.objects) : '–'}</dd>
        <dt>{t('form.previewBytes')}</dt>
        <dd>{preview ? atLeast + formatBytes(preview.bytes) : '–'}</dd>
        <dt>{t('form.previewFree')}</dt>
        <dd>{folder && !folder.isDriveMissing ? formatBytes(folder.freeBytes) : '–'}</dd>
      </dl>
      <SpaceLine preview={preview} done={done} folder={folder} />
      {preview && preview.excludedObjects > 0 && (
        <p className="lh-muted">{t('form.previewExcluded', { count: preview.excludedObjects })}</p>
      )}
      {preview && preview.sample.length > 0 && <Sample sample={preview.sample} />}
    </>
  )
}

function SpaceLine({ preview, done, folder }: Pick<PreviewNumbersProps, 'preview' | 'done' | 'folder'>) {
  const { t } = useTranslation()
  const space = judgeSpace(preview?.bytes, done, folder)
  if (space.verdict === 'unknown') return null
  const size = formatBytes(space.bytes)
  return space.verdict === 'short' ? (
    <p className="lh-preview-space lh-healing">
      <WarningFilled aria-hidden="true" /> {t('form.previewNoSpace', { size })}
    </p>
  ) : (
    <p className="lh-preview-space lh-healthy">
      <CheckCircleOutlined aria-hidden="true" /> {t('form.previewFits', { size })}
    </p>
  )
}

function Sample({ sample }: { sample: Preview['sample'] }) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <>
      <h3 className="lh-preview-sample-title" id={id}>
        {t('form.previewSample')}
      </h3>
      <ul className="lh-preview-sample" aria-labelledby={id}>
        {sample.slice(0, 5).map(({ key, size }) => (
          <li key={key} title={key}>
            <SampleName name={key.slice(key.lastIndexOf('/') + 1) || key} />
            <span className="lh-number">{formatBytes(size)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Three lines of the panel. */
const LONGEST_NAME = 110

/** Keys of up to a thousand characters are told apart by their start and end; a click shows the middle. */
function SampleName({ name }: { name: string }) {
  const half = LONGEST_NAME / 2
  const whole = (
    <bdi dir="ltr" className="lh-preview-name">
      {name}
    </bdi>
  )
  if (name.length <= LONGEST_NAME) return whole
  return (
    <details className="lh-preview-long">
      <summary className="lh-preview-name">
        <bdi dir="ltr">{`${name.slice(0, half)}…${name.slice(-half)}`}</bdi>
      </summary>
      {whole}
    </details>
  )
}
