/**
 * What limits the speed now, or limited it over a job that stands
 * still, in one line; why, with the numbers, one click away.
 */
import { Popover } from 'antd'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded } from '../../../shared/job-state.ts'
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { useTranslation } from '../../i18n/index.ts'
import { jobMood } from '../../shell/job-label.ts'
import { popupContainer } from '../popup-container.ts'
import { fieldLabel, fillText } from '../words/fill-sentence.ts'
import { formatDuration, formatField, formatPercent, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chooseVerdict } from './choose-verdict.ts'
import './verdict-line.css'

export function VerdictLine({ job, limit }: { job: JobView; limit: Limit | undefined }) {
  const { t } = useTranslation()
  const words = useJobWords()
  const { verdict, punctuation } = words
  const chosen = chooseVerdict(job, limit)
  // Of a job that has not moved, no speed is there to be explained.
  if (chosen.kind === 'unknown' && (hasEnded(job.phase) || job.phase === 'queued')) return null
  const phase = t(`shell.phases.${jobMood(job).word}`)
  const said =
    chosen.kind === 'unknown' ? undefined : words.limits[chosen.kind === 'now' ? chosen.limit.code : chosen.code]
  const because =
    chosen.kind === 'now'
      ? said?.because
      : chosen.kind === 'overall'
        ? verdict.overall(formatPercent(chosen.share, 0))
        : phase
  return (
    <div className="lh-verdict">
      <p className="lh-truncate">
        <span className="lh-muted">
          {chosen.kind === 'overall' ? verdict.overallTitle : verdict.title}
          {punctuation.colon}
        </span>
        <strong className="lh-verdict-name">{said?.name ?? UNKNOWN}</strong>
        <span className="lh-muted">{fillText(punctuation.aside, { text: because ?? '' })}</span>
      </p>
      {chosen.kind !== 'unknown' && (
        <Popover
          trigger="click"
          placement="bottomRight"
          content={
            chosen.kind === 'now' ? <Evidence limit={chosen.limit} /> : <Shares limitSeconds={job.limitSeconds} />
          }
          destroyOnHidden
          getPopupContainer={popupContainer}
        >
          <button type="button" className="lh-verdict-why">
            {verdict.why} →
          </button>
        </Popover>
      )}
    </div>
  )
}

/** What held the job in all, longest first: the seconds and their share. */
function Shares({ limitSeconds = {} }: Pick<JobView, 'limitSeconds'>) {
  const words = useJobWords()
  const held = (Object.entries(limitSeconds) as [Limit['code'], number][]).sort(([, one], [, other]) => other - one)
  const total = held.reduce((sum, [, seconds]) => sum + seconds, 0)
  const [longest] = held
  return (
    <div className="lh-verdict-evidence">
      <h2>{words.verdict.evidence}</h2>
      <dl>
        {held.map(([code, seconds]) => (
          <div key={code}>
            <dt className="lh-muted">{words.limits[code].name}</dt>
            <dd className="lh-number">
              {formatDuration(seconds, words)} · {formatPercent(seconds / total, 0)}
            </dd>
          </div>
        ))}
      </dl>
      {longest && <p>{words.limits[longest[0]].explanation}</p>}
    </div>
  )
}

function Evidence({ limit }: { limit: Limit }) {
  const words = useJobWords()
  const { verdict, limits } = words
  const said = limits[limit.code]
  const numbers = Object.entries(limit.evidence)
  return (
    <div className="lh-verdict-evidence">
      <p>{said.explanation}</p>
      <h2>{verdict.evidence}</h2>
      {numbers.length === 0 ? (
        <p className="lh-muted">{verdict.noNumbers}</p>
      ) : (
        <dl>
          {numbers.map(([field, value]) => (
            <div key={field}>
              <dt className="lh-muted">{fieldLabel(field, words)}</dt>
              <dd className="lh-number">{formatField(field, value, words)}</dd>
            </div>
          ))}
        </dl>
      )}
      <h2>{verdict.advice}</h2>
      <p>{said.advice}</p>
    </div>
  )
}
