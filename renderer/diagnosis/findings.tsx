import { CheckCircleFilled } from '@ant-design/icons'
import { useId } from 'react'
import { describeCheck } from '../../shared/describe-diagnosis.ts'
import { type Check, findingsOf } from '../../shared/diagnosis.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { VerdictSign } from './verdict-sign.tsx'

/** What is wrong, worst first: what was measured, why, and what to do about it. */
export function Findings({ checks, isComplete }: { checks: readonly Check[]; isComplete: boolean }) {
  const { t } = useTranslation()
  const id = useId()
  const findings = findingsOf(checks)
  if (findings.length === 0 && !isComplete) return null
  return (
    <section className="lh-findings lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title" id={id}>
        {t('diagnosis.findings')}
      </h2>
      {findings.length === 0 ? (
        <p>
          <CheckCircleFilled className="lh-healthy" aria-hidden="true" /> {t('diagnosis.allWell')}{' '}
          <span className="lh-muted">{t('diagnosis.allWellHint')}</span>
        </p>
      ) : (
        <ul>
          {findings.map((check) => (
            <Finding key={check.code} check={check} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Finding({ check }: { check: Check }) {
  const { t } = useTranslation()
  const { name, verdict, value, cause, advice } = describeCheck(check, useLanguage())
  return (
    <li className={`lh-finding lh-finding-${check.verdict}`}>
      <VerdictSign verdict={check.verdict}>{verdict}</VerdictSign>
      <div className="lh-finding-text">
        <p className="lh-breakable">
          <strong>{name}</strong> {check.value !== null && <span className="lh-number">{value}</span>}
        </p>
        <p className="lh-breakable">{cause}</p>
        {advice && <p className="lh-breakable">{t('diagnosis.advice', { text: advice })}</p>}
      </div>
    </li>
  )
}
