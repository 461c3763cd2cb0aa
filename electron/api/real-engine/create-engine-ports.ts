/** The engine's ports with real sockets, disks and clocks behind them. Whoever creates them closes them. */
import { availableParallelism } from 'node:os'
import { countCloseWait } from '../../engine/diagnose/sockets/read-sockets.ts'
import type { Clock, EnginePorts } from '../../engine/engine-ports.ts'
import type { BucketClientOptions } from '../../engine/list/bucket-client.ts'
import { createDataPlane } from '../../engine/transport/data-plane.ts'
import { createVerifier } from '../../engine/verify/verifier.ts'

/** One thread receives about 1 GB/s from loopback; four are more than any disk we know of takes. */
const MAX_DATA_PLANE_WORKERS = 4

export type EnginePortsOptions = {
  access: BucketClientOptions
  clock: Clock
  workers: { dataPlaneUrl: URL; verifyUrl: URL }
}

export type ClosableEnginePorts = EnginePorts & { close(): Promise<void> }

export async function createEnginePorts({ access, clock, workers }: EnginePortsOptions): Promise<ClosableEnginePorts> {
  const dataPlane = createDataPlane({
    workerUrl: workers.dataPlaneUrl,
    workers: Math.min(MAX_DATA_PLANE_WORKERS, Math.max(1, availableParallelism())),
  })
  const verifier = createVerifier({ workerUrl: workers.verifyUrl })
  // The workers start while the SDK, which is slow to load, is imported.
  const { createS3ObjectSource } = await import('../../engine/list/s3-object-source.ts')
  const source = createS3ObjectSource(access)
  return {
    clock,
    random: Math.random,
    source,
    resolver: access.resolver,
    dataPlane,
    verifier,
    memory: createMemoryReader(() => process.memoryUsage.rss()),
    closeWait: countCloseWait,
    async close() {
      source.close()
      await verifier.close()
    },
  }
}

/** On Linux reading it opens a file, which fails while no descriptor is free: then the last value is returned. */
export function createMemoryReader(read: () => number): () => number {
  let last = 0
  return () => {
    try {
      last = read()
    } catch {
      // Read again at the next tick.
    }
    return last
  }
}
