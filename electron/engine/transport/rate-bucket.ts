/**
 * One token bucket for all workers: bytes that may still be received. The control plane refills it, workers take
 * what they have read and rest while it is below zero.
 */

/** [0] tokens in bytes, [1] 1 while a limit is set. */
export const allocateRateBucket = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)

/** A cell holds 2 GiB, and must not run over into a debt. */
const MOST_TOKENS = 2 ** 30

export function viewRateBucket(memory: SharedArrayBuffer) {
  const cells = new Int32Array(memory)
  return {
    isLimited: () => Atomics.load(cells, 1) === 1,
    setLimited: (limited: boolean) => Atomics.store(cells, 1, limited ? 1 : 0),
    /** Takes `bytes`; true while some are left. */
    take: (bytes: number) => Atomics.sub(cells, 0, bytes) - bytes > 0,
    hasTokens: () => Atomics.load(cells, 0) > 0,
    refill(bytes: number, ceiling: number) {
      const before = Atomics.load(cells, 0)
      Atomics.add(cells, 0, Math.min(bytes, Math.max(0, Math.min(ceiling, MOST_TOKENS) - before)))
    },
  }
}
