/** Owns a uPlot instance: a new one per theme and panel, new data, edges and size by its own calls. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useThemeName } from '../../theme/theme-provider.tsx'
import { type PlotSources, plotOptions } from './plot-options.ts'
import { useSize } from './use-size.ts'
import type { Span } from './view-range.ts'

type PlotInput = Omit<PlotSources, 'size' | 'theme'> & { aligned: uPlot.AlignedData; span: Span }

export function usePlot(holder: RefObject<HTMLDivElement | null>, input: PlotInput): uPlot | undefined {
  const { aligned, span, panel } = input
  const theme = useThemeName()
  const size = useSize(holder)
  const [plot, setPlot] = useState<uPlot>()
  const latest = useRef(input)
  latest.current = input
  const hasSize = size.width > 0 && size.height > 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: size and data follow below without a new instance
  useLayoutEffect(() => {
    if (!holder.current || !hasSize) return
    const { syncKey, clusters, bands, formatTime } = latest.current
    const sources: PlotSources = {
      panel,
      size,
      theme,
      syncKey,
      ...(clusters ? { clusters: () => latest.current.clusters?.() ?? [] } : {}),
      ...(bands ? { bands: () => latest.current.bands?.() ?? [] } : {}),
      // The language may change.
      ...(formatTime ? { formatTime: (value, step) => latest.current.formatTime?.(value, step) ?? '' } : {}),
      onCursor: (index, at) => latest.current.onCursor?.(index, at),
      onZoom: (factor, at) => latest.current.onZoom(factor, at),
      onPan: (seconds) => latest.current.onPan(seconds),
      onSelect: (from, to) => latest.current.onSelect(from, to),
      onReset: () => latest.current.onReset(),
    }
    const created = new uPlot(plotOptions(sources), aligned, holder.current)
    setPlot(created)
    return () => created.destroy()
  }, [holder, theme, hasSize, panel])

  useEffect(() => {
    if (hasSize) plot?.setSize(size)
  }, [plot, size, hasSize])

  useEffect(() => {
    plot?.batch(() => {
      plot.setData(aligned, false)
      plot.setScale('x', { min: span.from, max: Math.max(span.to, span.from + 1) })
    })
  }, [plot, aligned, span.from, span.to])

  return plot
}
