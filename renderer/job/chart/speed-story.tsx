/**
 * `起始 32.1 1h 31.9 2h 32.0 趋势 -0.1/时`: how the speed held, in MB/s; all hours and the trends in numbers on a click.
 */
import { Popover } from 'antd'
import { useMemo } from 'react'
import { popupContainer } from '../popup-container.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatField, formatMegabytes, formatPercent, formatSigned, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import type { SpeedHistory } from './speed-history.ts'
import { percentOf, speedTimeline, type TimelineEntry } from './speed-timeline.ts'
import { isConvincing, type SpeedTrend, speedTrend } from './speed-trend.ts'
import './speed-story.css'

/** Hours shown beside the start; the others need a click. */
const HOURS_IN_SIGHT = 4

export function SpeedStory({ history }: { history: SpeedHistory }) {
  const { chart, punctuation, units } = useJobWords()
  const timeline = useMemo(() => speedTimeline(history), [history])
  const trends = useTrends(history)
  const names = useHourNames()
  const trend = trends.hour ?? trends.whole
  const trendText =
    trend &&
    (isConvincing(trend)
      ? `${formatSigned(trend.slopeMegabytesPerSecondPerHour, 1)}${units.perHour}`
      : chart.trend.none)
  const spoken = [
    ...timeline.map((entry) => `${names(entry)} ${megabytes(entry)}`),
    ...(trendText ? [`${chart.trend.title} ${trendText}`] : []),
  ].join(punctuation.comma)
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={<Details timeline={timeline} trends={trends} />}
      destroyOnHidden
      getPopupContainer={popupContainer}
    >
      <button
        type="button"
        className="lh-timeline"
        aria-label={`${chart.timelineLabel} (MB/s)${punctuation.colon}${spoken}`}
      >
        <span className="lh-timeline-hours">
          {timeline.toSpliced(1, Math.max(0, timeline.length - 1 - HOURS_IN_SIGHT)).map((entry) => (
            <span key={entry.hour}>
              <span className="lh-muted">{names(entry)}</span> {megabytes(entry)}
            </span>
          ))}
        </span>
        {trendText && (
          <span className="lh-timeline-trend">
            <span className="lh-muted">{chart.trend.title}</span> {trendText}
          </span>
        )}
      </button>
    </Popover>
  )
}

type Trends = { hour: SpeedTrend | undefined; whole: SpeedTrend | undefined }

/** Recomputed once per minute of history: a trend changes slowly, and its cost grows with the square of the points. */
function useTrends(history: SpeedHistory): Trends {
  const minute = Math.floor((history.time.at(-1) ?? 0) / 60)
  const start = history.time[0]
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => {
    const isLongerThanAnHour = (history.time.at(-1) ?? 0) - (start ?? 0) > 3600
    return { hour: isLongerThanAnHour ? speedTrend(history, 3600) : undefined, whole: speedTrend(history) }
  }, [minute, start])
}

function Details({ timeline, trends }: { timeline: readonly TimelineEntry[]; trends: Trends }) {
  const { chart } = useJobWords()
  const names = useHourNames()
  const start = timeline[0]?.bytesPerSecond
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className="lh-story" tabIndex={0} aria-label={chart.timelineLabel}>
      <dl>
        <Trend name={chart.trend.lastHour} trend={trends.hour} />
        <Trend name={chart.trend.whole} trend={trends.whole} />
      </dl>
      <table>
        <caption>{chart.timelineLabel}</caption>
        <thead>
          <tr>
            <th scope="col">{chart.trend.time}</th>
            <th scope="col">MB/s</th>
            <th scope="col">{chart.trend.ofStart}</th>
          </tr>
        </thead>
        <tbody>
          {timeline.map((entry) => (
            <tr key={entry.hour}>
              <th scope="row">{names(entry)}</th>
              <td>{megabytes(entry)}</td>
              <td>{start && entry.bytesPerSecond !== null ? percentOf(entry.bytesPerSecond, start) : UNKNOWN}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="lh-muted">
        {chart.timelineTitle} {chart.trend.explanation}
      </p>
    </section>
  )
}

function Trend({ name, trend }: { name: string; trend: SpeedTrend | undefined }) {
  const words = useJobWords()
  const { trend: said } = words.chart
  const slope = trend && formatField('slopeMegabytesPerSecondPerHour', trend.slopeMegabytesPerSecondPerHour, words)
  const sure = trend && fillText(said.confidence, { confidence: formatPercent(trend.confidence, 0) })
  return (
    <div>
      <dt className="lh-muted">{name}</dt>
      <dd className="lh-number">
        {trend ? `${slope} · ${sure}` : said.tooShort}
        {trend && !isConvincing(trend) && <div className="lh-muted">{said.unclear}</div>}
      </dd>
    </div>
  )
}

function useHourNames(): (entry: TimelineEntry) => string {
  const { chart, units } = useJobWords()
  return ({ hour }) => {
    if (hour === 0) return chart.start
    return hour < 48 ? `${hour}${units.hour}` : `${hour / 24}${units.day}`
  }
}

const megabytes = ({ bytesPerSecond }: TimelineEntry): string =>
  bytesPerSecond === null ? UNKNOWN : formatMegabytes(bytesPerSecond)
