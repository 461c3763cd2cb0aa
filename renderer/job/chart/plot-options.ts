/**
 * How uPlot draws a panel: lines or stacked layers over a quiet
 * grid; above the speed the marks have a band of their own.
 */
import type uPlot from 'uplot'
import { COLORS, FONT_FAMILY, type ThemeName } from '../../theme/theme-config.ts'
import { type MarkCluster, spreadSigns } from './event-marks.ts'
import { drawMark, MARK_COLORS, MARK_SIZE } from './mark-shapes.tsx'
import { type Panel, seriesColor, seriesDash } from './panels.ts'
import { axisTop, formatTick, formatTickValue, lonePoints, TIME_STEPS } from './plot-data.ts'

/** A sign and the gap to the next, CSS pixels. */
export const SIGN_PIXELS = MARK_SIZE + 2
/** Space for the marks above the plot, CSS pixels. */
const MARK_BAND = MARK_SIZE + 6
export const AXIS_WIDTH = 46
/** Room for half of the last time below the axis. */
export const RIGHT_MARGIN = 30

const LINE_PIXELS = 16
/** The edge of a band in the colour of its series: visible however narrow the band is. CSS pixels. */
const EDGE_HEIGHT = 3
const EDGE_WIDTH = 7
/** Wheel notches to a factor: one notch is a fifth more or less. */
const ZOOM_STEP = 1.25

/** `ofSeries`: the one of two series it belongs to, shown by a coloured edge, top or bottom. */
export type Band = { from: number; to: number; text: string; ofSeries?: 0 | 1 }

export type PlotSources = {
  panel: Panel
  size: { width: number; height: number }
  theme: ThemeName
  /** Plots of one key share the cursor. */
  syncKey: string
  /** Read at each drawing. Only above the speed. */
  clusters?(): readonly MarkCluster[]
  /** Labelled bands, in the unit of the x axis. Read at each drawing. */
  bands?(): readonly Band[]
  /** Index of the point nearest to the cursor, or null; and the cursor's own place in the unit of the x axis. */
  onCursor?(index: number | null, at: number): void
  /** By wheel, dragging and double click; times in the unit of the x axis. */
  onZoom(factor: number, at: number): void
  onPan(seconds: number): void
  onSelect(from: number, to: number): void
  onReset(): void
  /** Instead of the clock, e.g. time since the start. */
  formatTime?(value: number, step: number): string
}

