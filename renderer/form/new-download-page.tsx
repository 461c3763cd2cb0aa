/** The form: what is typed on the left, what would happen on the right, the button at the bottom. */
import { App, Button } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { ResumeAfterRestart } from '../settings/resume-after-restart.tsx'
import { FailureNote } from '../shell/failure-note.tsx'
import { useAppInfo, useSettings } from '../store/use-window-store.tsx'
import { AdvancedSection } from './advanced-section.tsx'
import { DestinationSection } from './destination/destination-section.tsx'
import { useFolder } from './destination/use-folder.ts'
import { endpointPath } from './draft/draft-fields.ts'
import { draftToSource } from './draft/draft-to-spec.ts'
import { isExample } from './draft/form-draft.ts'
import { useDraft } from './draft/use-draft.ts'
import { useShownErrors } from './draft/use-shown-errors.ts'
import { ADVANCED_FIELDS, canAskSource, FIELD_ORDER, validateDraft } from './draft/validate-draft.ts'
import { adviseEmpty } from './preview/advise-empty.ts'
import { lacksAccount } from './preview/blame-field.ts'
import { type Doubt, doubtStart } from './preview/doubt-start.ts'
import { PreviewPanel } from './preview/preview-panel.tsx'
import { useBlame } from './preview/use-blame.ts'
import { usePreview } from './preview/use-preview.ts'
import { SelectionSection } from './selection-section.tsx'
import { SourceSection } from './source/source-section.tsx'
import { StartBar } from './start-bar.tsx'
import { useStartJob } from './use-start-job.ts'
import './new-download-page.css'

