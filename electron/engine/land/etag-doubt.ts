/**
 * Whether a file that its ETag calls wrong is wrong: an ETag that looks like an MD5
 * and is none calls good bytes bad, and would have every object fetched twice that
 * an earlier run had begun. Files that have landed show it (verify/etag-witnesses.ts).
 */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import type { Check } from '../verify/choose-check.ts'
import { areEtagsSums, type Witness } from '../verify/etag-witnesses.ts'

export type EtagDoubtOptions = {
  table: ObjectTable
  journal: Pick<Journal, 'replay'>
  verify: VerifyMode
  /** Absolute path of the object's file. */
  finalPathOf(index: number): string
  askForCheck(object: { key: string; size: number; etag: string }): Promise<Outcome<Check>>
  checkObject(object: FileToCheck): Promise<Outcome<unknown>>
}

/** So many landed files are tried as evidence of what ETags are: each costs a HEAD, and of a few the file is read. */
const MOST_WITNESSES = 4

/** Asked of what a check has failed with; `etag`: the object's. */
export type EtagDoubt = (failure: Failure, etag: string) => Promise<boolean>

export function createEtagDoubt(options: EtagDoubtOptions): EtagDoubt {
  const { table, journal, finalPathOf } = options
  /** Undefined until one was doubted and a landed file could decide. */
  let etagsAreSums: boolean | undefined

  return async ({ class: failureClass, code }, etag) => {
    if (failureClass !== 'corrupt' || code !== 'MD5') return failureClass === 'corrupt'
    etagsAreSums ??= await areEtagsSums(witnessesOf(etag), options)
    return etagsAreSums !== false
  }

  /** The smallest files that have landed, of ETags as this one: with or without the number of parts behind it. */
  function witnessesOf(etag: string): Witness[] {
    const landed = [...table.indexesIn('done'), ...table.indexesIn('skipped'), ...unread()]
    return landed
      .filter((index) => table.size(index) > 0 && table.etag(index).includes('-') === etag.includes('-'))
      .filter((index) => table.etag(index) !== etag)
      .sort((a, b) => table.size(a) - table.size(b))
      .slice(0, MOST_WITNESSES)
      .map((index) => ({
        key: table.key(index),
        size: table.size(index),
        etag: table.etag(index),
        path: finalPathOf(index),
      }))
  }

  /** Landed by an earlier run, and yet to be read again. */
  function unread(): number[] {
    if (options.verify !== 'reread') return []
    const undecided = [...table.indexesIn('verifying'), ...table.indexesIn('waiting')]
    return undecided.filter((index) =>
      journal.replay.isLanded({ key: table.key(index), etag: table.etag(index), size: table.size(index) }),
    )
  }
}
