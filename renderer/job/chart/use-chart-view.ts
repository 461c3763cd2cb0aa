/** The visible range, and every way of changing it; all panels share one. */
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { PlotSources } from './plot-options.ts'
import { chooseSpan, followClock, panSpan, type Span, zoomSpan } from './view-range.ts'

type Handlers = Pick<PlotSources, 'onZoom' | 'onPan' | 'onSelect' | 'onReset'>
export type ChartView = { span: Span; handlers: Handlers }

/** `preset` is shown, and follows the newest point, until a window is chosen; `onReset` ends that. */
export function useChartView(preset: Span, bounds: Span, newest: number): ChartView & { isZoomed: boolean } {
  const [chosen, setChosen] = useState<Span>()
  const from = chosen?.from ?? preset.from
  const to = chosen?.to ?? preset.to
  const span = useMemo(() => ({ from, to }), [from, to])
  const now = useRef({ span, bounds })
  now.current = { span, bounds }
  const newestBefore = useRef(newest)
  useLayoutEffect(() => {
    const before = newestBefore.current
    newestBefore.current = newest
    setChosen((span) => span && followClock(span, now.current.bounds, before, newest))
  }, [newest])
  const handlers = useMemo<Handlers>(() => {
    // Several wheel events may arrive before the next drawing: each continues from the one before.
    const change = (next: (span: Span) => Span | undefined) => {
      const span = next(now.current.span)
      now.current = { ...now.current, span: span ?? now.current.bounds }
      setChosen(span)
    }
    return {
      onZoom: (factor, at) => change((span) => zoomSpan(span, now.current.bounds, factor, at)),
      onPan: (seconds) => change((span) => panSpan(span, now.current.bounds, seconds)),
      onSelect: (from, to) => change(() => chooseSpan(from, to, now.current.bounds)),
      onReset: () => setChosen(undefined),
    }
  }, [])
  return { span, handlers, isZoomed: chosen !== undefined }
}
