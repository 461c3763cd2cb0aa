import { UndoOutlined } from '@ant-design/icons'
import { Button, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { Section } from '../form/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useSettings } from '../store/use-window-store.tsx'
import { type PolicyName, type PolicyRow, policyRows, withPolicy } from './policy-rows.ts'
import { useChangeSettings } from './use-change-settings.ts'

export function PolicySection() {
  const { t } = useTranslation()
  const { policy } = useSettings()
  const change = useChangeSettings()
  const [filter, setFilter] = useState('')
  const [refused, setRefused] = useState<{ name: PolicyName; detail: string }>()

  const set = (name: PolicyName, value: number | string | undefined) => {
    const outcome = withPolicy(policy, name, value)
    if (outcome.ok) {
      setRefused(undefined)
      change({ policy: outcome.value })
    } else {
      setRefused({ name, detail: outcome.failure.detail ?? '' })
    }
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
        <Button disabled={Object.keys(policy).length === 0} onClick={() => change({ policy: {} })}>
          {t('settings.policyResetAll')}
        </Button>
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
              error={refused?.name === row.name ? t('settings.policyInvalid', { detail: refused.detail }) : undefined}
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
  error: string | undefined
  onSet: (value: number | string | undefined) => void
}

function PolicyLine({ row, error, onSet }: PolicyLineProps) {
  const { t } = useTranslation()
  const { name, value, byDefault, unit, changed } = row
  const label = t(`settings.policies.${name}`)
  const status = error ? 'error' : ''
  return (
    <tr className={changed ? 'lh-policy-changed' : undefined}>
      <td>
        {label}
        <span className="lh-policy-name lh-mono lh-muted">{name}</span>
        {error && (
          <p className="lh-trouble" role="alert">
            {error}
          </p>
        )}
      </td>
      <td className="lh-policy-value">
        {typeof byDefault === 'number' ? (
          <InputNumber<number>
            size="small"
            changeOnBlur
            controls={false}
            aria-label={label}
            status={status}
            value={Number(value)}
            // Only when the field is left: on the way from 5 to 50 nothing is refused.
            onBlur={(event) => {
              const typed = Number(event.target.value)
              if (event.target.value.trim() !== '' && typed !== value) onSet(typed)
            }}
          />
        ) : (
          <Input
            size="small"
            aria-label={label}
            defaultValue={String(value)}
            key={String(value)}
            onBlur={(event) => event.target.value !== value && onSet(event.target.value)}
          />
        )}
      </td>
      <td className="lh-muted">{t(`settings.units.${unit}`)}</td>
      <td className="lh-policy-default">
        <span className="lh-number lh-muted">{byDefault === '' ? '–' : byDefault}</span>
        {changed && (
          <Button
            size="small"
            type="text"
            icon={<UndoOutlined />}
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
