/** The engine with real sockets, disks and clocks. Loaded on first use: the AWS SDK takes its time to start. */
import type { EngineAccess } from './engine-access.ts'
import type { RealEngineOptions } from './real-engine-options.ts'
import { readSourceAccess } from './source-access.ts'

export function createRealEngine(options: RealEngineOptions): EngineAccess {
  return {
    async openSource(source, network) {
      const access = await readSourceAccess({ ...options, source, network })
      if (!access.ok) return access
      const { createS3ObjectSource } = await import('../../engine/list/s3-object-source.ts')
      return { ok: true, value: createS3ObjectSource(access.value) }
    },

    async start(request) {
      const { startRealDownload } = await import('./start-real-download.ts')
      return startRealDownload({ ...options, ...request })
    },

    async diagnose(request) {
      const { runRealDiagnosis } = await import('./run-real-diagnosis.ts')
      return runRealDiagnosis({ ...options, ...request })
    },
  }
}
