import { HistoryOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useClient } from '../client/use-client.tsx'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { useJobs } from '../store/use-window-store.tsx'
import { nameJobs } from './job-label.ts'
import { NeedsProgram } from './needs-program.tsx'
import { useRoute } from './route.ts'
import './host-banner.css'

/** Offers to resume the interrupted jobs. On the page of such a job its own banner says so. */
export function ResumeOffer() {
  const { t } = useTranslation()
  const client = useClient()
  const { message } = App.useApp()
  const route = useRoute()
  const jobs = useJobs()
  const names = nameJobs(jobs)
  const interrupted = jobs.filter(
    (job) => job.phase === 'interrupted' && !(route.page === 'job' && route.jobId === job.jobId),
  )
  const [later, setLater] = useState(false)
  const [resuming, setResuming] = useState(false)
  if (later || interrupted.length === 0) return null

  const resumeAll = async () => {
    setResuming(true)
    // The oldest first, as they were begun: where more of them
    // than may be at work at once, the others wait in this order.
    for (const { jobId } of interrupted.toReversed()) {
      const outcome = await client.call('jobs.resume', { jobId })
      if (!outcome.ok) void message.error(describeFailure(t, outcome.failure).sentence)
    }
    setResuming(false)
  }

  return (
    <section
      className="lh-host-banner lh-resume-offer"
      aria-label={t('shell.offerResume', { count: interrupted.length })}
    >
      <HistoryOutlined aria-hidden="true" />
      <strong>{t('shell.offerResume', { count: interrupted.length })}</strong>
      <span className="lh-truncate">{interrupted.map(({ jobId }) => names.get(jobId)).join(' · ')}</span>
      <span className="lh-resume-buttons">
        <NeedsProgram>
          <Button size="small" type="primary" loading={resuming} onClick={() => void resumeAll()}>
            {t('shell.resume')}
          </Button>
        </NeedsProgram>
        <Button size="small" onClick={() => setLater(true)}>
          {t('shell.later')}
        </Button>
      </span>
    </section>
  )
}
