/**
 * The speed as a canvas (uPlot). To a screen reader and to the keyboard it is a slider over time: arrow keys move the
 * reading cursor, its value is the reading in words; a summary of the whole line describes it.
 */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import type uPlot from 'uplot'
import { formatRate } from '../../../shared/format-units.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { changeView, KEY_MOVES } from './chart-keys.ts'
import { ChartReadout, readingInWords } from './chart-readout.tsx'
import { clusterToFit, type Mark } from './event-marks.ts'
import { outageAt, outageBands } from './outage-bands.ts'
import type { Outage } from './outages.ts'
import { panelColumns, SPEED_PANEL } from './panels.ts'
import { choosePlotData, formatInstant, liesInGap, needDate, type PlotData, summarizeSpeed } from './plot-data.ts'
import { AXIS_WIDTH, RIGHT_MARGIN, SIGN_PIXELS } from './plot-options.ts'
import type { SpeedHistory } from './speed-history.ts'
import type { ChartView } from './use-chart-view.ts'
import { usePlot } from './use-plot.ts'
import { useSize } from './use-size.ts'
import './speed-chart.css'

/** A mark is read with the points this near to it, in CSS pixels. */
const NEAR_PIXELS = 10

/** The point nearest to the cursor; and the cursor's own time, unix seconds, where that point does not speak for it. */
type Pointed = { cursor: number | null; gapAt: number | undefined }
const NOWHERE: Pointed = { cursor: null, gapAt: undefined }

type SpeedChartProps = {
  /** What is in sight. */
  stretch: SpeedHistory
  marks: readonly Mark[]
  outages: readonly Outage[]
  /** Unix seconds: as far as is known. */
  newest: number
  view: ChartView
  rangeName: string
  syncKey: string
}

export function SpeedChart({ stretch, marks, outages, newest, view, rangeName, syncKey }: SpeedChartProps) {
  const words = useJobWords()
  const holder = useRef<HTMLDivElement>(null)
  const summaryId = useId()
  const size = useSize(holder)
  const data = useMemo(
    () => choosePlotData(stretch, view.span, Math.max(100, size.width)),
    [stretch, view.span, size.width],
  )
  const plotPixels = Math.max(1, size.width - AXIS_WIDTH - RIGHT_MARGIN)
  const secondsPerPixel = (data.to - data.from) / plotPixels
  const shownMarks = useMemo(() => marks.filter((mark) => mark.at >= data.from && mark.at <= data.to), [marks, data])
  const [pointed, setPointed] = useState<Pointed>(NOWHERE)
  const { cursor, gapAt } = pointed
  const aligned = useMemo(
    () => [data.history.time, ...panelColumns(SPEED_PANEL, data.history)] as uPlot.AlignedData,
    [data],
  )
  const clusters = useMemo(
    () => clusterToFit(shownMarks, secondsPerPixel, plotPixels, SIGN_PIXELS),
    [shownMarks, secondsPerPixel, plotPixels],
  )
  const bands = useMemo(() => outageBands(outages, data, newest, words), [outages, data, newest, words])
  const plot = usePlot(holder, {
    panel: SPEED_PANEL,
    aligned,
    span: view.span,
    syncKey,
    ...view.handlers,
    clusters: () => clusters,
    bands: () => bands,
    onCursor: (index, at) => {
      const isGap = index !== null && liesInGap(data, index, at, NEAR_PIXELS * secondsPerPixel)
      setPointed((before) => {
        const next = { cursor: index, gapAt: isGap ? at : undefined }
        return before.cursor === next.cursor && before.gapAt === next.gapAt ? before : next
      })
    },
  })
  // Marks come without new points, e.g. while paused.
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn from `clusters` and `bands`
  useEffect(() => plot?.redraw(false), [plot, clusters, bands])

  const moveCursor = (index: number | null) => {
    if (!plot) return
    const time = index === null ? undefined : plot.data[0][index]
    plot.setCursor(time === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(time, 'x'), top: 10 })
  }

  const lastIndex = Math.max(
    0,
    data.history.time.findLastIndex((time) => time <= data.to),
  )
  // The point before the edge only lets the line enter; it cannot be read.
  const firstIndex = Math.max(
    0,
    data.history.time.findIndex((time) => time >= data.from),
  )
  const index = cursor === null ? lastIndex : Math.min(cursor, lastIndex)
  const at = gapAt ?? data.history.time[index] ?? 0
  const near = cursor === null ? [] : marksNear(shownMarks, at, NEAR_PIXELS * secondsPerPixel)
  const outage = cursor === null ? undefined : outageAt(bands, at)

  const onKeyDown = (event: KeyboardEvent) => {
    if (changeView(event, view, data.history.time[index])) return event.preventDefault()
    const target = KEY_MOVES[event.key]?.(index)
    if (target === undefined) return
    event.preventDefault()
    moveCursor(Math.max(firstIndex, Math.min(lastIndex, target)))
  }

  return (
    <div className="lh-chart">
      <div
        ref={holder}
        className="lh-chart-plot"
        role="slider"
        tabIndex={0}
        aria-label={words.chart.title}
        aria-describedby={summaryId}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, lastIndex)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={readingInWords(data, index, near, words, outage, gapAt)}
        onKeyDown={onKeyDown}
        onBlur={() => moveCursor(null)}
      />
      <p className="lh-spoken" id={summaryId}>
        {describe(data, rangeName, words)}{' '}
        {bands
          .map(({ from, text }) => `${formatInstant(from, needDate(data.from, data.to))} ${text}`)
          .join(words.punctuation.comma)}
      </p>
      <span className="lh-chart-unit lh-muted" aria-hidden="true">
        MB/s
      </span>
      {cursor !== null && plot && (
        <ChartReadout
          data={data}
          index={index}
          gapAt={gapAt}
          outage={outage}
          marks={near}
          left={plot.cursor.left ?? 0}
          width={size.width}
        />
      )}
    </div>
  )
}

const marksNear = (marks: readonly Mark[], time: number, seconds: number): readonly Mark[] =>
  marks.filter((mark) => Math.abs(mark.at - time) <= seconds)

function describe(data: PlotData, range: string, words: JobWords): string {
  const summary = summarizeSpeed(data)
  if (!summary) return words.chart.empty
  return fillText(words.chart.summary, {
    range: range,
    now: formatRate(summary.now),
    mean: formatRate(summary.mean),
    low: formatRate(summary.low),
    high: formatRate(summary.high),
    points: formatCount(summary.points),
  })
}
