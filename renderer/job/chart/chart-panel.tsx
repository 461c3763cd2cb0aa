/** The speed panel: range, event marks, speed timeline, and the chart below. */
import { Segmented } from 'antd'
import { memo, useMemo, useState } from 'react'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { useTrace } from '../use-job-data.ts'
import { fillText } from '../words/fill-sentence.ts'
import { UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { MarkLegend } from './mark-legend.tsx'
import { CHART_RANGES, type ChartRange, plotSpan } from './plot-data.ts'
import { SpeedChart } from './speed-chart.tsx'
import { speedTimeline, type TimelineEntry } from './speed-timeline.ts'
import './chart-panel.css'

/** Start, and the newest hours; the rest is in the history page and in performance.ndjson. */
const TIMELINE_ENTRIES = 5

type ChartPanelProps = {
  jobId: string
  snapshot: MetricsSnapshot | undefined
  events: readonly EngineEvent[]
  isLive: boolean
}

export function ChartPanel({ jobId, snapshot, events, isLive }: ChartPanelProps) {
  const { chart } = useJobWords()
  // What one wants to see differs: the last minutes while it runs, the whole afterwards.
  const [chosen, setChosen] = useState<ChartRange>()
  const range = chosen ?? (isLive ? '5m' : 'all')
  const { history, marks, loaded } = useTrace(jobId, snapshot, events)
  // By number, so that the legend rests while no mark leaves on the left.
  const { from } = plotSpan(history, range)
  const leftOut = marks.filter((mark) => mark.at < from).length
  const shownMarks = useMemo(() => marks.slice(leftOut), [marks, leftOut])
  const timeline = useMemo(() => speedTimeline(history, TIMELINE_ENTRIES), [history])
  const isEmpty = history.time.length === 0
  return (
    <section className="lh-chart-panel lh-panel" aria-label={chart.title}>
      <div className="lh-chart-head">
        <h2>{chart.title}</h2>
        <RangeChoice range={range} onChoose={setChosen} />
        <MarkLegend marks={shownMarks} />
        <Timeline entries={timeline} />
      </div>
      {isEmpty ? (
        <p className="lh-chart-empty lh-muted">{loaded ? chart.empty : ''}</p>
      ) : (
        <SpeedChart history={history} marks={marks} range={range} />
      )}
    </section>
  )
}

/** Does not draw itself anew at every tick. */
const RangeChoice = memo(function RangeChoice(props: { range: ChartRange; onChoose: (range: ChartRange) => void }) {
  const { chart } = useJobWords()
  return (
    <Segmented
      size="small"
      aria-label={chart.rangeLabel}
      value={props.range}
      onChange={props.onChoose}
      options={CHART_RANGES.map((value) => ({ value, label: chart.ranges[value] }))}
    />
  )
})

/** `起始 32.1  1h 31.9  2h 32.0`, in MB/s. */
function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { chart } = useJobWords()
  return (
    <ul className="lh-timeline" aria-label={`${chart.timelineLabel} (MB/s)`} title={chart.timelineTitle}>
      {entries.map(({ hour, bytesPerSecond }) => (
        <li key={hour}>
          <span className="lh-muted">{hour === 0 ? chart.start : fillText(chart.hour, { hour })}</span>{' '}
          <span>{bytesPerSecond === null ? UNKNOWN : (bytesPerSecond / 1e6).toFixed(1)}</span>
        </li>
      ))}
    </ul>
  )
}
