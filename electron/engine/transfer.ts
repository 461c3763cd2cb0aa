/**
 * The transfer book, which knows what is to be fetched, and the governor, which knows who may fetch it. Each needs the
 * other: they are joined here, for the engine and for the simulator alike.
 */
import { createGovernor, type Governor } from './govern/governor.ts'
import type { GovernorOptions } from './govern/governor-parts.ts'
import { createTransferBook, type TransferBook, type TransferBookOptions } from './schedule/transfer-book.ts'

export type TransferOptions = Omit<GovernorOptions, 'book'> &
  Pick<TransferBookOptions, 'table' | 'landing' | 'onObject' | 'onError'>

export function createTransfer(options: TransferOptions): { book: TransferBook; governor: Governor } {
  const { clock, dataPlane } = options.ports
  const book = createTransferBook({
    ...options,
    partSize: options.spec.partSize,
    now: clock.monotonic,
    retryAfterMs: (failure, row) => governor.retryAfterMs(failure, row),
    othersAnsweredAt: (failure) => governor.othersAnsweredAt(failure),
    connections: {
      reached(connectionId, taskId) {
        const counters = dataPlane.counters(connectionId)
        return counters.taskId === taskId ? counters.reached : 0
      },
      bytesPerSecond: (connectionId) => governor.speedOfConnection(connectionId),
      thread: dataPlane.thread,
      shorten: dataPlane.shorten,
      close: (connectionId) => governor.closeConnection(connectionId, 'object-held'),
    },
    onWork: () => governor.pump(),
  })
  const governor: Governor = createGovernor({ ...options, book })
  return { book, governor }
}
