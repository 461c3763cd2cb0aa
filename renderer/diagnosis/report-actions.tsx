import { CopyOutlined, FileTextOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { summarizeDiagnosis, writeDiagnostics, writeReport } from '../../shared/describe-diagnosis.ts'
import type { DiagnosisReport } from '../../shared/diagnosis.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { momentFormat } from '../i18n/moment-format.ts'

/** How it ended in one line, and the report as a file that can be sent to someone. */
export function ReportActions({ report }: { report: DiagnosisReport }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(writeReport(report, language))
      void message.success(t('diagnosis.copied'))
    } catch {
      void message.error(t('diagnosis.copyFailed'))
    }
  }
  const time = momentFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  return (
    <section className="lh-report lh-panel" aria-label={t('diagnosis.save')}>
      <p role="status">
        <strong>{summarizeDiagnosis(report.checks, language)}</strong>{' '}
        <span className="lh-muted">
          {t('diagnosis.made', { time: time.format(new Date(report.startedAt)), seconds: report.seconds })}
        </span>
      </p>
      <div className="lh-report-buttons">
        <Button
          icon={<FileTextOutlined aria-hidden="true" />}
          onClick={() => saveFile('diagnostics.txt', 'text/plain', writeDiagnostics(report, language))}
        >
          {t('diagnosis.save')}
        </Button>
        <Button
          onClick={() => saveFile('diagnostics.json', 'application/json', `${JSON.stringify(report, null, 2)}\n`)}
        >
          {t('diagnosis.saveJson')}
        </Button>
        <Button icon={<CopyOutlined aria-hidden="true" />} onClick={() => void copy()}>
          {t('diagnosis.copy')}
        </Button>
      </div>
    </section>
  )
}

/** The browser asks where to, or puts it among its downloads. */
function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The click has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
