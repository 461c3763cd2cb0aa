/** Starts one download with real ports and closes them when it ends. */
import { type Outcome, success } from '../../shared/failure.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { startDownload } from '../engine/download-engine.ts'
import { createEnginePorts } from './create-engine-ports.ts'
import type { DownloadRequest, LiveDownload } from './engine-access.ts'
import type { RealEngineOptions } from './real-engine.ts'
import { readSourceAccess } from './source-access.ts'
import { keepTimeWindow } from './time-window.ts'

export async function startRealDownload(options: RealEngineOptions & DownloadRequest): Promise<Outcome<LiveDownload>> {
  const { spec, policy, clock, workers } = options
  const access = await readSourceAccess({
    ...options,
    source: spec.source,
    network: spec.network,
    dnsTimeoutSeconds: policy.dnsTimeoutSeconds,
  })
  if (!access.ok) return access
  const ports = createEnginePorts({ access: access.value, clock, workers })
  let show = (snapshot: MetricsSnapshot): MetricsSnapshot => snapshot
  const onSnapshot = (snapshot: MetricsSnapshot) => options.onSnapshot(show(snapshot))
  const running = startDownload({ spec, policy, ports, onEvent: options.onEvent, onSnapshot })
  const download = { ...running, finished: running.finished.finally(ports.close) }
  if (!spec.timeWindow) return success(download)
  const kept = keepTimeWindow(download, spec.timeWindow, clock)
  show = kept.show
  return success(kept.download)
}
