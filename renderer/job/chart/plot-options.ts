/** How uPlot draws the speed: one filled line, a quiet grid, marks in a band of their own above the plot. */
import type uPlot from 'uplot'
import { COLORS, FONT_FAMILY, type ThemeName } from '../../theme/theme-config.ts'
import type { MarkCluster } from './event-marks.ts'
import { drawMark, MARK_COLORS, MARK_SIZE } from './mark-shapes.tsx'
import { axisTop, formatTick } from './plot-data.ts'

/** Space for the marks above the plot, CSS pixels. */
const MARK_BAND = MARK_SIZE + 6
const AXIS_WIDTH = 46

export type PlotSources = {
  size: { width: number; height: number }
  theme: ThemeName
  /** Asked at each drawing. */
  clusters(): readonly MarkCluster[]
  /** Index of the point under the cursor, or null. */
  onCursor(index: number | null): void
}

export function plotOptions({ size, theme, clusters, onCursor }: PlotSources): uPlot.Options {
  const color = COLORS[theme]
  const font = `11px ${FONT_FAMILY}`
  const axis: uPlot.Axis = {
    font,
    stroke: color['text-muted'],
    grid: { stroke: color.border, width: 1 },
    ticks: { show: false },
  }
  return {
    ...size,
    padding: [MARK_BAND, 30, 0, 0],
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 7, width: 2, stroke: color.surface, fill: color.accent },
    },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_plot, _low, high) => [0, axisTop(high ?? 0)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 6,
        space: 70,
        grid: { show: false },
        values: (_plot, splits, _index, _space, step) => splits.map((split) => formatTick(split, step)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        gap: 6,
        space: 28,
        values: (_plot, splits) => splits.map((split) => String(Math.round(split * 100) / 100)),
      },
    ],
    series: [{}, { stroke: color.accent, width: 1.5, fill: color['accent-soft'], points: { show: false } }],
    hooks: {
      draw: [(plot) => drawMarks(plot, clusters(), color)],
      setCursor: [
        (plot) => onCursor(plot.cursor.left === undefined || plot.cursor.left < 0 ? null : (plot.cursor.idx ?? null)),
      ],
    },
  }
}

function drawMarks(plot: uPlot, clusters: readonly MarkCluster[], color: (typeof COLORS)[ThemeName]): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  /** Signs of one instant stand beside each other; their lines stay where they are. */
  let freeFrom = Number.NEGATIVE_INFINITY
  for (const { kind, at } of clusters) {
    const x = plot.valToPos(at, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
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
    const signX = Math.max(x, freeFrom)
    freeFrom = signX + (MARK_SIZE + 2) * ratio
    drawMark(ctx, kind, stroke, { x: signX, y: bbox.top - (MARK_SIZE + 2) * ratio, ratio })
  }
}
