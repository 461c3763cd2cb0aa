import { UndoOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useEffect, useState } from 'react'
import type { PolicyName, PolicyOverrides } from '../../shared/policy.ts'
import { Section } from '../fields/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useSettings } from '../store/use-window-store.tsx'
import { type PolicyProblem, type PolicyRow, policyRows, withPolicy } from './policy-rows.ts'
import { useChangeSettings } from './use-change-settings.ts'

export function PolicySection() {
  const { t } = useTranslation()
  const { policy } = useSettings()
  const change = useChangeSettings()
  const [filter, setFilter] = useState('')
  /** The overrides that "reset all" has removed, so that it can be undone while the page is open. */
  const [taken, setTaken] = useState<PolicyOverrides>()
  const [refused, setRefused] = useState<{ name: PolicyName; problem: PolicyProblem }>()

  const set = (name: PolicyName, value: number | string | undefined) => {
    const changed = withPolicy(policy, name, value)
    setRefused(changed.ok ? undefined : { name, problem: changed.problem })
    if (changed.ok) change({ policy: changed.overrides })
  }

  const hasChanges = Object.keys(policy).length > 0
  const resetAll = () => {
    setTaken(policy)
    setRefused(undefined)
    change({ policy: {} })
  }

  const wanted = filter.trim().toLowerCase()
  const rows = policyRows(policy).filter(({ name }) =>
    `${name} ${t(`settings.policies.${name}`)}`.toLowerCase().includes(wanted),
  )
  return (
    <Section title={t('settings.policy')}>
      <div className="lh-settings-bar">
        <p className="lh-muted">{t('settings.policyHint')}</p>
        <Input
          className="lh-settings-filter"
          allowClear
          value={filter}
          placeholder={t('settings.policyFilter')}
          aria-label={t('settings.policyFilter')}
          onChange={(event) => setFilter(event.target.value)}
        />
        {taken && !hasChanges ? (
          <Button icon={<UndoOutlined aria-hidden="true" />} onClick={() => change({ policy: taken })}>
            {t('settings.policyUndo')}
          </Button>
        ) : (
          <Button disabled={!hasChanges} onClick={resetAll}>
            {t('settings.policyResetAll')}
          </Button>
        )}
      </div>
      <table className="lh-policy">
        <thead>
          <tr>
            <th scope="col">{t('settings.policyMeaning')}</th>
            <th scope="col">{t('settings.policyValue')}</th>
            <th scope="col">{t('settings.policyUnit')}</th>
            <th scope="col" className="lh-policy-default">
              {t('settings.policyDefault')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <PolicyLine
              key={row.name}
              row={row}
              problem={refused?.name === row.name ? refused.problem : undefined}
              onSet={(value) => set(row.name, value)}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="lh-muted">{t('settings.policyEmptyFilter')}</p>}
    </Section>
  )
}

type PolicyLineProps = {
  row: PolicyRow
  problem: PolicyProblem | undefined
  onSet: (value: number | string | undefined) => void
}

function PolicyLine({ row, problem, onSet }: PolicyLineProps) {
  const { t } = useTranslation()
  const { name, value, byDefault, unit, changed } = row
  const [typed, setTyped] = useState(String(value))
  useEffect(() => setTyped(String(value)), [value])
  // Checked when the field is left, so that typing 50 is not refused at 5. A refused text stays to be corrected.
  const commit = () => {
    const isNumber = typeof byDefault === 'number'
    const next = isNumber ? (typed.trim() === '' ? byDefault : Number(typed)) : typed.trim()
    if (next !== value) onSet(next)
    else setTyped(String(value))
  }
  const label = t(`settings.policies.${name}`)
  return (
    <tr className={changed ? 'lh-policy-changed' : undefined}>
      <td>
        {label}
        <span className="lh-policy-name lh-mono lh-muted">{name}</span>
        {problem && (
          <p className="lh-trouble" role="alert">
            {t('settings.policyInvalid', { problem: t(`settings.policyProblems.${problem}`), value: String(value) })}
          </p>
        )}
      </td>
      <td className="lh-policy-value">
        <Input
          size="small"
          aria-label={label}
          aria-invalid={problem ? true : undefined}
          status={problem ? 'error' : ''}
          inputMode={typeof byDefault === 'number' ? 'decimal' : 'text'}
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={commit}
          onPressEnter={commit}
        />
      </td>
      <td className="lh-muted">{t(`settings.units.${unit}`)}</td>
      <td className="lh-policy-default">
        <span className="lh-number lh-muted">{byDefault === '' ? '–' : byDefault}</span>
        {changed && (
          <Button
            size="small"
            type="text"
            icon={<UndoOutlined aria-hidden="true" />}
            aria-label={t('settings.policyResetNamed', { name })}
            onClick={() => onSet(undefined)}
          >
            {t('settings.policyReset')}
          </Button>
        )}
      </td>
    </tr>
  )
}
