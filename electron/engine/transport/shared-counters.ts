/**
 * Counters that workers write and the control plane reads without a message: one row per line, one per worker.
 *
 * Every cell has one writer. Aligned 64-bit stores are single instructions on every platform Node runs on, and a
 * reader that sees a value one chunk old draws the same chart, so plain stores are enough.
 */

const LINE_FIELDS = 4
const WORKER_FIELDS = 3
/** Twice the highest thread count: a rolling rebuild holds two generations. */
export const MAX_LINE_SLOTS = 640
export const MAX_WORKERS = 8

export type SharedCounters = ReturnType<typeof viewCounters>

export const allocateCounters = (): SharedArrayBuffer =>
  new SharedArrayBuffer((MAX_LINE_SLOTS * LINE_FIELDS + MAX_WORKERS * WORKER_FIELDS) * Float64Array.BYTES_PER_ELEMENT)

export function viewCounters(memory: SharedArrayBuffer) {
  const cells = new Float64Array(memory)
  const workers = MAX_LINE_SLOTS * LINE_FIELDS
  const at = (slot: number, field: number) => cells[slot * LINE_FIELDS + field] as number
  const atWorker = (worker: number, field: number) => cells[workers + worker * WORKER_FIELDS + field] as number
  return {
    line: (slot: number) => ({
      bytes: at(slot, 0),
      lastByteAt: at(slot, 1),
      reached: at(slot, 2),
      taskId: at(slot, 3),
    }),
    setLine(slot: number, bytes: number, lastByteAt: number, reached: number, taskId: number) {
      cells[slot * LINE_FIELDS] = bytes
      cells[slot * LINE_FIELDS + 1] = lastByteAt
      cells[slot * LINE_FIELDS + 2] = reached
      cells[slot * LINE_FIELDS + 3] = taskId
    },
    worker: (worker: number) => ({
      opened: atWorker(worker, 0),
      closed: atWorker(worker, 1),
      writeMs: atWorker(worker, 2),
    }),
    setWorker(worker: number, opened: number, closed: number, writeMs: number) {
      cells[workers + worker * WORKER_FIELDS] = opened
      cells[workers + worker * WORKER_FIELDS + 1] = closed
      cells[workers + worker * WORKER_FIELDS + 2] = writeMs
    },
  }
}

/**
 * One token bucket for all workers: bytes that may still be received. The control plane refills it, workers take
 * what they have read and rest while it is below zero.
 */
export type RateBucket = ReturnType<typeof viewRateBucket>

/** [0] tokens in bytes, [1] 1 while a limit is set. */
export const allocateRateBucket = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)

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
      Atomics.add(cells, 0, Math.min(bytes, Math.max(0, ceiling - before)))
    },
  }
}
