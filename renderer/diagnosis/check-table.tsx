import { memo, useId } from 'react'
import { describeCheck } from '../../shared/describe-diagnosis.ts'
import { CHECK_CODES, type Check, type CheckCode } from '../../shared/diagnosis.ts'
import { diagnosisWordsEn } from '../../shared/diagnosis-words-en.ts'
import { diagnosisWordsZh } from '../../shared/diagnosis-words-zh.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { VerdictSign } from './verdict-sign.tsx'

/** Every check, in the report's order; those that are not known yet wait in their places. */
export function CheckTable({ checks }: { checks: readonly Check[] }) {
  const { t } = useTranslation()
  const id = useId()
  const known = new Map(checks.map((check) => [check.code, check]))
  return (
    <section className="lh-checks lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title" id={id}>
        {t('diagnosis.all')}
      </h2>
      <table className="lh-check-table">
        <thead>
          <tr>
            <th scope="col">{t('diagnosis.verdict')}</th>
            <th scope="col">{t('diagnosis.check')}</th>
            <th scope="col" className="lh-check-measured">
              {t('diagnosis.measured')}
            </th>
          </tr>
        </thead>
        <tbody>
          {CHECK_CODES.map((code) => {
            const check = known.get(code)
            return check ? <KnownRow key={code} check={check} /> : <WaitingRow key={code} code={code} />
          })}
        </tbody>
      </table>
    </section>
  )
}

const KnownRow = memo(function KnownRow({ check }: { check: Check }) {
  const { name, verdict, value, threshold, cause } = describeCheck(check, useLanguage())
  return (
    <tr>
      <td>
        <VerdictSign verdict={check.verdict}>{verdict}</VerdictSign>
      </td>
      <td className="lh-breakable">
        <span className="lh-check-name">{name}</span>
        <span className="lh-muted">{cause}</span>
      </td>
      <td className="lh-check-measured">
        <span className="lh-check-value lh-breakable">{value}</span>
        {threshold && <span className="lh-muted">{keepUnits(threshold)}</span>}
      </td>
    </tr>
  )
})

/** A number and its unit stay on one line. */
const keepUnits = (text: string): string => text.replace(/(\d) (?=\S)/g, '$1\u00a0')

function WaitingRow({ code }: { code: CheckCode }) {
  const { t } = useTranslation()
  const words = useLanguage() === 'zh' ? diagnosisWordsZh : diagnosisWordsEn
  return (
    <tr className="lh-check-waiting">
      <td>
        <VerdictSign verdict="pending">{t('diagnosis.pending')}</VerdictSign>
      </td>
      <td>
        <span className="lh-check-name">{words.checks[code].name}</span>
      </td>
      <td />
    </tr>
  )
}
