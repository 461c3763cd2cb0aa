/**
 * HEADs that are sent again as long as that is of use. An object that had an ETag has one for ever: an answer without
 * is not S3's own, but that of a network that wants a login first, say.
 */
import { type Failure, type FailureClass, failed } from '../../../shared/failure.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { addFailure, type FailureRow, NO_FAILURES } from '../schedule/failure-row.ts'

export type PatientHeadsOptions = {
  source: Pick<ObjectSource, 'headObject'>
  /** How long to wait before it is sent again; undefined = it is of no use. */
  retryAfterMs(failure: Failure, row: FailureRow): number | undefined
  /** When another object was last answered in a way that makes this failure the object's own. As `now`. */
  othersAnsweredAt(failure: FailureClass): number
  now(): number
  sleep(milliseconds: number): Promise<void>
}

/** Answers of a service without parts of objects, such as OpenStack Swift: another attempt brings the same. */
const DOES_NOT_KNOW: ReadonlySet<number | undefined> = new Set([400, 405, 501])

export function patientHeads(asking: PatientHeadsOptions): Pick<ObjectSource, 'headObject'> {
  const { source, retryAfterMs, othersAnsweredAt, now, sleep } = asking
  return {
    async headObject(key, options, signal) {
      let row = NO_FAILURES
      while (true) {
        const answer = await source.headObject(key, options, signal)
        const isForeign = answer.ok && answer.value.etag === '' && (options.etag ?? '') !== ''
        const head = isForeign ? failed({ class: 'protocol', code: 'no-etag', subject: key }) : answer
        if (head.ok) return head
        if (options.partNumber !== undefined && DOES_NOT_KNOW.has(head.failure.httpStatus)) return head
        row = addFailure(row, { now: now(), othersAnsweredAt: othersAnsweredAt(head.failure.class) })
        const delay = signal.aborted ? undefined : retryAfterMs(head.failure, row)
        if (delay === undefined) return head
        await sleep(delay)
      }
    },
  }
}
