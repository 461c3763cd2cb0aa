/**
 * The signs of the event marks: drawn on the canvas and in the legend from the same outlines, so that they are the same
 * on every system, whatever its fonts hold. Outlines live in a 16 x 16 box and are stroked.
 */
import type { ColorName } from '../../theme/theme-config.ts'
import type { MarkKind } from './event-marks.ts'
import './mark-shapes.css'

const OUTLINES: Record<MarkKind, string> = {
  rebuild: 'M13 8a5 5 0 1 1-1.6-3.7 M13.4 1.6V4.8H10.2',
  throttle: 'M8 2.2L14.6 13.6H1.4Z M8 6.2V9.8 M8 11.2V12',
  cooling: 'M8 1.5V14.5 M2.4 4.75L13.6 11.25 M13.6 4.75L2.4 11.25 M6.2 2.4L8 4L9.8 2.4 M6.2 13.6L8 12L9.8 13.6',
  alert: 'M1.5 3.5L6.5 8.5L9 6L14.5 11.5 M14.5 7.5V11.5H10.5',
  network: 'M2 6.2A9 9 0 0 1 14 6.2 M4.4 9.2A5.4 5.4 0 0 1 11.6 9.2 M8 12.6V12.8 M2.5 14L13.5 2.5',
  dns: 'M8 1.8A6.2 6.2 0 1 0 8 14.2A6.2 6.2 0 1 0 8 1.8Z M1.8 8H14.2 M8 1.8C4.6 5 4.6 11 8 14.2C11.4 11 11.4 5 8 1.8Z',
  disk: 'M2 3.5H14V12.5H2Z M2 9.5H14 M11 11.1H12',
  pause: 'M5.5 3V13 M10.5 3V13',
  limits: 'M2 5H9.2 M12.8 5H14 M11 3.2V6.8 M2 11H3.2 M6.8 11H14 M5 9.2V12.8',
  failure: 'M3.5 3.5L12.5 12.5 M12.5 3.5L3.5 12.5',
}

export const MARK_COLORS: Record<MarkKind, ColorName> = {
  rebuild: 'healing',
  throttle: 'trouble',
  cooling: 'healing',
  alert: 'trouble',
  network: 'trouble',
  dns: 'healing',
  disk: 'trouble',
  pause: 'text-muted',
  limits: 'text-muted',
  failure: 'trouble',
}

export const MARK_SIZE = 14
const BOX = 16

const paths = new Map<MarkKind, Path2D>()
function pathOf(kind: MarkKind): Path2D {
  const known = paths.get(kind)
  if (known) return known
  const path = new Path2D(OUTLINES[kind])
  paths.set(kind, path)
  return path
}

/** Draws the sign centred on x, its top at y, all in canvas pixels; `ratio` = canvas pixels per CSS pixel. */
export function drawMark(
  context: CanvasRenderingContext2D,
  kind: MarkKind,
  color: string,
  place: { x: number; y: number; ratio: number },
): void {
  const scale = (MARK_SIZE / BOX) * place.ratio
  context.save()
  context.translate(place.x - (BOX * scale) / 2, place.y)
  context.scale(scale, scale)
  context.strokeStyle = color
  context.lineWidth = 1.6
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.stroke(pathOf(kind))
  context.restore()
}

export function MarkIcon({ kind }: { kind: MarkKind }) {
  return (
    <svg
      className="lh-mark-icon"
      viewBox={`0 0 ${BOX} ${BOX}`}
      aria-hidden="true"
      style={{ stroke: `var(--lh-${MARK_COLORS[kind]})` }}
    >
      <path d={OUTLINES[kind]} />
    </svg>
  )
}

/** The same snowflake in a menu, in the menu's colour. */
export function CoolingIcon({ className = '' }: { className?: string }) {
  return (
    <svg className={`lh-mark-icon ${className}`} viewBox={`0 0 ${BOX} ${BOX}`} aria-hidden="true" stroke="currentColor">
      <path d={OUTLINES.cooling} />
    </svg>
  )
}
