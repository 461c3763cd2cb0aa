/** What of an object is still to be fetched. Pure. */
import type { Span } from '../disk/byte-spans.ts'
import type { ByteRange } from '../engine-ports.ts'

/** The gaps in [0, size) that sorted, disjoint spans leave. */
export function missingRanges(spans: readonly Span[], size: number): ByteRange[] {
  const missing: ByteRange[] = []
  let at = 0
  for (const [start, end] of spans) {
    const gapEnd = Math.min(start, size)
    if (gapEnd > at) missing.push({ start: at, end: gapEnd })
    at = Math.max(at, end)
  }
  if (at < size) missing.push({ start: at, end: size })
  return missing
}

export const spanBytes = (spans: readonly Span[]): number => spans.reduce((sum, [start, end]) => sum + end - start, 0)
