/**
 * Objects that have failed, tried again: when their user wants
 * it, and once where another program held the file open.
 */
import type { Failure } from '../../../shared/failure.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { TransferBook } from './transfer-book.ts'

export type ObjectRetriesOptions = {
  table: ObjectTable
  book: Pick<TransferBook, 'addWaiting'>
  report: {
    /** By object, what it failed of last. */
    failures: ReadonlyMap<number, Failure>
    retried(index: number): void
  }
  /** There is work for an idle connection again. */
  onWork(): void
}

export function createObjectRetries({ table, book, report, onWork }: ObjectRetriesOptions) {
  /** Objects that were held open, and have had their second chance. */
  const triedAgain = new Set<number>()

  /** Of these objects, those that have failed; default: all. */
  function retry(indexes: readonly number[] = [...table.indexesIn('failed')]): void {
    for (const index of indexes) {
      if (index >= table.length || table.state(index) !== 'failed') continue
      table.setState(index, 'waiting')
      book.addWaiting(index)
      report.retried(index)
    }
    onWork()
  }

  return {
    retry,
    /** When all else is done: a scanner or a backup may have let go by now. Whether there is something to try. */
    retryHeld(): boolean {
      const held = [...report.failures].filter(([index, { code }]) => code === 'EBUSY' && !triedAgain.has(index))
      for (const [index] of held) triedAgain.add(index)
      if (held.length > 0) retry(held.map(([index]) => index))
      return held.length > 0
    },
  }
}
