/**
 * The visible range of a job: a preset that follows the newest point, or a chosen window that stays. Pure.
 */

/** Unix seconds. */
export type Span = { from: number; to: number }

/** Zooming in further shows nothing new: the program measures once a second. */
const SHORTEST_SECONDS = 10

/** `factor` < 1 zooms in; the instant `at` stays where it is. Undefined = the whole is in sight again. */
export function zoomSpan(span: Span, bounds: Span, factor: number, at: number): Span | undefined {
  const width = span.to - span.from
  const wanted = Math.max(Math.min(SHORTEST_SECONDS, width), width * factor)
  if (wanted >= bounds.to - bounds.from) return undefined
  const from = at - ((at - span.from) / width) * wanted
  return keepInside({ from, to: from + wanted }, bounds)
}

export const panSpan = (span: Span, bounds: Span, seconds: number): Span =>
  keepInside({ from: span.from + seconds, to: span.to + seconds }, bounds)

/** The clock was set back, and the history shifted with it: the visible range is shifted too. */
export const followClock = (span: Span, bounds: Span, before: number, newest: number): Span =>
  newest < before ? panSpan(span, bounds, newest - before) : span

/** A range selected with the mouse, widened to the smallest that shows something. */
export function chooseSpan(from: number, to: number, bounds: Span): Span {
  const short = Math.max(0, SHORTEST_SECONDS - (to - from)) / 2
  return keepInside({ from: from - short, to: to + short }, bounds)
}

function keepInside({ from, to }: Span, bounds: Span): Span {
  const width = Math.min(to - from, bounds.to - bounds.from)
  const start = Math.min(Math.max(from, bounds.from), bounds.to - width)
  return { from: start, to: start + width }
}
