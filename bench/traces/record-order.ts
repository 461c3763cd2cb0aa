/** What a process that records is told, and what it tells. Plain data. */
import type { Failure } from '../../shared/failure.ts'
import type { PolicyOverrides } from '../../shared/policy.ts'
import type { Recording } from './recordings.ts'

export type RecordOrder = {
  endpointUrl: string
  addresses: string[]
  /** Asked instead of `addresses`. */
  dnsServer?: string | undefined
  destination: string
  threads: number
  partBytes: number
  limitBytesPerSecond?: number | undefined
  policy: PolicyOverrides
  ownTrouble?: Recording['ownTrouble']
  troubleAtSeconds: number
  recordedSeconds: number
  /** Where the recording goes. */
  file: string
}

/** Its clock has started; the recording is written. */
export type RecorderMessage = 'begun' | { rows: number; failure?: Failure | undefined }
