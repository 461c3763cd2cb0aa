/**
 * A list higher than a browser's highest element: near both ends its scroller shows it pixel by pixel, in between the
 * bar is squeezed. A row lies `row * rowPixels - shift` below the top of the element, so that the place in the list is
 * `scrollTop + shift`. Pure.
 *
 * Invariants: a small step moves the list by as much, wherever; both ends can be reached; `shift` is whole.
 */

/** Firefox holds no higher ones than 17.9 million, Chromium 33.5. */
export const MAX_PIXELS = 15_000_000
/** So much at either end is not squeezed: no wheel turns as far before it rests. */
const EXACT_PIXELS = 1_000_000
/** Wheels, keys and touch move by less between two looks, a dragged scroll bar by more. */
const SMALL_STEP_PIXELS = 4000

/** `height`: of all rows. `room`: what of them is in sight. CSS pixels. */
export type Extent = { height: number; room: number }
export type Place = { scrollTop: number; shift: number }

export const elementPixels = ({ height }: Extent): number => Math.min(height, MAX_PIXELS)

/** Where the list is after its scroller has moved to `scrollTop`. */
export function followScroll(before: Place, scrollTop: number, extent: Extent): Place {
  const isSmall = Math.abs(scrollTop - before.scrollTop) <= SMALL_STEP_PIXELS
  const isAtEnd = scrollTop <= 0 || scrollTop >= elementPixels(extent) - extent.room
  if (isSmall && !isAtEnd) return { scrollTop, shift: before.shift }
  return { scrollTop, shift: shiftOf(scrollTop, elementPixels(extent), extent) }
}

/** Where the scroller belongs when the list is at `top`: to be asked when it has come to rest. */
export function placeOf(top: number, extent: Extent): Place {
  const within = Math.max(0, Math.min(top, extent.height - extent.room))
  const shift = shiftOf(within, extent.height, extent)
  return { scrollTop: within - shift, shift }
}

/** `at` of a length `whole`, of the list or of its element: their ends and their middles meet. */
function shiftOf(at: number, whole: number, extent: Extent): number {
  const hidden = extent.height - elementPixels(extent)
  const share = (at - EXACT_PIXELS) / (whole - extent.room - 2 * EXACT_PIXELS)
  return hidden === 0 ? 0 : Math.round(hidden * Math.max(0, Math.min(1, share)))
}
