/** HEADs that are asked again as long as that is of use. */
import type { Failure } from '../../../shared/failure.ts'
import type { ObjectSource } from '../engine-ports.ts'

export type PatientHeadsOptions = {
  source: Pick<ObjectSource, 'headObject'>
  /** How long to wait before it is sent again; undefined = it is of no use. */
  retryAfterMs(failure: Failure, attempts: number): number | undefined
  sleep(milliseconds: number): Promise<void>
}

export function patientHeads({ source, retryAfterMs, sleep }: PatientHeadsOptions): Pick<ObjectSource, 'headObject'> {
  return {
    async headObject(key, options, signal) {
      for (let attempts = 1; ; attempts++) {
        const head = await source.headObject(key, options, signal)
        if (head.ok) return head
        const delay = signal.aborted ? undefined : retryAfterMs(head.failure, attempts)
        if (delay === undefined) return head
        await sleep(delay)
      }
    },
  }
}
