/**
 * The charts of a job: range, event marks, speed timeline, tools;
 * the speed, or two jobs compared; and all panels when expanded.
 */
import { Segmented } from 'antd'
import { memo, useCallback, useMemo, useRef, useState } from 'react'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { isBetweenRuns } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { nameJobs } from '../../shell/job-label.ts'
import { useJob } from '../../store/use-window-store.tsx'
import { useTrace } from '../use-job-data.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { ChartTools } from './chart-tools.tsx'
import { CompareChart } from './compare-chart.tsx'
import { MarkLegend } from './mark-legend.tsx'
import { PanelGrid } from './panel-grid.tsx'
import { measuredPanels } from './panels.ts'
import { CHART_RANGES, type ChartRange, historyBounds, newestOf, plotSpan, stretchOf } from './plot-data.ts'
import { SpeedChart } from './speed-chart.tsx'
import { SpeedStory } from './speed-story.tsx'
import { useChartView } from './use-chart-view.ts'
import { useExport } from './use-export.ts'
import { usePassingTime } from './use-passing-time.ts'
import { ViewButtons } from './view-buttons.tsx'
import './chart-panel.css'

type ChartPanelProps = {
  job: JobView
  snapshot: MetricsSnapshot | undefined
  events: readonly EngineEvent[]
  isLive: boolean
  isExpanded: boolean
  onExpand: (expanded: boolean) => void
}

export function ChartPanel({ job, snapshot, events, isLive, isExpanded, onExpand }: ChartPanelProps) {
  const { jobId } = job
  const { chart } = useJobWords()
  const section = useRef<HTMLElement>(null)
  // While it runs the last minutes matter, afterwards the whole job.
  const [chosen, setChosen] = useState<ChartRange>()
  const [compared, setCompared] = useState<string>()
  const other = useJob(compared ?? '')
  const range = chosen ?? (isLive ? '5m' : 'all')
  const { history, marks, marksSince, outages, loaded } = useTrace(jobId, snapshot, events)
  const now = usePassingTime(isBetweenRuns(job))
  const newest = newestOf(history, now)
  const view = useChartView(plotSpan(history, range, isLive, now), historyBounds(history, isLive, now), newest)
  const { from, to } = view.span
  const stretch = useMemo(() => stretchOf(history, view.span), [history, view.span])
  const panels = useMemo(() => measuredPanels(history), [history])
  const firstShown = marks.filter((mark) => mark.at < from).length
  const endShown = marks.filter((mark) => mark.at <= to).length
  // Compared by count, so that the legend is not drawn again while no mark enters or leaves.
  const shownMarks = useMemo(() => marks.slice(firstShown, endShown), [marks, firstShown, endShown])
  const isComparing = other !== undefined
  const exportAs = useExport(job, section, isComparing ? undefined : view.span)
  const { onReset } = view.handlers
  const choose = useCallback(
    (range: ChartRange) => {
      setChosen(range)
      onReset()
    },
    [onReset],
  )
  // The button goes with the zoom; the keyboard stays with the chart.
  const reset = () => {
    onReset()
    section.current?.querySelector<HTMLElement>('[role="slider"]')?.focus()
  }
  // One point makes no line; while the job runs the next one is on its way.
  const isEmpty = history.time.length < (isLive ? 1 : 2)
  const names = nameJobs(other ? [job, other] : [])
  const rangeName = view.isZoomed ? chart.zoomed : chart.ranges[range]
  return (
    <section ref={section} className="lh-chart-panel lh-panel" data-expanded={isExpanded} aria-label={chart.title}>
      <div className="lh-chart-head">
        <h2>{chart.title}</h2>
        {/* Two jobs compared have a time axis of their own. */}
        {!isComparing && (
          <>
            <RangeChoice range={view.isZoomed ? undefined : range} onChoose={choose} />
            <ViewButtons view={view} />
            {view.isZoomed && (
              <button type="button" className="lh-chart-reset" onClick={reset}>
                {isLive && range !== 'all' ? chart.follow : chart.reset}
              </button>
            )}
            <MarkLegend marks={shownMarks} uncountedBefore={marksSince && marksSince > from ? marksSince : undefined} />
            <SpeedStory history={history} />
          </>
        )}
        <ChartTools
          jobId={jobId}
          compared={compared}
          isExpanded={isExpanded}
          onExpand={onExpand}
          onCompare={setCompared}
          onExport={exportAs}
        />
      </div>
      {isEmpty && <p className="lh-chart-empty lh-muted">{loaded ? (isLive ? chart.empty : chart.emptyEnded) : ''}</p>}
      {!isEmpty && compared && isComparing && (
        <div className="lh-picture lh-picture-main" data-title={chart.compareTitle}>
          <CompareChart
            history={history}
            outages={outages}
            newest={newest}
            name={names.get(job.jobId) ?? ''}
            otherId={compared}
            otherName={names.get(other.jobId) ?? ''}
          />
        </div>
      )}
      {!isEmpty && !isComparing && (
        <>
          <div className="lh-picture lh-picture-main" data-title={`${chart.title} MB/s`}>
            <SpeedChart
              stretch={stretch}
              marks={marks}
              outages={outages}
              newest={newest}
              view={view}
              rangeName={rangeName}
              syncKey={jobId}
            />
          </div>
          {isExpanded && <PanelGrid panels={panels} stretch={stretch} view={view} syncKey={jobId} />}
        </>
      )}
    </section>
  )
}

/** Memoised: its props stay the same from one snapshot to the next. */
const RangeChoice = memo(function RangeChoice(props: {
  range: ChartRange | undefined
  onChoose: (range: ChartRange) => void
}) {
  const { chart } = useJobWords()
  return (
    <Segmented
      size="small"
      aria-label={chart.rangeLabel}
      value={props.range ?? ('' as ChartRange)}
      onChange={props.onChoose}
      options={CHART_RANGES.map((value) => ({ value, label: chart.ranges[value] }))}
    />
  )
})
