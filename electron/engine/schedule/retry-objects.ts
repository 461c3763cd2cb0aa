/**
 * Objects that have failed, tried again: when their user wants it, and once where another
 * program held the file open, or where what they failed by has turned out to be no evidence.
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
  /** It failed by an ETag that has turned out since to be no checksum. */
  isExcused(index: number, failure: Failure): boolean
  /** There is work for an idle connection again. */
  onWork(): void
}

export function createObjectRetries({ table, book, report, isExcused, onWork }: ObjectRetriesOptions) {
  /** Objects that have had their second chance. */
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
    retryLast(): boolean {
      const last = [...report.failures].filter(
        ([index, failure]) => !triedAgain.has(index) && (failure.code === 'EBUSY' || isExcused(index, failure)),
      )
      for (const [index] of last) triedAgain.add(index)
      if (last.length > 0) retry(last.map(([index]) => index))
      return last.length > 0
    },
  }
}
