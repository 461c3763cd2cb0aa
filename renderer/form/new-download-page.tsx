/** The form: what is typed on the left, what would happen on the right, the button at the bottom. */
import { Button } from 'antd'
import { useMemo, useRef, useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { useClient } from '../client/use-client.tsx'
import { useTranslation } from '../i18n/index.ts'
import { ResumeAfterRestart } from '../settings/resume-after-restart.tsx'
import { FailureNote } from '../shell/failure-note.tsx'
import { goTo } from '../shell/route.ts'
import { foldPush } from '../store/fold-push.ts'
import { useAppInfo, useSettings, useStoreHandle } from '../store/use-window-store.tsx'
import { AdvancedSection } from './advanced-section.tsx'
import { adviseEmpty } from './advise-empty.ts'
import { DestinationSection } from './destination-section.tsx'
import { endpointPath } from './draft-fields.ts'
import { draftToSource, draftToSpec } from './draft-to-spec.ts'
import { isExample } from './form-draft.ts'
import { PreviewPanel } from './preview-panel.tsx'
import { SelectionSection } from './selection-section.tsx'
import { SourceSection } from './source-section.tsx'
import { StartBar } from './start-bar.tsx'
import { useDraft } from './use-draft.ts'
import { useFolder } from './use-folder.ts'
import { usePreview } from './use-preview.ts'
import {
  ADVANCED_FIELDS,
  type DraftField,
  FIELD_ORDER,
  type SourceField,
  validateDraft,
  wrongSourceField,
} from './validate-draft.ts'
import './new-download-page.css'

/** The others are chosen, not typed. */
const TEXT_FIELDS = ['address', 'bucket', 'folder', ...ADVANCED_FIELDS] as const
const SOURCE_LABELS = {
  address: 'form.address',
  bucket: 'form.bucket',
  profile: 'form.profile',
  keys: 'form.keysSaved',
  include: 'form.include',
  exclude: 'form.exclude',
  endpointUrl: 'form.endpoint',
  region: 'form.region',
} as const satisfies Record<SourceField, string>

export function NewDownloadPage() {
  const { t } = useTranslation()
  const client = useClient()
  const store = useStoreHandle()
  const settings = useSettings()
  const info = useAppInfo()
  const platform = info?.platform
  const canResume = info?.startsAtLogin ?? false
  const handle = useDraft()
  const { draft } = handle
  const folder = useFolder(draft.folder)
  const folderView = folder.status === 'known' ? folder.view : undefined
  const form = useRef<HTMLDivElement>(null)

  // What was filled in before this visit counts as finished typing.
  const [touched, setTouched] = useState<ReadonlySet<DraftField>>(
    () => new Set([...TEXT_FIELDS.filter((field) => draft[field] !== ''), 'threads']),
  )
  const [attempted, setAttempted] = useState(false)
  const [advancedOpen, setAdvancedOpen] = useState(() => {
    const before = validateDraft(draft, undefined)
    return ADVANCED_FIELDS.some((field) => before[field])
  })
  const [starting, setStarting] = useState(false)
  const [startFailure, setStartFailure] = useState<Failure>()

  const errors = validateDraft(draft, folderView)
  const wrongSource = wrongSourceField(errors)
  const askable = wrongSource === undefined
  const request = useMemo(
    () =>
      askable
        ? {
            source: draftToSource(draft),
            include: draft.include,
            exclude: draft.exclude,
            network: settings.network,
          }
        : undefined,
    [askable, draft, settings.network],
  )
  const { state: preview, retry } = usePreview(request)

  const example = platform === 'windows' ? 'D:\\era5' : '/data/era5'
  const errorText = (field: DraftField): string | undefined => {
    const error = errors[field]
    // Nobody is corrected while still typing.
    return error && (attempted || touched.has(field)) ? t(`form.errors.${error}`, { example }) : undefined
  }
  const sourceError = wrongSource && errors[wrongSource]
  // The field may be out of sight, under Advanced. An empty form is not wrong yet.
  const notListed =
    wrongSource && sourceError && sourceError !== 'bucketMissing'
      ? t('form.previewBlocked', {
          label: t(SOURCE_LABELS[wrongSource]),
          error: t(`form.errors.${sourceError}`, { example }),
        })
      : t('form.previewIdle')
  const endpointFolder = endpointPath(draft.endpointUrl)
  const touch = (field: DraftField) => setTouched((before) => new Set(before).add(field))
  const firstError = FIELD_ORDER.map(errorText).find((text) => attempted && text)

  const start = async () => {
    setAttempted(true)
    setStartFailure(undefined)
    const wrong = FIELD_ORDER.find((field) => errors[field])
    if (wrong) {
      if (ADVANCED_FIELDS.some((field) => field === wrong)) setAdvancedOpen(true)
      // After the errors are drawn: the first one takes the focus.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    setStarting(true)
    const outcome = await client.call('jobs.start', draftToSpec(draft, settings))
    setStarting(false)
    if (!outcome.ok) return setStartFailure(outcome.failure)
    const job = outcome.value
    // The push about it may still be on its way: the page must not say "no such job" for a moment.
    if (!store.getState().jobs[job.jobId]) {
      store.setState((before) => foldPush(before, { name: 'job-changed', payload: job }))
    }
    goTo({ page: 'job', jobId: job.jobId })
  }

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
                address: errors.address && t('form.errors.addressUnreadable'),
                bucket: errorText('bucket'),
                profile: errorText('profile'),
                keys: errorText('keys'),
              }}
              canBrowse={!errors.profile && !errors.keys && !errors.endpointUrl && !errors.region}
              onTouch={touch}
            />
            <DestinationSection
              path={draft.folder}
              folder={folder}
              error={folderView && errors.folder ? t(`form.errors.${errors.folder}`, { example }) : errorText('folder')}
              onChange={(path) => handle.change({ folder: path })}
              onTouch={() => touch('folder')}
            />
            <SelectionSection
              handle={handle}
              errors={{
                include: errors.include && t(`form.errors.${errors.include}`),
                exclude: errors.exclude && t(`form.errors.${errors.exclude}`),
                threads: errorText('threads'),
              }}
              onTouchThreads={() => touch('threads')}
            />
            <AdvancedSection
              handle={handle}
              open={advancedOpen}
              onToggle={() => setAdvancedOpen((open) => !open)}
              errorText={errorText}
              onTouch={touch}
            />
          </div>
          <div className="lh-form-rail">
            {startFailure && <FailureNote failure={startFailure} lead={t('form.startFailed')} />}
            <PreviewPanel
              preview={preview}
              isAnonymous={draft.accessKind === 'anonymous'}
              idleText={notListed}
              folder={folderView}
              emptyAdvice={adviseEmpty(draft)}
              missingBucketAdvice={endpointFolder && t('form.endpointHasPath', { path: endpointFolder })}
              onRetry={retry}
            />
            <WhatHappens folder={draft.folder} canResume={canResume} />
          </div>
        </div>
      </div>
      <StartBar
        preview={preview}
        folder={folderView}
        firstError={firstError}
        startFailure={startFailure}
        starting={starting}
        onStart={() => void start()}
      />
    </div>
  )
}

function WhatHappens({ folder, canResume }: { folder: string; canResume: boolean }) {
  const { t } = useTranslation()
  return (
    <section className="lh-happens">
      <h2 className="lh-section-title">{t('form.whatHappens')}</h2>
      <ol className="lh-happens-steps">
        <li>{t('form.stepList', { path: folder || '…' })}</li>
        <li>{t('form.stepSpeed')}</li>
        <li>{t('form.stepResume')}</li>
      </ol>
      {canResume && <ResumeAfterRestart />}
    </section>
  )
}
