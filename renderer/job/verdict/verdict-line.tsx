/** What limits the speed now, in one line; why, with the numbers, one click away. */
import { Popover } from 'antd'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { popupContainer } from '../popup-container.ts'
import { fieldLabel } from '../words/fill-sentence.ts'
import { formatField, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import './verdict-line.css'

export function VerdictLine({ phase, limit }: { phase: JobPhase; limit: Limit | undefined }) {
  const words = useJobWords()
  const { verdict, punctuation } = words
  const isMoving =
    phase === 'running' || phase === 'finishing' || (phase === 'waiting' && limit?.code === 'network-lost')
  const said = isMoving && limit ? words.limits[limit.code] : undefined
  return (
    <div className="lh-verdict">
      <p className="lh-truncate" title={said?.because}>
        <span className="lh-muted">
          {verdict.title}
          {punctuation.colon}
        </span>
        <strong className="lh-verdict-name">{said?.name ?? UNKNOWN}</strong>{' '}
        <span className="lh-muted">({said?.because ?? words.phases[phase]})</span>
      </p>
      {limit && said && (
        <Popover
          trigger="click"
          placement="bottomRight"
          content={<Evidence limit={limit} />}
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
