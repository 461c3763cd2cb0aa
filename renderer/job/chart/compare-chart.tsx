/**
 * The speeds of two jobs in one chart, aligned by the time since
 * each began. A slider over that time, as the speed chart.
 */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { formatRate } from '../../../shared/format-units.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { useSnapshot } from '../../store/use-window-store.tsx'
import { useEvents, useTrace } from '../use-job-data.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCountdown, formatElapsed, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { changeView, KEY_MOVES } from './chart-keys.ts'
import { outageAt, outageBands } from './outage-bands.ts'
import type { Outage } from './outages.ts'
import { COMPARE_PANEL } from './panels.ts'
import { newestOf, valueAt } from './plot-data.ts'
import { AXIS_WIDTH, RIGHT_MARGIN } from './plot-options.ts'
import { SeriesKey } from './series-key.tsx'
import { breakAtGaps, type SpeedHistory, thinHistory } from './speed-history.ts'
import { useChartView } from './use-chart-view.ts'
import { usePlot } from './use-plot.ts'
import { useSize } from './use-size.ts'
import { ViewButtons } from './view-buttons.tsx'

const BUCKETS = 600
/** A point speaks for the cursor this near to it, in CSS pixels. */
const NEAR_PIXELS = 10

type CompareChartProps = {
  history: SpeedHistory
  outages: readonly Outage[]
  /** Unix seconds: as far as is known. */
  newest: number
  name: string
  otherId: string
  otherName: string
}

export function CompareChart({ history, outages, newest, name, otherId, otherName }: CompareChartProps) {
  const words = useJobWords()
  const { chart } = words
  const holder = useRef<HTMLDivElement>(null)
  const { history: other, outages: otherOutages } = useTrace(otherId, useSnapshot(otherId), useEvents(otherId))
  const aligned = useMemo(() => uPlot.join([sinceStart(history), sinceStart(other)]), [history, other])
  const elapsed = aligned[0]
  const bounds = useMemo(() => ({ from: 0, to: Math.max(60, elapsed.at(-1) ?? 0) }), [elapsed])
  const view = useChartView(bounds, bounds, bounds.to)
  const mineOut = useMemo(() => bandsSinceStart(history, outages, newest, words), [history, outages, newest, words])
  const otherOut = useMemo(
    () => bandsSinceStart(other, otherOutages, newestOf(other), words),
    [other, otherOutages, words],
  )
  const bands = useMemo(
    () => [
      ...mineOut.map((band) => ({ ...band, text: `${name} ${band.text}`, ofSeries: 0 as const })),
      ...otherOut.map((band) => ({ ...band, text: `${otherName} ${band.text}`, ofSeries: 1 as const })),
    ],
    [mineOut, otherOut, name, otherName],
  )
  const [cursor, setCursor] = useState<Cursor>()
  const plot = usePlot(holder, {
    panel: COMPARE_PANEL,
    aligned,
    span: view.span,
    syncKey: `compare ${otherId}`,
    ...view.handlers,
    bands: () => bands,
    onCursor: (index, at) => setCursor(index === null ? undefined : { index, at }),
    formatTime: (value, step) => formatElapsed(value, step, words),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn from `bands`
  useEffect(() => plot?.redraw(false), [plot, bands])
  const { width } = useSize(holder)
  const secondsPerPixel = (view.span.to - view.span.from) / Math.max(1, width - AXIS_WIDTH - RIGHT_MARGIN)
  const nearSeconds = NEAR_PIXELS * secondsPerPixel
  const index = Math.min(cursor?.index ?? elapsed.length - 1, elapsed.length - 1)
  const time = timeRead(elapsed[index] ?? 0, cursor, nearSeconds)
  const mine = valueAt(elapsed, aligned[1] ?? [], time, nearSeconds)
  const theirs = valueAt(elapsed, aligned[2] ?? [], time, nearSeconds)
  const at = formatCountdown(time)
  const tell = (value: number | undefined, out: typeof mineOut) =>
    outageAt(out, time) ?? (value === undefined ? UNKNOWN : formatRate(value * 1e6))
  const values = [tell(mine, mineOut), tell(theirs, otherOut)]
  const ratio =
    mine === undefined || theirs === undefined || theirs === 0
      ? UNKNOWN
      : `${mine >= theirs ? '+' : '−'}${Math.abs((mine / theirs - 1) * 100).toFixed(0)} %`

  // The button goes with the zoom; the keyboard stays with the chart.
  const reset = () => {
    view.handlers.onReset()
    holder.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (changeView(event, view, elapsed[index])) return event.preventDefault()
    const wanted = KEY_MOVES[event.key]?.(index)
    if (wanted === undefined) return
    event.preventDefault()
    const last = elapsed.findLastIndex((time) => time <= view.span.to)
    const first = elapsed.findIndex((time) => time >= view.span.from)
    const target = elapsed[Math.max(first, Math.min(last, wanted))]
    if (plot && target !== undefined) plot.setCursor({ left: plot.valToPos(target, 'x'), top: 10 })
  }
  return (
    <div className="lh-compare">
      <div className="lh-compare-readout">
        <span className="lh-compare-unit lh-muted" aria-hidden="true">
          MB/s
        </span>
        <span className="lh-number">{fillText(chart.sinceStart, { time: at })}</span>
        <ul className="lh-series">
          <SeriesKey index={0} name={`${name}  ${values[0]}`} />
          <SeriesKey index={1} name={`${otherName}  ${values[1]}`} />
        </ul>
        <span className="lh-number">{fillText(chart.difference, { ratio })}</span>
        <span className="lh-compare-view">
          {view.isZoomed && (
            <button type="button" className="lh-chart-reset" onClick={reset}>
              {chart.reset}
            </button>
          )}
          <ViewButtons view={view} />
        </span>
      </div>
      <div
        ref={holder}
        className="lh-compare-plot"
        role="slider"
        tabIndex={0}
        aria-label={chart.compareTitle}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, elapsed.length - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={[at, `${name} ${values[0]}`, `${otherName} ${values[1]}`].join(words.punctuation.comma)}
        onKeyDown={onKeyDown}
      />
    </div>
  )
}

/** Index of the nearest point, and the cursor's own time. */
type Cursor = { index: number; at: number }

/** That of the nearest point, or where there is none near, the cursor's own. */
const timeRead = (ofPoint: number, cursor: Cursor | undefined, nearSeconds: number): number =>
  cursor && Math.abs(cursor.at - ofPoint) > nearSeconds ? cursor.at : ofPoint

/** Seconds since the first point, and MB/s. */
function sinceStart(history: SpeedHistory): uPlot.AlignedData {
  const { time, bytesPerSecond } = thinHistory(breakAtGaps(history), BUCKETS, ['bytesPerSecond'])
  const start = time[0] ?? 0
  return [time.map((at) => at - start), bytesPerSecond.map((value) => (value === null ? null : value / 1e6))]
}

const bandsSinceStart = (history: SpeedHistory, outages: readonly Outage[], newest: number, words: JobWords) => {
  const start = history.time[0] ?? 0
  return outageBands(outages, { from: start, to: newest }, newest, words).map(({ from, to, text }) => ({
    from: from - start,
    to: to - start,
    text,
  }))
}
