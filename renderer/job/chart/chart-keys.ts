/** A chart without a mouse: the same keys on every time axis. */
import type { KeyboardEvent } from 'react'
import type { ChartView } from './use-chart-view.ts'

/** + and - zoom, Shift with an arrow moves by a quarter, 0 and Escape reset. True = it was one of these. */
export function changeView(
  event: KeyboardEvent,
  { span, handlers }: ChartView,
  at: number | undefined = span.to,
): boolean {
  const width = span.to - span.from
  const centre = at >= span.from && at < span.to ? at : (span.from + span.to) / 2
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  if (event.key === '+' || event.key === '=') handlers.onZoom(0.5, centre)
  else if (event.key === '-') handlers.onZoom(2, centre)
  else if (event.key === '0' || event.key === 'Escape') handlers.onReset()
  else if (event.shiftKey && event.key === 'ArrowLeft') handlers.onPan(-width / 4)
  else if (event.shiftKey && event.key === 'ArrowRight') handlers.onPan(width / 4)
  else return false
  return true
}

/** Maps the index of the current point to the next one; the chart clamps it to the visible range. */
export const KEY_MOVES: Record<string, (index: number) => number> = {
  ArrowLeft: (index) => index - 1,
  ArrowDown: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  ArrowUp: (index) => index + 1,
  PageDown: (index) => index - 30,
  PageUp: (index) => index + 30,
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
}
