/**
 * One panel of the dashboard below the speed: its name, its
 * series with their signs, and the plot on the shared time axis.
 */
import { memo, useMemo, useRef } from 'react'
import type uPlot from 'uplot'
import { useJobWords } from '../words/use-job-words.ts'
import { formatSeries, type Panel, panelColumns, seriesName } from './panels.ts'
import { choosePlotData } from './plot-data.ts'
import { SeriesKey } from './series-key.tsx'
import type { SpeedHistory } from './speed-history.ts'
import type { ChartView } from './use-chart-view.ts'
import { usePlot } from './use-plot.ts'

type PanelChartProps = { panel: Panel; stretch: SpeedHistory; view: ChartView; syncKey: string; onHide: () => void }

/** Enough for any width: the thinning keeps every peak anyway. */
const MAX_POINTS = 1200

export const PanelChart = memo(function PanelChart({ panel, stretch, view, syncKey, onHide }: PanelChartProps) {
  const words = useJobWords()
  const holder = useRef<HTMLDivElement>(null)
  const { span } = view
  const data = useMemo(
    () => choosePlotData(stretch, span, MAX_POINTS * panel.keeps.length, panel.keeps),
    [stretch, span, panel],
  )
  const aligned = useMemo(
    () => [data.history.time, ...panelColumns(panel, data.history)] as uPlot.AlignedData,
    [data, panel],
  )
  usePlot(holder, { panel, aligned, span, syncKey, ...view.handlers })
  const title = words.chart.panels[panel.name]
  const last = stretch.time.findLastIndex((time) => time <= span.to)
  const spoken = panel.series
    .map((name) => `${seriesName(name, words)} ${formatSeries(panel, stretch[name][last])}`)
    .join(words.punctuation.comma)
  // A class that never failed here needs no place in the legend.
  const shown = panel.series
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !panel.stacked || data.history[name].some((value) => (value ?? 0) > 0))
  return (
    <section className="lh-dash-panel" aria-label={title}>
      <header className="lh-dash-head">
        <h3>
          {title} <span className="lh-muted">{panel.unit}</span>
        </h3>
        <ul className="lh-series">
          {(panel.series.length > 1 ? shown : []).map(({ name, index }) => (
            <SeriesKey key={name} index={index} stacked={panel.stacked} name={seriesName(name, words)} />
          ))}
          {panel.stacked && shown.length === 0 && <li className="lh-muted">{words.chart.noErrors}</li>}
        </ul>
        <button type="button" className="lh-dash-hide" onClick={onHide} aria-label={`${words.chart.hide} ${title}`}>
          ×
        </button>
      </header>
      <div
        ref={holder}
        className="lh-dash-plot"
        role="img"
        aria-label={`${title}${words.punctuation.colon}${spoken}`}
      />
    </section>
  )
})
