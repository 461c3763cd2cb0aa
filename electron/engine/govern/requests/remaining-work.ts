/** Whether the service still grants objects, and whether only such are left as it refuses. */
import type { TransferBook } from '../../schedule/transfer-book.ts'
import type { NetworkWatch } from '../network/network-watch.ts'

export type RemainingWorkOptions = {
  book: Pick<TransferBook, 'landed' | 'isLeftWithFailures'>
  network: Pick<NetworkWatch, 'isGiving'>
  isListingComplete(): boolean
}

export function createRemainingWork({ book, network, isListingComplete }: RemainingWorkOptions) {
  let isLeftToFail = false

  /** An object that has landed is granted again when it is requested: the service does not refuse all. */
  const isGranting = (): boolean => book.landed() !== undefined && network.isGiving()

  return {
    isGranting,
    /** As of the last tick: only such objects are left as are refused, by a service that grants others. */
    isLeftToFail: () => isLeftToFail,
    tick(): void {
      isLeftToFail = isListingComplete() && isGranting() && book.isLeftWithFailures()
    },
  }
}
