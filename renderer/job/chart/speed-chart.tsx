/**
 * The speed as a canvas (uPlot). To a screen reader and to the keyboard it is a slider over time: arrow keys move the
 * reading cursor, its value is the reading in words; a summary of the whole line describes it.
 */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useThemeName } from '../../theme/theme-provider.tsx'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount, formatSteadyRate } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { ChartReadout, readingInWords } from './chart-readout.tsx'
import { clusterMarks, type Mark } from './event-marks.ts'
import { type ChartRange, choosePlotData, type PlotData, summarizeSpeed } from './plot-data.ts'
import { plotOptions } from './plot-options.ts'
import type { SpeedHistory } from './speed-history.ts'
import './speed-chart.css'

/** Marks closer than this, in CSS pixels, are drawn as one. */
const CLUSTER_PIXELS = 16
/** A mark is read with the points this near to it, in CSS pixels. */
const NEAR_PIXELS = 10

type SpeedChartProps = { history: SpeedHistory; marks: readonly Mark[]; range: ChartRange }

export function SpeedChart({ history, marks, range }: SpeedChartProps) {
  const words = useJobWords()
  const holder = useRef<HTMLDivElement>(null)
  const summaryId = useId()
  const size = useSize(holder)
  const data = useMemo(() => choosePlotData(history, range, Math.max(100, size.width)), [history, range, size.width])
  const secondsPerPixel = (data.to - data.from) / Math.max(1, size.width)
  const shownMarks = useMemo(() => marks.filter((mark) => mark.at >= data.from), [marks, data.from])
  const { plot, cursor, moveCursor } = usePlot(holder, size, data, shownMarks, secondsPerPixel)

  const lastIndex = data.history.time.length - 1
  // The point before the edge only lets the line enter; it cannot be read.
  const firstIndex = Math.max(
    0,
    data.history.time.findIndex((time) => time >= data.from),
  )
  const index = cursor === null ? lastIndex : Math.min(cursor, lastIndex)
  const near = cursor === null ? [] : marksNear(shownMarks, data.history.time[index], NEAR_PIXELS * secondsPerPixel)

  const onKeyDown = (event: KeyboardEvent) => {
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
        aria-valuetext={readingInWords(data, index, near, words)}
        onKeyDown={onKeyDown}
        onBlur={() => moveCursor(null)}
      />
      <p className="lh-spoken" id={summaryId}>
        {describe(data, range, words)}
      </p>
      <span className="lh-chart-unit lh-muted" aria-hidden="true">
        MB/s
      </span>
      {cursor !== null && plot && (
        <ChartReadout data={data} index={index} marks={near} left={plot.cursor.left ?? 0} width={size.width} />
      )}
    </div>
  )
}

const KEY_MOVES: Record<string, (index: number) => number> = {
  ArrowLeft: (index) => index - 1,
  ArrowDown: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  ArrowUp: (index) => index + 1,
  PageDown: (index) => index - 30,
  PageUp: (index) => index + 30,
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
}

/** Owns the uPlot instance: a new one per theme, new data and size by its own calls. */
function usePlot(
  holder: React.RefObject<HTMLDivElement | null>,
  size: { width: number; height: number },
  data: PlotData,
  marks: readonly Mark[],
  secondsPerPixel: number,
) {
  const theme = useThemeName()
  const [plot, setPlot] = useState<uPlot>()
  const [cursor, setCursor] = useState<number | null>(null)
  const clusters = useRef(clusterMarks(marks, 0))
  clusters.current = useMemo(() => clusterMarks(marks, CLUSTER_PIXELS * secondsPerPixel), [marks, secondsPerPixel])
  const hasSize = size.width > 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: size and data follow below without a new instance
  useLayoutEffect(() => {
    if (!holder.current || !hasSize) return
    const sources = { size, theme, clusters: () => clusters.current, onCursor: setCursor }
    const created = new uPlot(plotOptions(sources), alignedData(data), holder.current)
    setPlot(created)
    return () => created.destroy()
  }, [holder, theme, hasSize])

  useEffect(() => {
    if (hasSize) plot?.setSize(size)
  }, [plot, size, hasSize])

  useEffect(() => {
    plot?.batch(() => {
      plot.setData(alignedData(data), false)
      plot.setScale('x', { min: data.from, max: Math.max(data.to, data.from + 1) })
    })
  }, [plot, data])

  // Marks come without new points, e.g. while paused.
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn from the reference above
  useEffect(() => plot?.redraw(false), [plot, marks])

  const moveCursor = (index: number | null) => {
    if (!plot) return
    const time = index === null ? undefined : plot.data[0][index]
    plot.setCursor(time === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(time, 'x'), top: 10 })
  }
  return { plot, cursor, moveCursor }
}

/** Megabytes per second: the axis' unit. */
const alignedData = ({ history }: PlotData): uPlot.AlignedData => [
  history.time as number[],
  history.bytesPerSecond.map((value) => (value === null ? null : value / 1e6)),
]

const marksNear = (marks: readonly Mark[], time: number | undefined, seconds: number): readonly Mark[] =>
  time === undefined ? [] : marks.filter((mark) => Math.abs(mark.at - time) <= seconds)

function describe(data: PlotData, range: ChartRange, words: ReturnType<typeof useJobWords>): string {
  const summary = summarizeSpeed(data)
  if (!summary) return words.chart.empty
  return fillText(words.chart.summary, {
    range: words.chart.ranges[range],
    now: formatSteadyRate(summary.now),
    mean: formatSteadyRate(summary.mean),
    low: formatSteadyRate(summary.low),
    high: formatSteadyRate(summary.high),
    points: formatCount(summary.points),
  })
}

function useSize(holder: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = holder.current
    if (!element) return
    const measure = () => {
      const width = Math.floor(element.clientWidth)
      const height = Math.floor(element.clientHeight)
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [holder])
  return size
}
