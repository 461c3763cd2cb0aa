/** Threads and speed limit of a job, judged as in the form, without stopping it. */
import { Button, Input, Modal } from 'antd'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Failure } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import { useClient } from '../../client/use-client.tsx'
import { Field } from '../../fields/field.tsx'
import { draftToLimits } from '../../form/draft/draft-to-spec.ts'
import { limitsToDraft } from '../../form/draft/spec-to-draft.ts'
import { checkRateLimit, checkThreads } from '../../form/draft/validate-draft.ts'
import { ThreadsField } from '../../form/threads-field.tsx'
import { useTranslation } from '../../i18n/index.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import { useReturnFocus } from '../../shell/use-return-focus.ts'
import { useJobWords } from '../words/use-job-words.ts'

export function LimitsDialog({ job, onClose }: { job: JobView; onClose: () => void }) {
  useReturnFocus()
  const { t } = useTranslation()
  const { limitsDialog } = useJobWords()
  const client = useClient()
  const formId = useId()
  const [draft, setDraft] = useState(() => limitsToDraft(job.spec))
  const [touched, setTouched] = useState(false)
  const [isApplying, setApplying] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const error = checkRateLimit(draft.rateLimit)
  const threadsError = checkThreads(draft)

  const apply = async () => {
    setTouched(true)
    if (error || threadsError) return
    setApplying(true)
    const outcome = await client.call('jobs.setLimits', { jobId: job.jobId, ...draftToLimits(draft) })
    setApplying(false)
    if (outcome.ok) onClose()
    else setFailure(outcome.failure)
  }
  return (
    <Modal
      open
      centered
      width={560}
      title={limitsDialog.title}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{limitsDialog.cancel}</Button>
          <NeedsProgram>
            <Button type="primary" htmlType="submit" form={formId} loading={isApplying}>
              {limitsDialog.apply}
            </Button>
          </NeedsProgram>
        </>
      }
    >
      <LimitsForm id={formId} onSubmit={() => void apply()}>
        <ThreadsField
          chosen={draft}
          error={touched && threadsError ? t(`form.errors.${threadsError}`) : undefined}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
          onTouch={() => setTouched(true)}
        />
        <Field
          label={t('form.rateLimit')}
          hint={hasEnded(job.phase) ? limitsDialog.later : limitsDialog.live}
          error={touched && error ? t(`form.errors.${error}`, { example: '' }) : undefined}
        >
          {(control) => (
            <Input
              {...control}
              value={draft.rateLimit}
              placeholder={t('form.rateLimitPlaceholder')}
              spellCheck={false}
              suffix={t('form.perSecond')}
              onBlur={() => setTouched(true)}
              onChange={(event) => setDraft((before) => ({ ...before, rateLimit: event.target.value }))}
            />
          )}
        </Field>
      </LimitsForm>
      {failure && <FailureNote failure={failure} />}
    </Modal>
  )
}

/** Enter applies, in whatever field. The first one has the focus, not the button that closes the dialog. */
function LimitsForm({ id, onSubmit, children }: { id: string; onSubmit: () => void; children: ReactNode }) {
  const form = useRef<HTMLFormElement>(null)
  // Here, not in the dialog: its content comes later than itself.
  useEffect(() => form.current?.querySelector<HTMLElement>('input:enabled')?.focus(), [])
  return (
    <form
      id={id}
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