export function plotOptions(sources: PlotSources): uPlot.Options {
  const { panel, size, theme, clusters, bands, onCursor } = sources
  const color = COLORS[theme]
  const font = `11px ${FONT_FAMILY}`
  const axis: uPlot.Axis = {
    font,
    stroke: color['text-muted'],
    grid: { stroke: color.border, width: 1 },
    ticks: { show: false },
  }
  const { formatTime = formatTick } = sources
  return {
    ...size,
    padding: [clusters ? MARK_BAND : 8, RIGHT_MARGIN, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      sync: { key: sources.syncKey, setSeries: false, scales: ['x', null] },
      points: { size: 7, width: 2, stroke: color.surface, show: !panel.stacked },
      bind: {
        // With Shift or the middle button the mouse pans instead of selecting a range.
        mousedown: (plot, target, handle) => (event) => {
          if (event.button === 1 || (event.button === 0 && event.shiftKey)) startPan(plot, target, event, sources.onPan)
          else handle(event)
          return null
        },
        dblclick: () => () => {
          sources.onReset()
          return null
        },
      },
    },
    scales: {
      x: { time: formatTime === formatTick, auto: false },
      y: { range: (_plot, _low, high) => [0, axisTop(high ?? 0)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        incrs: TIME_STEPS,
        gap: 6,
        space: 70,
        grid: { show: false },
        values: (_plot, splits, _index, _space, step) => splits.map((split) => formatTime(split, step)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        gap: 6,
        space: 28,
        values: (_plot, splits) => splits.map(formatTickValue),
      },
    ],
    series: [{}, ...lines(panel, theme)],
    hooks: {
      ready: [(plot) => listenToWheel(plot, sources)],
      drawAxes: bands ? [(plot) => drawBands(plot, bands(), theme)] : [],
      draw: [
        ...(bands ? [(plot: uPlot) => drawEdges(plot, bands(), theme)] : []),
        ...(clusters ? [(plot: uPlot) => drawMarks(plot, clusters(), color)] : []),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 4) return
          sources.onSelect(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'))
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
      setCursor: [
        (plot) => {
          const { left = -1, idx } = plot.cursor
          onCursor?.(left < 0 ? null : (idx ?? null), plot.posToVal(left, 'x'))
        },
      ],
    },
  }
}

function lines({ series, stacked, name }: Panel, theme: ThemeName): uPlot.Series[] {
  const order = series.map((_, index) => index)
  // A layer is its area: a stroke would draw the lowest one's colour along the axis where nothing failed.
  return (stacked ? order.reverse() : order).map((index) => {
    const stroke = seriesColor(index, theme, stacked)
    const fill = stacked ? stroke : name === 'speed' && index === 0 ? COLORS[theme]['accent-soft'] : undefined
    const dash = stacked ? [] : seriesDash(index)
    // A point between two gaps has no line: it is drawn as a dot.
    const points: uPlot.Series.Points = stacked
      ? { show: false }
      : { size: 4, width: 0, fill: stroke, filter: (plot, series) => lonePoints(plot.data[series] ?? []) }
    // Weeks of noise fill the panel; thin lines keep the grid and the other series visible.
    const width = stacked ? 0 : name === 'speed' ? 1.5 : 1
    return { stroke, dash, width, points, ...(fill ? { fill } : {}) }
  })
}

/** The wheel zooms, where something would scroll only with Ctrl. Sideways it always moves. */
function listenToWheel(plot: uPlot, { onZoom, onPan }: PlotSources): void {
  plot.over.addEventListener(
    'wheel',
    (event) => {
      const width = plot.over.clientWidth
      const { min = 0, max = 0 } = plot.scales.x ?? {}
      const sideways =
        Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0
      if (sideways !== 0) onPan((sideways / width) * ((max ?? 0) - (min ?? 0)))
      else if (event.ctrlKey || !liesInScroller(plot.root))
        onZoom(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, plot.posToVal(event.offsetX, 'x'))
      else return
      event.preventDefault()
    },
    { passive: false },
  )
}

function liesInScroller(element: HTMLElement): boolean {
  for (let box = element.parentElement; box; box = box.parentElement)
    if (box.scrollHeight > box.clientHeight && getComputedStyle(box).overflowY === 'auto') return true
  return false
}

function startPan(plot: uPlot, target: HTMLElement, start: MouseEvent, onPan: (seconds: number) => void): void {
  const secondsPerPixel = ((plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0)) / Math.max(1, target.clientWidth)
  // The middle button would otherwise scroll the page.
  start.preventDefault()
  let x = start.clientX
  const move = (event: MouseEvent) => {
    onPan((x - event.clientX) * secondsPerPixel)
    x = event.clientX
  }
  const stop = () => {
    window.removeEventListener('mousemove', move)
    window.removeEventListener('mouseup', stop)
  }
  window.addEventListener('mousemove', move)
  window.addEventListener('mouseup', stop)
}

function drawBands(plot: uPlot, bands: readonly Band[], theme: ThemeName): void {
  const { ctx, bbox } = plot
  const color = COLORS[theme]
  const ratio = devicePixelRatio
  ctx.save()
  ctx.font = `${11 * ratio}px ${FONT_FAMILY}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  for (const { from, to, text, ofSeries } of bands) {
    const { left, width } = placeBand(plot, from, to)
    ctx.fillStyle = color['trouble-soft']
    ctx.fillRect(left, bbox.top, width, bbox.height)
    if (ctx.measureText(text).width + 8 * ratio > width) continue
    const line = ofSeries === undefined ? 0 : ofSeries - 0.5
    ctx.fillStyle = color.trouble
    ctx.fillText(text, left + width / 2, bbox.top + bbox.height / 2 + line * LINE_PIXELS * ratio)
  }
  ctx.restore()
}

/** Over the lines: an area below one of them would hide the edge of the other's band. */
function drawEdges(plot: uPlot, bands: readonly Band[], theme: ThemeName): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  for (const { from, to, ofSeries } of bands) {
    if (ofSeries === undefined) continue
    const { left, width } = placeBand(plot, from, to)
    const wide = Math.max(width, EDGE_WIDTH * ratio)
    const top = bbox.top + (ofSeries === 0 ? 0 : bbox.height - EDGE_HEIGHT * ratio)
    ctx.fillStyle = seriesColor(ofSeries, theme, false)
    ctx.fillRect(left + (width - wide) / 2, top, wide, EDGE_HEIGHT * ratio)
  }
  ctx.restore()
}

/** Canvas pixels, within the plot. */
function placeBand(plot: uPlot, from: number, to: number): { left: number; width: number } {
  const { bbox } = plot
  const placeOf = (at: number) => Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(at, 'x', true)))
  const left = placeOf(from)
  return { left, width: Math.max(devicePixelRatio, placeOf(to) - left) }
}

function drawMarks(plot: uPlot, clusters: readonly MarkCluster[], color: (typeof COLORS)[ThemeName]): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const right = bbox.left + bbox.width
  const placed = clusters
    .map(({ kind, at }) => ({ kind, x: plot.valToPos(at, 'x', true) }))
    .filter(({ x }) => x >= bbox.left && x <= right)
  // Signs of one instant stand beside each other; their lines stay where they are.
  const signs = spreadSigns(
    placed.map(({ x }) => x),
    SIGN_PIXELS * ratio,
    right + (RIGHT_MARGIN - MARK_SIZE / 2) * ratio,
  )
  for (const [index, { kind, x }] of placed.entries()) {
    const stroke = color[MARK_COLORS[kind]]
    ctx.save()
    ctx.globalAlpha = 0.45
    ctx.strokeStyle = stroke
    ctx.lineWidth = ratio
    ctx.setLineDash([3 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.restore()
    drawMark(ctx, kind, stroke, { x: signs[index] ?? x, y: bbox.top - SIGN_PIXELS * ratio, ratio })
  }
}
