/** One job: head, news, verdict, speed, live figures, and the tables behind them. */
import { Empty } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { hasEnded, isBetweenRuns } from '../../shared/job-state.ts'
import { ReportDialog } from '../logs/report-dialog.tsx'
import { useJob } from '../store/use-window-store.tsx'
import { BannerLine } from './banner/banner-line.tsx'
import { ChartPanel } from './chart/chart-panel.tsx'
import { JobHead } from './head/job-head.tsx'
import { LimitsDialog } from './head/limits-dialog.tsx'
import { StatusStrip } from './strip/status-strip.tsx'
import { JobTabs } from './tabs/job-tabs.tsx'
import { useJobCommands } from './use-job-commands.ts'
import { useEvents } from './use-job-data.ts'
import { useNewestSnapshot } from './use-newest-snapshot.ts'
import { VerdictLine } from './verdict/verdict-line.tsx'
import { useJobWords } from './words/use-job-words.ts'
import './job-page.css'

export function JobPage({ jobId }: { jobId: string }) {
  const exists = useJob(jobId) !== undefined
  const { page } = useJobWords()
  if (exists) return <ExistingJob jobId={jobId} />
  return (
    <div className="lh-job-nothing">
      <Empty
        image={Empty.PRESENTED_IMAGE_SIMPLE}
        description={
          <>
            <h1>{page.missing}</h1>
            <p className="lh-muted">{page.missingDetail}</p>
          </>
        }
      />
    </div>
  )
}

function ExistingJob({ jobId }: { jobId: string }) {
  const job = useJob(jobId)
  const snapshot = useNewestSnapshot(jobId)
  const events = useEvents(jobId)
  const commands = useJobCommands(jobId)
  const [isReporting, setReporting] = useState(false)
  const [isLimiting, setLimiting] = useState(false)
  const [isExpanded, setExpanded] = useState(false)
  const report = useCallback(() => setReporting(true), [])
  const openLimits = useCallback(() => setLimiting(true), [])
  const isAtWork = job !== undefined && !hasEnded(job.phase) && job.phase !== 'queued'
  // After the end, and before its turn, the last snapshot still knows
  // errors and addresses, but its "now" is over, its connections with it.
  const live = isAtWork ? snapshot : undefined
  const kept = useMemo(() => snapshot && { ...snapshot, connectionTable: [] }, [snapshot])
  if (!job) return null
  return (
    <div className="lh-job">
      <JobHead job={job} snapshot={live} commands={commands} onReport={report} onLimits={openLimits} />
      <BannerLine job={job} snapshot={snapshot} events={events} commands={commands} />
      <VerdictLine job={job} limit={live?.limit} />
      <ChartPanel
        job={job}
        snapshot={snapshot}
        events={events}
        isExpanded={isExpanded}
        isLive={isAtWork}
        onExpand={setExpanded}
      />
      {isAtWork && <StatusStrip snapshot={isBetweenRuns(job) ? undefined : live} />}
      {!isExpanded && <JobTabs job={job} snapshot={live ?? kept} events={events} commands={commands} />}
      {isLimiting && <LimitsDialog job={job} onClose={() => setLimiting(false)} />}
      {isReporting && <ReportDialog jobId={jobId} onClose={() => setReporting(false)} />}
    </div>
  )
}
