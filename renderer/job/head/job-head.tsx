/** From where to where, how far, how fast, how long still; and the buttons. */
import { formatRate } from '../../../shared/format-units.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded, isHeld } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { useTranslation } from '../../i18n/index.ts'
import { jobFraction, jobMood } from '../../shell/job-label.ts'
import type { JobCommands } from '../use-job-commands.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatBytesOf, formatCount, formatPercent, formatTimeLeft, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chooseMainAction } from './choose-main-action.ts'
import { JobActions } from './job-actions.tsx'
import './job-head.css'

type JobHeadProps = {
  job: JobView
  snapshot: MetricsSnapshot | undefined
  commands: JobCommands
  onReport: () => void
  onLimits: () => void
}

export function JobHead({ job, snapshot, commands, onReport, onLimits }: JobHeadProps) {
  const words = useJobWords()
  const { source, destination } = job.spec
  const from = source.prefix || fillText(words.head.wholeBucket, { bucket: source.bucket })
  return (
    <header className="lh-job-head">
      <div className="lh-job-title-row">
        <h1 className="lh-job-title">
          <span className="lh-truncate lh-job-source" title={`s3://${source.bucket}/${source.prefix}`}>
            <bdi dir="ltr">{from}</bdi>
          </span>
          <span className="lh-job-destination">
            <span aria-hidden="true">→</span>
            <span className="lh-truncate" title={destination}>
              <bdi>{destination}</bdi>
            </span>
          </span>
        </h1>
        <JobActions
          phase={job.phase}
          mainAction={chooseMainAction(job)}
          hasFailures={job.objectsFailed > 0}
          commands={commands}
          onReport={onReport}
          onLimits={onLimits}
        />
      </div>
      <Progress job={job} />
      <Figures job={job} snapshot={snapshot} />
    </header>
  )
}

function Progress({ job }: { job: JobView }) {
  const { head } = useJobWords()
  const fraction = jobFraction(job)
  const text = fraction === undefined ? undefined : formatPercent(fraction)
  return (
    <div
      className="lh-job-progress"
      role="progressbar"
      aria-label={head.progressLabel}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === undefined ? undefined : Math.floor(fraction * 100)}
      aria-valuetext={text}
      data-phase={job.phase}
    >
      <div style={{ width: `${(fraction ?? 0) * 100}%` }} />
    </div>
  )
}

function Figures({ job, snapshot }: { job: JobView; snapshot: MetricsSnapshot | undefined }) {
  const { t } = useTranslation()
  const words = useJobWords()
  const { head } = words
  const fraction = jobFraction(job)
  const moves = snapshot !== undefined && !isHeld(job.phase)
  const isStillListing = job.phase === 'listing' || snapshot?.listingComplete === false
  const timeLeft = moves && (job.phase === 'running' || job.phase === 'finishing')
  const unproven = job.summary?.objectsUnproven ?? 0
  const objects = fillText(head.objects, { done: formatCount(job.objectsDone), total: formatCount(job.objectsTotal) })
  return (
    <div className="lh-job-figures">
      {/* Of what ended before anything was known the word says all. */}
      {!(fraction === undefined && hasEnded(job.phase)) && (
        <span className="lh-job-figure-main lh-job-percent">
          {fraction === undefined ? UNKNOWN : formatPercent(fraction)}
        </span>
      )}
      {!hasEnded(job.phase) && (
        <span className="lh-job-figure-main lh-job-rate">{moves ? formatRate(snapshot.bytesPerSecond) : UNKNOWN}</span>
      )}
      <span className="lh-job-figure-main lh-job-left">
        {timeLeft
          ? formatTimeLeft(isStillListing ? -1 : snapshot.secondsLeft, words)
          : t(`shell.phases.${jobMood(job).word}`)}
      </span>
      <div className="lh-job-amounts">
        <p>
          <span>{formatBytesOf(job.bytesDone, job.bytesTotal)}</span>{' '}
          {isStillListing && <span className="lh-muted">{head.counting}</span>}
        </p>
        <p>
          <span>{objects}</span>{' '}
          {snapshot !== undefined && snapshot.objectsSkipped > 0 && (
            <span className="lh-muted">{fillText(head.skipped, { count: formatCount(snapshot.objectsSkipped) })}</span>
          )}{' '}
          <span className={job.objectsFailed > 0 ? 'lh-trouble' : 'lh-muted'}>
            {fillText(head.failed, { count: formatCount(job.objectsFailed) })}
          </span>{' '}
          {unproven > 0 && (
            <span className="lh-muted">{fillText(head.unproven, { count: formatCount(unproven) })}</span>
          )}
        </p>
      </div>
    </div>
  )
}
