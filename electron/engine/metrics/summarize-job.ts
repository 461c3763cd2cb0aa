/** What a job comes to. Pure. */
import type { Failure } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { ObjectTable } from '../plan/object-table.ts'

export type JobEnd = {
  table: Pick<ObjectTable, 'count' | 'key'>
  /** Nothing is listed, waits or is under way any more. */
  isAllSettled: boolean
  /** What has ended the whole job, if anything has. */
  failure: Failure | undefined
  /** By object, what it failed of last. */
  named: ReadonlyMap<number, Failure>
  bytesDone: number
  bytesFetched: number
  retries: number
  /** Objects that could not be verified: the service gave no checksum of them. */
  unproven: number
  /** Files of others that were kept under other names. */
  setAside: number
  seconds: number
}

/** Of a file system that takes no file of that size: FAT32 from 4 GiB on. */
const TOO_LARGE = 'EFBIG'

export function summarizeJob(end: JobEnd): Summary {
  const { table, named } = end
  const failure = end.failure ?? whyNothingFits(end)
  const objectsFailed = table.count('failed')
  // Nothing works on what was cancelled half-way, but it is not done.
  const isDone = end.isAllSettled && !failure && table.count('waiting') === 0
  return {
    status: failure || (isDone && objectsFailed > 0) ? 'failed' : isDone ? 'completed' : 'interrupted',
    objectsDone: table.count('done') + table.count('skipped'),
    objectsFailed,
    objectsSkipped: table.count('skipped'),
    objectsLeft: table.count('waiting') + table.count('active') + table.count('verifying'),
    objectsUnproven: end.unproven,
    filesSetAside: end.setAside,
    bytesDone: end.bytesDone,
    bytesFetched: end.bytesFetched,
    seconds: end.seconds,
    retries: end.retries,
    failed: [...named].map(([index, why]) => ({
      key: table.key(index),
      failure: why.class,
      message: messageOf(why),
    })),
    ...(failure ? { failure } : {}),
  }
}

/** Not one file could be written, all for the same reason: that is no failure of the objects. */
function whyNothingFits({ table, named, isAllSettled }: JobEnd): Failure | undefined {
  const failures = [...named.values()]
  const hasWritten = table.count('done') + table.count('skipped') > 0
  return !hasWritten && isAllSettled && failures.every(({ code }) => code === TOO_LARGE) ? failures[0] : undefined
}

const messageOf = ({ class: failureClass, code = '', detail = '' }: Failure): string =>
  // The operating system's words begin with its code.
  [detail.startsWith(code) ? '' : code, detail].filter((part) => part !== '').join(': ') || code || failureClass
