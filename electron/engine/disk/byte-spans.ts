/** Sorted, disjoint, half-open spans of bytes, and what may be done with them. Pure. */
export type Span = readonly [start: number, end: number]

/** Union of spans in any order. Touching ones become one. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const sorted = spans.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [start, end] of sorted) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}
