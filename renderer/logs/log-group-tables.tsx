/** The numbers behind the causes: hours, bursts, classes, addresses, prefixes. */
import { type ReactNode, useId } from 'react'
import { FAILURE_CLASSES, type FailureClass } from '../../shared/failure.ts'
import type { LogAnalysis, LogGroups } from '../../shared/log-analysis.ts'
import { useLanguage, useTranslation } from '../i18n/index.ts'
import { jobEn } from '../i18n/job-en.ts'
import { jobZh } from '../i18n/job-zh.ts'
import { momentFormat } from '../i18n/moment-format.ts'
import { zh } from '../i18n/zh.ts'
import { zoneOf } from './zone-of.ts'

const SHOWN = 10
const SHOWN_HOURS = 48

export function LogGroupTables({ analysis }: { analysis: LogAnalysis }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (analysis.errors === 0) return null
  const { failures } = language === 'zh' ? jobZh : jobEn
  const nameOf = (name: string) => {
    if (FAILURE_CLASSES.includes(name as FailureClass)) return failures[name as FailureClass].name
    return Object.hasOwn(zh.logs.names, name) ? t(`logs.names.${name as keyof typeof zh.logs.names}`) : name
  }
  const zone = zoneOf(analysis)
  const time = momentFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zone })
  return (
    <div className="lh-logs-groups">
      <Panel title={t('logs.hours')} hint={t(zone.timeZone ? 'logs.hoursHint' : 'logs.hoursHintLocal')}>
        <CountTable
          header={t('logs.hour')}
          rows={analysis.hours
            .slice(-SHOWN_HOURS)
            .map(({ hour, count }) => ({ name: time.format(new Date(hour)), count }))}
        />
      </Panel>
      {analysis.bursts.length > 0 && (
        <Panel title={t('logs.bursts')}>
          <ul className="lh-logs-bursts">
            {analysis.bursts.slice(0, SHOWN).map(({ from, seconds, count }) => (
              <li key={from}>
                {time.format(new Date(from))} <span className="lh-number">{t('logs.burst', { count, seconds })}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {(['classes', 'addresses', 'prefixes', 'actions'] as const).map(
        (group) =>
          analysis[group].top.length > 0 && (
            <Panel key={group} title={t(`logs.${group}`)}>
              <CountTable
                header={t('logs.name')}
                rows={rowsOf(analysis[group], group === 'classes' || group === 'actions' ? nameOf : undefined)}
              />
              <Rest groups={analysis[group]} />
            </Panel>
          ),
      )}
    </div>
  )
}

function Panel({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className="lh-logs-group lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title" id={id}>
        {title}
      </h2>
      {hint && <p className="lh-muted">{hint}</p>}
      {children}
    </section>
  )
}

type Row = { name: string; count: number }

function CountTable({ header, rows }: { header: string; rows: Row[] }) {
  const { t } = useTranslation()
  const largest = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <table className="lh-logs-table">
      <thead>
        <tr>
          <th scope="col">{header}</th>
          <th scope="col">{t('logs.count')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, count }) => (
          <tr key={name}>
            <td className="lh-breakable">
              {name}
              <span className="lh-logs-bar-line" style={{ width: `${(count / largest) * 100}%` }} aria-hidden="true" />
            </td>
            <td className="lh-number">{count.toLocaleString('en-US')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const rowsOf = ({ top }: LogGroups, nameOf = (name: string) => name): Row[] =>
  top.slice(0, SHOWN).map(({ name, count }) => ({ name: nameOf(name), count }))

function Rest({ groups: { top, rest, others } }: { groups: LogGroups }) {
  const { t } = useTranslation()
  const hidden = top.slice(SHOWN)
  const count = rest + hidden.reduce((sum, each) => sum + each.count, 0)
  if (count === 0) return null
  return (
    <p className="lh-muted">
      {t('logs.rest', { count: others + hidden.length })} · {count.toLocaleString('en-US')}
    </p>
  )
}
