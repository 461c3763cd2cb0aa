import { RightOutlined } from '@ant-design/icons'
import { Input, Segmented, Select } from 'antd'
import { useId } from 'react'
import type { JobSpec, Source } from '../../shared/job-spec.ts'
import { Field } from '../fields/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import { endpointPath } from './draft/draft-fields.ts'
import { countAdvanced } from './draft/form-draft.ts'
import type { DraftHandle } from './draft/use-draft.ts'
import type { DraftField } from './draft/validate-draft.ts'

type AdvancedSectionProps = {
  handle: DraftHandle
  open: boolean
  onToggle: () => void
  errorText: (field: DraftField) => string | undefined
  onTouch: (field: DraftField) => void
}

type TextField = 'endpointUrl' | 'region' | 'rateLimit' | 'timeWindow' | 'partSize'

export function AdvancedSection({ open, onToggle, ...fields }: AdvancedSectionProps) {
  const { t } = useTranslation()
  const id = useId()
  const changed = countAdvanced(fields.handle.draft)
  return (
    <section className="lh-section lh-panel" aria-label={t('form.advanced')}>
      <h2 className="lh-advanced-heading">
        <button type="button" className="lh-advanced-toggle" aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <RightOutlined className="lh-advanced-arrow" rotate={open ? 90 : 0} aria-hidden="true" />
          {t('form.advanced')}
          {changed > 0 && <span className="lh-advanced-count">{t('form.advancedChanged', { count: changed })}</span>}
        </button>
      </h2>
      <div id={id} hidden={!open} className="lh-advanced-body">
        {open && <AdvancedFields {...fields} />}
      </div>
    </section>
  )
}

function AdvancedFields({
  handle,
  errorText,
  onTouch,
}: Pick<AdvancedSectionProps, 'handle' | 'errorText' | 'onTouch'>) {
  const { t } = useTranslation()
  const { draft, change } = handle
  const path = endpointPath(draft.endpointUrl)

  const textField = (name: TextField, label: string, placeholder: string, suffix?: string, hint?: string) => (
    <Field label={label} hint={hint} error={errorText(name)}>
      {(control) => (
        <Input
          {...control}
          value={draft[name]}
          placeholder={placeholder}
          spellCheck={false}
          suffix={suffix}
          onBlur={() => onTouch(name)}
          onPressEnter={() => onTouch(name)}
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Field>
  )

  return (
    <>
      {textField(
        'endpointUrl',
        t('form.endpoint'),
        t('form.endpointPlaceholder'),
        undefined,
        path && t('form.endpointHasPath', { path }),
      )}
      <div className="lh-field-pair">
        {textField('region', t('form.region'), t('form.regionPlaceholder'))}
        {textField('rateLimit', t('form.rateLimit'), t('form.rateLimitPlaceholder'), t('form.perSecond'))}
        {textField('timeWindow', t('form.timeWindow'), t('form.timeWindowPlaceholder'))}
        {textField('partSize', t('form.partSize'), t('form.partSizePlaceholder'))}
      </div>
      <Field label={t('form.addressing')} group>
        {() => (
          <Segmented<Source['addressing']>
            aria-label={t('form.addressing')}
            value={draft.addressing}
            options={[
              { value: 'auto', label: t('form.addressingAuto') },
              { value: 'path', label: t('form.addressingPath') },
              { value: 'virtual', label: t('form.addressingVirtual') },
            ]}
            onChange={(addressing) => change({ addressing })}
          />
        )}
      </Field>
      <Field label={t('form.verify')} hint={t('form.networkNote')}>
        {(control) => (
          <Select<JobSpec['verify']>
            {...control}
            className="lh-wide"
            value={draft.verify}
            options={[
              { value: 'off', label: t('form.verifyOff') },
              { value: 'etag', label: t('form.verifyEtag') },
              { value: 'checksum', label: t('form.verifyChecksum') },
              { value: 'reread', label: t('form.verifyReread') },
            ]}
            onChange={(verify) => change({ verify })}
          />
        )}
      </Field>
    </>
  )
}
