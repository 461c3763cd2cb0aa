/** What the figures take in the longer language. */
const READOUT_PIXELS = 350
const GAP_PIXELS = 12
const EDGE_PIXELS = 4

/**
 * Beside the cursor at `x` of a chart, on the side that has room; where neither
 * has, at the far edge, over the cursor rather than cut. CSS pixels. Pure.
 */
export function placeReadout(x: number, width: number): { left: number } | { right: number } {
  const isRight = x > width / 2
  const hasRoom = (isRight ? x : width - x) >= READOUT_PIXELS + GAP_PIXELS
  if (isRight) return hasRoom ? { right: width - x + GAP_PIXELS } : { left: EDGE_PIXELS }
  return hasRoom ? { left: x + GAP_PIXELS } : { right: EDGE_PIXELS }
}
