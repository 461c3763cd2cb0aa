import { CloseCircleFilled } from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Failure } from '../../shared/failure.ts'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import './failure-note.css'

type FailureNoteProps = {
  failure: Failure
  /** Words before the sentence, e.g. "Not started: "; with the space, which Chinese does not want. */
  lead?: string
  /** It was met without an account. */
  isAnonymous?: boolean
  /** A button that may help, after the advice. */
  action?: ReactNode
}

/** One failure: the sentence, what to do, and the evidence in small print. Spoken when it appears. */
export function FailureNote({ failure, lead, isAnonymous, action }: FailureNoteProps) {
  const { t } = useTranslation()
  const { sentence, advice, evidence } = describeFailure(t, failure, isAnonymous)
  return (
    <div className="lh-failure" role="alert">
      <CloseCircleFilled className="lh-failure-icon" aria-hidden="true" />
      <div className="lh-failure-text">
        <p className="lh-failure-sentence lh-breakable">
          {lead}
          {sentence}
        </p>
        <p>{advice}</p>
        {evidence && <p className="lh-failure-evidence lh-breakable">{evidence}</p>}
        {action && <div className="lh-failure-action">{action}</div>}
      </div>
    </div>
  )
}
