/** How often each class of failure happened, what it means, and what the program does about it. */
import { CheckCircleFilled } from '@ant-design/icons'
import { FAILURE_CLASSES, type FailureClass } from '../../../shared/failure.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'

type ErrorCount = { name: FailureClass; count: number }

export function ErrorsTab({ snapshot }: { snapshot: MetricsSnapshot | undefined }) {
  const words = useJobWords()
  const { errors } = words
  const counts = countErrors(snapshot)
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) {
    return (
      <div className="lh-errors-none">
        <p>
          <CheckCircleFilled className="lh-healthy" aria-hidden="true" /> {errors.empty}
        </p>
        <p className="lh-muted">{errors.emptyDetail}</p>
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className="lh-errors" tabIndex={0} aria-label={errors.label}>
      <table>
        <caption>
          {fillText(errors.total, { count: formatCount(total), retries: formatCount(snapshot?.retries ?? 0) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{errors.kind}</th>
            <th scope="col" className="lh-errors-count">
              {errors.count}
            </th>
            <th scope="col">{errors.share}</th>
            <th scope="col">{errors.meaning}</th>
            <th scope="col">{errors.action}</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ name, count }) => (
            <tr key={name}>
              <th scope="row">{words.failures[name].name}</th>
              <td className="lh-errors-count lh-number">{formatCount(count)}</td>
              <td>
                <span className="lh-row-progress">
                  <span className="lh-row-bar">
                    <span style={{ width: `${(count / total) * 100}%` }} />
                  </span>
                  <span className="lh-number">{Math.round((100 * count) / total)} %</span>
                </span>
              </td>
              <td>{words.failures[name].meaning}</td>
              <td>{words.failures[name].action}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Most frequent first, by the order of the classes where equal. */
function countErrors(snapshot: MetricsSnapshot | undefined): ErrorCount[] {
  return FAILURE_CLASSES.map((name) => ({ name, count: snapshot?.errors[name] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
}
