/**
 * One download that is recorded, in a process of its own: the real engine with real sockets, disk and clock. Waits for
 * its order, writes the recording when its time is over, and ends; earlier when its parent does.
 */
import { writeFileSync } from 'node:fs'
import { systemClock } from '../../electron/api/host/system-clock.ts'
import { createSessionVault } from '../../electron/api/host/vault.ts'
import { createEnginePorts } from '../../electron/api/real-engine/create-engine-ports.ts'
import { readSourceAccess } from '../../electron/api/real-engine/source-access.ts'
import { programFilesOf } from '../../electron/cli/process/program-files.ts'
import { startDownload } from '../../electron/engine/download-engine.ts'
import { ERA5_BUCKET, ERA5_PREFIX } from '../../electron/engine/testing/objects/era5-objects.ts'
import { packTrace } from '../../electron/engine/testing/traces/trace.ts'
import { jobSpecSchema } from '../../shared/job-spec.ts'
import { policySchema } from '../../shared/policy.ts'
import type { RecorderMessage, RecordOrder } from './record-order.ts'
import { createTraceRecorder } from './trace-recorder.ts'

process.once('disconnect', () => process.exit())
process.once('message', (order) => void record(order as RecordOrder))

async function record(order: RecordOrder): Promise<void> {
  const { endpointUrl, addresses, destination, dnsServer, threads, partBytes, limitBytesPerSecond } = order
  const spec = jobSpecSchema.parse({
    source: {
      bucket: ERA5_BUCKET,
      prefix: ERA5_PREFIX,
      endpointUrl,
      addressing: 'path',
      access: { kind: 'anonymous' },
    },
    destination,
    threads,
    partSize: partBytes,
    limitBytesPerSecond,
    network: {
      proxy: 'none',
      ...(dnsServer ? { dnsServer } : { resolve: { [new URL(endpointUrl).hostname]: addresses } }),
    },
  })
  const policy = policySchema.parse(order.policy)
  const access = await readSourceAccess({
    source: spec.source,
    network: spec.network,
    clock: systemClock,
    environment: {},
    vault: createSessionVault(),
  })
  if (!access.ok) throw new Error(JSON.stringify(access.failure))
  const ports = await createEnginePorts({ access: access.value, clock: systemClock, workers: programFilesOf().workers })
  const recorder = createTraceRecorder()
  process.send?.('begun' satisfies RecorderMessage)
  const download = startDownload({
    spec,
    policy,
    ports,
    onDecayLook: recorder.look,
    onEvent: () => {},
    onSnapshot: () => {},
  })
  if (order.ownTrouble === 'busy-loop')
    setTimeout(() => import('../../electron/cli/testing/busy-loop.ts'), order.troubleAtSeconds * 1000)
  setTimeout(() => download.cancel(), order.recordedSeconds * 1000)
  const summary = await download.finished
  await ports.close()
  writeFileSync(order.file, packTrace(recorder.rows()))
  const message: RecorderMessage = { rows: recorder.rows().length, failure: summary.failure }
  process.send?.(message)
  process.disconnect()
}
