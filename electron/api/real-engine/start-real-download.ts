/** Starts one download with real ports and closes them when it ends. */
import { type Outcome, success } from '../../../shared/failure.ts'
import { startDownload } from '../../engine/download-engine.ts'
import { createEnginePorts } from './create-engine-ports.ts'
import type { DownloadRequest, LiveDownload } from './engine-access.ts'
import type { RealEngineOptions } from './real-engine-options.ts'
import { readSourceAccess } from './source-access.ts'

export async function startRealDownload(options: RealEngineOptions & DownloadRequest): Promise<Outcome<LiveDownload>> {
  const { spec, policy, clock, workers } = options
  const access = await readSourceAccess({
    ...options,
    source: spec.source,
    network: spec.network,
    dnsTimeoutSeconds: policy.dnsTimeoutSeconds,
  })
  if (!access.ok) return access
  const ports = await createEnginePorts({ access: access.value, clock, workers })
  const download = startDownload({ spec, policy, ports, onEvent: options.onEvent, onSnapshot: options.onSnapshot })
  return success({ ...download, finished: download.finished.finally(ports.close) })
}
