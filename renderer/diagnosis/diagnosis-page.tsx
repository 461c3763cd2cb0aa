/** Why is it slow? One button, findings with advice, every check with its threshold, a file to send around. */
import { Button, Progress, Select } from 'antd'
import { useState } from 'react'
import { CHECK_CODES } from '../../shared/diagnosis.ts'
import { Field } from '../fields/field.tsx'
import { FolderField } from '../fields/folder-field.tsx'
import { isAbsolutePath } from '../fields/path-text.ts'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { NeedsProgram } from '../shell/needs-program.tsx'
import { useAppInfo, useJobs, useSettings } from '../store/use-window-store.tsx'
import { CheckTable } from './check-table.tsx'
import { Findings } from './findings.tsx'
import { type FormTarget, listTargets, type Target } from './list-targets.ts'
import { ReportActions } from './report-actions.tsx'
import { type DiagnosisHandle, useDiagnosis } from './use-diagnosis.ts'
import './diagnosis-page.css'

/** `form`: where the form leads, if it does. */
export function DiagnosisPage({ form }: { form: FormTarget | undefined }) {
  const { t } = useTranslation()
  const diagnosis = useDiagnosis()
  const { current, isRunning, failure } = diagnosis
  return (
    <div className="lh-diagnosis">
      <h1 className="lh-diagnosis-title">{t('diagnosis.title')}</h1>
      <Start diagnosis={diagnosis} form={form} />
      {failure && <FailureNote failure={failure} />}
      {current?.report && <ReportActions report={current.report} />}
      {current && !failure && <Findings checks={current.checks} isComplete={!isRunning} />}
      {current && !failure && <CheckTable checks={current.checks} />}
    </div>
  )
}

function Start({ diagnosis, form }: { diagnosis: DiagnosisHandle; form: FormTarget | undefined }) {
  const { t } = useTranslation()
  const { targets, target, choose } = useTargets(form)
  const [typed, setTyped] = useState<{ targetId: string; folder: string }>()
  // Another target brings its own folder along.
  const folder = typed?.targetId === target.id ? typed.folder : target.folder
  const isFolder = isAbsolutePath(folder)
  const setFolder = (path: string) => setTyped({ targetId: target.id, folder: path })
  const words = { job: 'diagnosis.targetJob', form: 'diagnosis.targetForm', local: 'diagnosis.targetLocal' } as const
  const { current, isRunning } = diagnosis
  return (
    <section className="lh-diagnosis-start lh-panel" aria-label={t('diagnosis.target')}>
      <p className="lh-muted">{t('diagnosis.lead')}</p>
      <Field label={t('diagnosis.target')}>
        {(control) => (
          <Select
            {...control}
            className="lh-wide"
            disabled={isRunning}
            value={target.id}
            options={targets.map(({ id, kind, address }) => ({ value: id, label: t(words[kind], { address }) }))}
            onChange={choose}
          />
        )}
      </Field>
      <FolderField
        label={t('diagnosis.folder')}
        path={folder}
        error={isFolder ? undefined : t('diagnosis.folderInvalid')}
        isDisabled={isRunning}
        onType={setFolder}
        onChoose={setFolder}
      />
      <NeedsProgram className="lh-diagnosis-bar" isReady={isRunning || isFolder}>
        {isRunning ? (
          <>
            <Button onClick={() => void diagnosis.stop()}>{t('diagnosis.stop')}</Button>
            <RunningLine done={current?.checks.length ?? 0} />
          </>
        ) : (
          <Button type="primary" onClick={() => void diagnosis.run(target, folder.trim())}>
            {t(current ? 'diagnosis.again' : 'diagnosis.run')}
          </Button>
        )}
      </NeedsProgram>
    </section>
  )
}

function RunningLine({ done }: { done: number }) {
  const { t } = useTranslation()
  const total = CHECK_CODES.length
  return (
    <div className="lh-diagnosis-progress">
      <span role="status">{t('diagnosis.running', { done, total })}</span>
      <Progress percent={(done / total) * 100} showInfo={false} size="small" aria-hidden="true" />
    </div>
  )
}

/** The first target is proposed until another one is chosen, or the chosen one is gone. */
function useTargets(form: FormTarget | undefined): {
  targets: Target[]
  target: Target
  choose(id: string): void
} {
  const jobs = useJobs()
  const proposedFolder = useAppInfo()?.defaultFolder ?? ''
  const folder = useSettings().defaultFolder || proposedFolder
  const [chosen, choose] = useState<string>()
  const targets = listTargets(jobs, form, folder)
  const target = targets.find(({ id }) => id === chosen) ?? (targets[0] as Target)
  return { targets, target, choose }
}
