/** All that the handlers and the command line want of the engine, so that tests can hand in a small double. */
import type { Check, DiagnosisReport } from '../../../shared/diagnosis.ts'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { Outcome } from '../../../shared/failure.ts'
import type { JobSpec, Network, Source } from '../../../shared/job-spec.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { JobFacts } from '../../engine/diagnose/diagnosis-request.ts'
import type { Download } from '../../engine/download-engine.ts'
import type { ObjectSource } from '../../engine/engine-ports.ts'

/** A bucket to look at. Whoever opened it closes it. */
export type BrowsableSource = Pick<ObjectSource, 'listPage' | 'close'> & {
  listBuckets(signal: AbortSignal): Promise<Outcome<string[]>>
}

/** A running download. */
export type LiveDownload = Download

export type DownloadRequest = {
  spec: JobSpec
  policy: Policy
  onEvent(event: EngineEvent): void
  onSnapshot(snapshot: MetricsSnapshot): void
}

export type DiagnoseRequest = {
  /** Absent: only this machine is looked at. */
  source?: Source | undefined
  network: Network
  /** Where downloads go; absolute, need not be there yet. */
  folder: string
  /** Of the running job; beside the folder's journal when absent. */
  logFolder?: string | undefined
  /** Jobs that run in this process. */
  jobs?: JobFacts | undefined
  limitBytesPerSecond?: number | undefined
  version: string
  onCheck(check: Check): void
  signal: AbortSignal
}

export type EngineAccess = {
  openSource(source: Source, network: Network): Promise<Outcome<BrowsableSource>>
  /** Fails for what cannot even begin: a certificate file that is not there, a vault entry that was forgotten. */
  start(request: DownloadRequest): Promise<Outcome<LiveDownload>>
  /** Takes less than 20 s; what goes wrong is a verdict of the report. */
  diagnose(request: DiagnoseRequest): Promise<DiagnosisReport>
}
