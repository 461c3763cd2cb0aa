/** What a diagnosis is given, and how its parts report. */
import type { Check, CheckCode } from '../../../shared/diagnosis.ts'
import type { Outcome } from '../../../shared/failure.ts'
import type { Clock } from '../engine-ports.ts'
import type { JobSpeeds } from './judge/judge-service.ts'
import type { Judged } from './judge/judged.ts'
import type { ProbeSource } from './service/probe-service.ts'

/** Other traffic during this diagnosis. */
export type Company = {
  /** Another program is connected to the service: no large request is sent. */
  isDownloading: boolean
  /** What this machine receives in all, bytes per second; undefined where that is unknown. */
  receivedBytesPerSecond: number | undefined
}

export type Report = (code: CheckCode, judged: Judged) => void

/** Jobs that run in this process, by their last snapshots. */
export type JobFacts = {
  running: number
  threads: number
  /** Connections the governors allow just now. */
  concurrency: number
  successRate: number
  delayMs: number
  throttled: number
  speeds: JobSpeeds
  /** The user has limited the rate of one of them: no large request is sent. */
  isLimited: boolean
}

export type DiagnosisRequest = {
  /** Absent: only this machine. A failure: the address could not even be opened. */
  target?: Outcome<{ source: ProbeSource; prefix: string }> | undefined
  fixedAddresses: Record<string, string[]>
  dnsServer: string | undefined
  /** URL of the proxy for a URL, empty for none, and who names it. */
  proxyFor(url: string): Promise<string>
  proxyFrom: 'setting' | 'environment' | 'system'
  /** Where downloads go. */
  folder: string
  /** Holds the performance log whose memory figures are read. */
  logFolder: string
  jobs: JobFacts | undefined
  /** A download by another process of ours into `folder`. */
  otherProcess: number | undefined
  /** 0 = no limit. */
  limitBytesPerSecond: number
  clock: Clock
  onCheck(check: Check): void
  signal: AbortSignal
}
