/**
 * Which stretch of a job is looked at: a preset that follows the
 * newest point, or a window that was chosen and stays. Pure.
 */

/** Unix seconds. */
export type Span = { from: number; to: number }

/** Closer than this there is nothing more to see: the program measures once a second. */
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

/** The newest point went back, for the clock was set: what is looked at goes along with the past. */
export const followClock = (span: Span, bounds: Span, before: number, newest: number): Span =>
  newest < before ? panSpan(span, bounds, newest - before) : span

/** A stretch that was drawn with the mouse, made long enough to show something. */
export function chooseSpan(from: number, to: number, bounds: Span): Span {
  const short = Math.max(0, SHORTEST_SECONDS - (to - from)) / 2
  return keepInside({ from: from - short, to: to + short }, bounds)
}

function keepInside({ from, to }: Span, bounds: Span): Span {
  const width = Math.min(to - from, bounds.to - bounds.from)
  const start = Math.min(Math.max(from, bounds.from), bounds.to - width)
  return { from: start, to: start + width }
}
