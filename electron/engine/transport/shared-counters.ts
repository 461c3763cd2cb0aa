/**
 * Counters that workers write and the control plane reads without a message: one row per connection, one per worker.
 *
 * Every cell has one writer; between two connections a row is nobody's, and the control plane
 * clears it. Where a reader may see a value one chunk old, plain stores are enough. `reached` is
 * different, for the journal believes it: it is only read together with the task it belongs to. The
 * writer takes the task id away before it changes to another task's offset, the reader looks at the
 * id before and after; Atomics order the plain store in between, and ids are never used twice.
 */

const CONNECTION_FIELDS = 3
const WORKER_FIELDS = 4
/**
 * Twice the highest thread count, for a rolling rebuild holds two generations, and room for such as are being closed.
 */
export const MAX_CONNECTION_SLOTS = 640
const MAX_WORKERS = 8

const CELLS = MAX_CONNECTION_SLOTS * CONNECTION_FIELDS + MAX_WORKERS * WORKER_FIELDS

export const allocateCounters = (): SharedArrayBuffer =>
  new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT + MAX_CONNECTION_SLOTS * Int32Array.BYTES_PER_ELEMENT)

export function viewCounters(memory: SharedArrayBuffer) {
  const cells = new Float64Array(memory, 0, CELLS)
  const taskIds = new Int32Array(memory, CELLS * Float64Array.BYTES_PER_ELEMENT)
  const workers = MAX_CONNECTION_SLOTS * CONNECTION_FIELDS
  const at = (slot: number, field: number) => cells[slot * CONNECTION_FIELDS + field] as number
  const atWorker = (worker: number, field: number) => cells[workers + worker * WORKER_FIELDS + field] as number
  return {
    /** `taskId` 0: no task, or one that is just changing; `reached` then means nothing. */
    connection(slot: number) {
      const before = Atomics.load(taskIds, slot)
      const reached = at(slot, 2)
      const taskId = Atomics.load(taskIds, slot) === before ? before : 0
      return { bytes: at(slot, 0), lastByteAt: at(slot, 1), reached, taskId }
    },
    setConnection(slot: number, bytes: number, lastByteAt: number, reached: number, taskId: number) {
      cells[slot * CONNECTION_FIELDS] = bytes
      cells[slot * CONNECTION_FIELDS + 1] = lastByteAt
      if (Atomics.load(taskIds, slot) !== taskId) Atomics.store(taskIds, slot, 0)
      cells[slot * CONNECTION_FIELDS + 2] = reached
      Atomics.store(taskIds, slot, taskId)
    },
    worker: (worker: number) => ({
      opened: atWorker(worker, 0),
      closed: atWorker(worker, 1),
      writeMs: atWorker(worker, 2),
      aliveAt: atWorker(worker, 3),
    }),
    setWorker(worker: number, opened: number, closed: number, writeMs: number) {
      cells[workers + worker * WORKER_FIELDS] = opened
      cells[workers + worker * WORKER_FIELDS + 1] = closed
      cells[workers + worker * WORKER_FIELDS + 2] = writeMs
    },
    /** A worker that is blocked in a write cannot report it; its signs of life stop. */
    setAlive(worker: number, now: number) {
      cells[workers + worker * WORKER_FIELDS + 3] = now
    },
  }
}
