import { Checkbox, InputNumber, Slider } from 'antd'
import { AUTO_THREADS } from '../../shared/job-spec.ts'
import { Field } from '../fields/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import type { FormDraft } from './draft/form-draft.ts'
import './threads-field.css'

/** The slider moves in powers of two, because only ratios matter here; the number beside it takes any count. */
const THREAD_MARKS = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => [power, String(2 ** power)]))
const MOST_POWER = 8

type ThreadsFieldProps = {
  chosen: Pick<FormDraft, 'threads' | 'threadsAuto'>
  error: string | undefined
  onChange: (change: Partial<Pick<FormDraft, 'threads' | 'threadsAuto'>>) => void
  /** The number field has lost the focus. */
  onTouch: () => void
}

export function ThreadsField({ chosen, error, onChange, onTouch }: ThreadsFieldProps) {
  const { t } = useTranslation()
  const { threads, threadsAuto } = chosen
  const power = Math.min(MOST_POWER, Math.log2(Math.max(1, threads)))
  const hint = threadsAuto ? t('form.threadsAutoHint', { max: AUTO_THREADS }) : t('form.threadsHint', { max: threads })
  return (
    <Field label={t('form.threads')} hint={hint} error={error} group>
      {(control) => (
        <div className="lh-threads">
          <InputNumber
            {...control}
            className="lh-threads-number"
            aria-label={t('form.threadsCount')}
            precision={0}
            disabled={threadsAuto}
            value={threads}
            onBlur={onTouch}
            onChange={(count) => count !== null && onChange({ threads: count })}
          />
          <Checkbox checked={threadsAuto} onChange={(event) => onChange({ threadsAuto: event.target.checked })}>
            {t('form.threadsAuto')}
          </Checkbox>
          <Slider
            className="lh-threads-slider"
            min={0}
            max={MOST_POWER}
            step={null}
            // The slider stops at marks only, so the typed count is one too; a mark without any label would be dropped.
            marks={{ [power]: ' ', ...THREAD_MARKS }}
            disabled={threadsAuto}
            value={power}
            tooltip={{ open: false }}
            ariaLabelForHandle={t('form.threads')}
            ariaValueTextFormatterForHandle={(shownPower) => String(Math.round(2 ** shownPower))}
            onChange={(chosenPower) => onChange({ threads: Math.round(2 ** chosenPower) })}
          />
        </div>
      )}
    </Field>
  )
}
