/** Sets of half-open byte ranges, kept sorted, disjoint and merged. Pure. */
import type { ByteRange } from '../engine-ports.ts'

/** The set with `range` in it. */
export function addRange(ranges: readonly ByteRange[], range: ByteRange): ByteRange[] {
  if (range.end <= range.start) return [...ranges]
  const before = ranges.filter((other) => other.end < range.start)
  const touching = ranges.filter((other) => other.end >= range.start && other.start <= range.end)
  const after = ranges.filter((other) => other.start > range.end)
  const start = Math.min(range.start, ...touching.map((other) => other.start))
  const end = Math.max(range.end, ...touching.map((other) => other.end))
  return [...before, { start, end }, ...after]
}

/** What of [0, size) is not in the set. */
export function missingRanges(ranges: readonly ByteRange[], size: number): ByteRange[] {
  const missing: ByteRange[] = []
  let at = 0
  for (const range of ranges) {
    if (range.start > at) missing.push({ start: at, end: Math.min(range.start, size) })
    at = Math.max(at, range.end)
  }
  if (at < size) missing.push({ start: at, end: size })
  return missing
}

export const totalBytes = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, range) => sum + range.end - range.start, 0)