export function NewDownloadPage() {
  const { t } = useTranslation()
  const settings = useSettings()
  const { modal } = App.useApp()
  const canResume = useAppInfo()?.startsAtLogin ?? false
  const handle = useDraft()
  const { draft } = handle
  const folder = useFolder(draft.folder)
  const folderView = folder.status === 'known' ? folder.view : undefined
  const startLabel = folderView?.hasJournal ? t('form.resume') : t('form.start')
  const form = useRef<HTMLDivElement>(null)
  const [advancedOpen, setAdvancedOpen] = useState(() => {
    const before = validateDraft(draft, undefined)
    return ADVANCED_FIELDS.some((field) => before[field])
  })

  const errors = validateDraft(draft, folderView)
  const shown = useShownErrors(draft, errors)
  const canAsk = canAskSource(errors)
  const request = useMemo(
    () =>
      canAsk
        ? {
            source: draftToSource(draft),
            include: draft.include,
            exclude: draft.exclude,
            network: settings.network,
          }
        : undefined,
    [canAsk, draft, settings.network],
  )
  const { state: preview, retry } = usePreview(request)
  const job = useStartJob()
  const { blamed, blameOf } = useBlame(draft, preview)
  const isOutOfSight = isAdvanced(blamed)
  useEffect(() => {
    if (isOutOfSight) setAdvancedOpen(true)
  }, [isOutOfSight])

  const start = () => {
    shown.showAll()
    job.forgetFailure()
    const wrong = FIELD_ORDER.find((field) => errors[field])
    if (!wrong) {
      const doubt = doubtStart(preview)
      if (doubt) askBeforeStart(doubt)
      else void job.start(draft)
      return
    }
    if (isAdvanced(wrong)) setAdvancedOpen(true)
    // After the errors are drawn: the first one takes the focus.
    requestAnimationFrame(focusOnError)
  }
  const focusOnError = () => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  /** What the service answered may be past, so it is never in the way. */
  const askBeforeStart = (doubt: Doubt) =>
    void modal.confirm({
      title: doubt.kind === 'refused' ? describeFailure(t, doubt.failure).sentence : t('form.previewEmpty'),
      content: doubt.kind === 'refused' ? t('form.doubtRefused') : t('form.doubtEmpty'),
      okText: t('form.startAnyway'),
      cancelText: t('form.backToForm'),
      autoFocusButton: 'cancel',
      onOk: () => void job.start(draft),
      afterClose: focusOnError,
    })
  const endpointFolder = endpointPath(draft.endpointUrl)

  return (
    <div className="lh-form-page">
      <div className="lh-form-scroll">
        <div className="lh-form-grid">
          <div className="lh-form-head">
            <h1 className="lh-form-title">{t('form.title')}</h1>
            {isExample(draft) ? (
              <p className="lh-muted">{t('form.example')}</p>
            ) : (
              <Button type="link" size="small" onClick={handle.fillExample}>
                {t('form.exampleUse')}
              </Button>
            )}
          </div>
          <div className="lh-form-fields" ref={form}>
            <SourceSection
              handle={handle}
              errors={{
                address: errors.address && shown.textOf(errors.address),
                bucket: shown.shownText('bucket') ?? blameOf('bucket'),
                prefix: blameOf('prefix'),
                access: blameOf('access'),
                profile: shown.shownText('profile') ?? blameOf('profile'),
                keys: shown.shownText('keys') ?? blameOf('keys'),
              }}
              canBrowse={!errors.profile && !errors.keys && !errors.endpointUrl && !errors.region}
              onTouch={shown.touch}
            />
            <DestinationSection
              path={draft.folder}
              folder={folder}
              error={folderView && errors.folder ? shown.textOf(errors.folder) : shown.shownText('folder')}
              onChange={(path) => handle.change({ folder: path })}
              onTouch={() => shown.touch('folder')}
            />
            <SelectionSection
              handle={handle}
              errors={{
                include: errors.include ? shown.textOf(errors.include) : blameOf('include'),
                exclude: errors.exclude ? shown.textOf(errors.exclude) : blameOf('exclude'),
                threads: shown.shownText('threads'),
              }}
              onTouchThreads={() => shown.touch('threads')}
            />
            <AdvancedSection
              handle={handle}
              open={advancedOpen}
              onToggle={() => setAdvancedOpen((open) => !open)}
              errorText={(field) => shown.shownText(field) ?? blameOf(field)}
              onTouch={shown.touch}
            />
          </div>
          <div className="lh-form-rail">
            {job.failure && <FailureNote failure={job.failure} lead={t('form.startFailed')} />}
            <PreviewPanel
              preview={preview}
              isAnonymous={draft.accessKind === 'anonymous'}
              idleText={shown.whyNotListed()}
              folder={folderView}
              emptyAdvice={preview.status === 'done' ? adviseEmpty(draft, preview.preview.excludedObjects) : undefined}
              missingBucketAdvice={endpointFolder && t('form.endpointHasPath', { path: endpointFolder })}
              onRetry={retry}
              onAnonymous={lacksAccount(draft, preview) ? () => handle.change({ accessKind: 'anonymous' }) : undefined}
            />
            <WhatHappens folder={draft.folder} button={startLabel} canResume={canResume} />
          </div>
        </div>
      </div>
      <StartBar
        preview={preview}
        folder={folderView}
        firstError={shown.first}
        startFailure={job.failure}
        starting={job.isStarting}
        label={startLabel}
        onStart={start}
      />
    </div>
  )
}

const isAdvanced = (field: string | undefined): boolean => ADVANCED_FIELDS.some((name) => name === field)

function WhatHappens({ folder, button, canResume }: { folder: string; button: string; canResume: boolean }) {
  const { t } = useTranslation()
  return (
    <section className="lh-happens">
      <h2 className="lh-section-title">{t('form.whatHappens', { button })}</h2>
      <ol className="lh-happens-steps">
        <li>{t('form.stepList', { path: folder || '…' })}</li>
        <li>{t('form.stepSpeed')}</li>
        <li>{t('form.stepResume')}</li>
      </ol>
      {canResume && <ResumeAfterRestart />}
    </section>
  )
}
