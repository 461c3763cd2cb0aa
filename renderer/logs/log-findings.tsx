import { CheckCircleFilled, WarningFilled } from '@ant-design/icons'
import { useId } from 'react'
import {
  describeLogFinding,
  describeNoFindings,
  describePerformance,
  describePeriod,
  summarizeLog,
} from '../../shared/describe-log-analysis.ts'
import type { LogAnalysis } from '../../shared/log-analysis.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { momentFormat } from '../i18n/moment-format.ts'
import { zoneOf } from './zone-of.ts'

/** How much was read, and the likely causes, the weightiest first, each with its cure. */
export function LogFindings({ analysis }: { analysis: LogAnalysis }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const id = useId()
  const { findings, from, to } = analysis
  const none = describeNoFindings(analysis, language)
  const time = momentFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zoneOf(analysis) })
  const facts = [describePeriod(analysis, language), describePerformance(analysis, language)].filter(Boolean)
  return (
    <section className="lh-logs-findings lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title" id={id}>
        {t('logs.findings')}
      </h2>
      <p className="lh-muted" role="status">
        {summarizeLog(analysis, language)} {from && to && time.formatRange(new Date(from), new Date(to))}
      </p>
      {none && (
        <p>
          {analysis.errors + (analysis.performance?.samples ?? 0) > 0 && (
            <CheckCircleFilled className="lh-healthy" aria-hidden="true" />
          )}{' '}
          {none}
        </p>
      )}
      <ul>
        {findings.map((finding) => {
          const { name, says, cure } = describeLogFinding(finding, language, (at) => time.format(new Date(at)))
          return (
            <li key={finding.cause} className="lh-logs-finding">
              <p className="lh-breakable">
                <WarningFilled className="lh-healing" aria-hidden="true" /> <strong>{name}</strong>{' '}
                {finding.share > 0 && (
                  <span className="lh-number lh-muted">
                    {t('logs.share', { percent: Math.max(1, Math.round(finding.share * 100)) })}
                  </span>
                )}
              </p>
              <p className="lh-breakable">{says}</p>
              <p className="lh-breakable">{t('logs.cure', { text: cure })}</p>
            </li>
          )
        })}
      </ul>
      {facts.map((fact) => (
        <p key={fact} className="lh-muted">
          {fact}
        </p>
      ))}
    </section>
  )
}
