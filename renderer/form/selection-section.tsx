import { Checkbox, InputNumber, Select, Slider } from 'antd'
import { MAX_THREADS } from '../../shared/job-spec.ts'
import { useTranslation } from '../i18n/index.ts'
import { type ControlProps, Field, Section } from './field.tsx'
import type { DraftHandle } from './use-draft.ts'

export function SelectionSection({ handle }: { handle: DraftHandle }) {
  const { t } = useTranslation()
  const { draft, change } = handle
  return (
    <Section title={t('form.selection')}>
      <Field label={t('form.include')}>
        {(control) => (
          <Globs
            control={control}
            globs={draft.include}
            placeholder={t('form.includePlaceholder')}
            onChange={(include) => change({ include })}
          />
        )}
      </Field>
      <Field label={t('form.exclude')} hint={t('form.globHint')}>
        {(control) => (
          <Globs
            control={control}
            globs={draft.exclude}
            placeholder={t('form.excludePlaceholder')}
            onChange={(exclude) => change({ exclude })}
          />
        )}
      </Field>
      <Threads handle={handle} />
    </Section>
  )
}

type GlobsProps = {
  control: ControlProps
  globs: string[]
  placeholder: string
  onChange: (globs: string[]) => void
}

/** Globs as tags. Commas belong to `{u,v}`, so only Enter and white space end one. */
function Globs({ control, globs, placeholder, onChange }: GlobsProps) {
  return (
    <Select
      {...control}
      className="lh-wide lh-globs"
      mode="tags"
      open={false}
      suffixIcon={null}
      value={globs}
      placeholder={placeholder}
      tokenSeparators={[' ', '\n', '\t']}
      onChange={(typed: string[]) => onChange(typed.map((glob) => glob.trim()).filter(Boolean))}
    />
  )
}

/** The slider moves in powers of two, because only ratios matter here; the number beside it takes any count. */
const THREAD_MARKS = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => [power, String(2 ** power)]))

function Threads({ handle }: { handle: DraftHandle }) {
  const { t } = useTranslation()
  const { threads, threadsAuto } = handle.draft
  const hint = threadsAuto ? t('form.threadsAutoHint', { max: MAX_THREADS }) : t('form.threadsHint', { max: threads })
  return (
    <Field label={t('form.threads')} hint={hint} group>
      {() => (
        <div className="lh-threads">
          <InputNumber
            className="lh-threads-number"
            aria-label={t('form.threadsCount')}
            min={1}
            max={MAX_THREADS}
            precision={0}
            disabled={threadsAuto}
            value={threads}
            onChange={(count) => count && handle.change({ threads: count })}
          />
          <Checkbox checked={threadsAuto} onChange={(event) => handle.change({ threadsAuto: event.target.checked })}>
            {t('form.threadsAuto')}
          </Checkbox>
          <Slider
            className="lh-threads-slider"
            min={0}
            max={8}
            step={null}
            marks={THREAD_MARKS}
            disabled={threadsAuto}
            value={Math.log2(threads)}
            tooltip={{ open: false }}
            ariaLabelForHandle={t('form.threads')}
            ariaValueTextFormatterForHandle={(power) => String(Math.round(2 ** power))}
            onChange={(power) => handle.change({ threads: 2 ** power })}
          />
        </div>
      )}
    </Field>
  )
}
