/** What do the errors of a log have in common? A path or a job's log, one button, causes with their cures. */
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { Failure } from '../../shared/failure.ts'
import type { JobView } from '../../shared/ipc-contract.ts'
import type { LogAnalysis } from '../../shared/log-analysis.ts'
import { useClient } from '../client/use-client.tsx'
import { Field } from '../fields/field.tsx'
import { expandHome, isAbsolutePath } from '../fields/path-text.ts'
import { useTranslation } from '../i18n/index.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { nameJobs } from '../shell/job-label.ts'
import { NeedsProgram } from '../shell/needs-program.tsx'
import { useAppInfo, useJobs } from '../store/use-window-store.tsx'
import { LogFindings } from './log-findings.tsx'
import { LogGroupTables } from './log-group-tables.tsx'
import { whyNotRead } from './why-not-read.ts'
import './logs-page.css'

type Result = { path: string; analysis: LogAnalysis } | { path: string; failure: Failure }

export function LogsPage() {
  const { t } = useTranslation()
  const client = useClient()
  const jobs = useJobs()
  const homeFolder = useAppInfo()?.homeFolder ?? ''
  const names = nameJobs(jobs)
  const known = jobs.flatMap((job) => logsOf(job, names.get(job.jobId) ?? ''))
  const [typed, setTyped] = useState<string>()
  const [isAnalysing, setAnalysing] = useState(false)
  const [result, setResult] = useState<Result>()
  const path = typed ?? known[0]?.path ?? ''
  const isPath = isAbsolutePath(path.trim())
  const analyse = async () => {
    if (isAnalysing) return
    setAnalysing(true)
    const outcome = await client.call('logs.analyse', { path: path.trim() })
    setAnalysing(false)
    setResult(
      outcome.ok ? { path: path.trim(), analysis: outcome.value } : { path: path.trim(), failure: outcome.failure },
    )
  }
  return (
    <div className="lh-logs">
      <h1 className="lh-logs-title">{t('logs.title')}</h1>
      <section className="lh-logs-start lh-panel" aria-label={t('logs.file')}>
        <p className="lh-muted">{t('logs.lead')}</p>
        <Field label={t('logs.known')} hint={known.length === 0 ? t('logs.knownNone') : undefined}>
          {(control) => (
            <Select
              {...control}
              className="lh-wide"
              disabled={known.length === 0}
              placeholder={t('logs.knownChoose')}
              value={known.some((log) => log.path === path) ? path : null}
              options={known.map(({ kind, name, path: value }) => ({ value, label: t(LABELS[kind], { name }) }))}
              onChange={(value: string) => setTyped(value)}
            />
          )}
        </Field>
        <Field label={t('logs.file')} error={path === '' || isPath ? undefined : t('logs.fileInvalid')}>
          {(control) => (
            <Input
              {...control}
              value={path}
              spellCheck={false}
              onChange={(event) => setTyped(expandHome(event.target.value, homeFolder))}
              onPressEnter={() => isPath && void analyse()}
            />
          )}
        </Field>
        <NeedsProgram className="lh-logs-bar" isReady={isPath}>
          <Button type="primary" aria-busy={isAnalysing} onClick={() => void analyse()}>
            {t(isAnalysing ? 'logs.analysing' : 'logs.analyse')}
          </Button>
        </NeedsProgram>
      </section>
      {result && 'failure' in result && <WhyNot path={result.path} failure={result.failure} />}
      {result && 'analysis' in result && (
        <>
          <LogFindings analysis={result.analysis} />
          <LogGroupTables analysis={result.analysis} />
        </>
      )}
    </div>
  )
}

const LABELS = { errors: 'logs.errorsOf', performance: 'logs.performanceOf' } as const

function WhyNot({ path, failure }: { path: string; failure: Failure }) {
  const { t } = useTranslation()
  const word = whyNotRead(failure)
  if (!word) return <FailureNote failure={failure} />
  return (
    <p className="lh-logs-none lh-panel lh-breakable" role="alert">
      {t(word, { path })}
    </p>
  )
}

function logsOf({ spec }: JobView, name: string): { kind: 'errors' | 'performance'; name: string; path: string }[] {
  const separator = spec.destination.includes('\\') ? '\\' : '/'
  const folder = spec.logFolder ?? `${spec.destination.replace(/[\\/]+$/, '')}${separator}.longhaul`
  return [
    { kind: 'errors', name, path: `${folder}${separator}download_errors.log` },
    { kind: 'performance', name, path: `${folder}${separator}performance.ndjson` },
  ]
}
