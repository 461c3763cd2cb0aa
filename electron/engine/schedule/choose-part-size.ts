/** How large the next range of an object should be. Pure. */

/** AWS's advice for byte-range fetches is 8-16 MB (S3 performance guidelines). */
export const LARGEST_PART_BYTES = 16 * 1024 ** 2
/** Under this a request costs more than its bytes. */
const SMALLEST_PART_BYTES = 1024 ** 2

export type PartSizeInput = {
  partSize: number | 'auto'
  /** Bytes of the whole job that are not requested yet; Infinity while the listing goes on. */
  unassignedBytes: number
  connections: number
  /** The service has a budget of requests, and it is met. */
  areRequestsCounted: boolean
}

/**
 * Guided self-scheduling (Polychronopoulos and Kuck 1987): constant large parts, then each the connection's share of
 * what is left, so that none is left alone with a large one. Half the share took a quarter more requests, and far away
 * the wait for each answer cost two hundredths of the job; what is uneven in the end is split (choose-next-part.ts).
 *
 * Where requests are counted, it is they that run short and not the connections:
 * cut small, the last twentieth of a job took as long as all before it.
 */
export function choosePartSize({ partSize, unassignedBytes, connections, areRequestsCounted }: PartSizeInput): number {
  if (partSize !== 'auto') return partSize
  if (areRequestsCounted) return LARGEST_PART_BYTES
  const share = unassignedBytes / Math.max(1, connections)
  return Math.round(Math.min(LARGEST_PART_BYTES, Math.max(SMALLEST_PART_BYTES, share)))
}

/** Cuts a part off the front of a range; takes all of it rather than leave a crumb. */
export function cutPart(range: { start: number; end: number }, partBytes: number): { start: number; end: number } {
  const length = range.end - range.start
  return { start: range.start, end: length <= partBytes * 1.5 ? range.end : range.start + partBytes }
}
