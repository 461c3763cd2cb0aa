/**
 * Files that an earlier run has landed, or another program, read beside the
 * download: as good as skipped, fetched anew, or failed by name.
 */
import type { JobReport } from '../metrics/job-report.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { createRereadQueue } from '../verify/reread-queue.ts'
import type { createObjectLanding } from './land-objects.ts'

export type RereadOptions = {
  table: ObjectTable
  book: Pick<TransferBook, 'addSkipped' | 'addWaiting' | 'fail'>
  /** The destination is opened later than the job begins. */
  landing(): Pick<ReturnType<typeof createObjectLanding>, 'reread'>
  report: Pick<JobReport, 'emit' | 'error'>
  /** There is work for an idle connection again. */
  onWork(): void
}

export function createRereads({ table, book, landing, report, onWork }: RereadOptions) {
  return createRereadQueue(async (index) => {
    table.setState(index, 'verifying')
    const read = await landing().reread(index)
    const failure = read.ok ? read.value.anew : read.failure
    const isForeign = read.ok && read.value.isForeign === true
    if (!failure && !isForeign) return book.addSkipped(index)
    table.setState(index, 'waiting')
    if (!failure) {
      book.addWaiting(index)
      return onWork()
    }
    if (failure.class === 'cancelled') return
    const [key, size] = [table.key(index), table.size(index)]
    const action = read.ok ? 'restart' : 'give-up'
    report.error({ key, start: 0, reached: size, end: size, attempt: 1, action, failure })
    if (!read.ok) return book.fail(index, failure)
    report.emit(failure.class === 'changed' ? 'object-changed' : 'file-damaged', { key, failure: failure.class })
    book.addWaiting(index)
    onWork()
  })
}
