/** `longhaul demo`: the main job against an embedded S3 server in bad weather, then proof that every byte is right. */
import { createHash } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { DEFAULT_POLICY } from '../../../shared/policy.ts'
import type { DownloadRequest } from '../../api/real-engine/engine-access.ts'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_BUCKET, ERA5_PREFIX } from '../../engine/testing/objects/era5-objects.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { parseSize } from '../arguments/parse-flags.ts'
import { plural, summaryLines } from '../output/human-lines.ts'
import { EXIT, exitCodeOf } from '../process/exit-code.ts'
import { type CommandContext, reportFailure } from './command-context.ts'
import { countStrikes, createDemoLine, createDemoTroubles, DEMO_PART_BYTES, type DemoTrouble } from './demo-weather.ts'
import { runDownload } from './run-download.ts'

const DEFAULT_SIZE_BYTES = 1024 ** 3
/** As many objects as a terminal can list, and none so large that the end of the demo is one object. */
const OBJECT_BYTES = 40 * 1024 ** 2
/** Without a terminal: a readable line this often. */
const LINE_EVERY_MS = 2000

type CountedTrouble = DemoTrouble & { strikes(): number }

export async function runDemo(context: CommandContext): Promise<number> {
  const size = context.flags.get('size')
  const totalBytes = size ? parseSize(size.values[0] ?? '', size.origin) : DEFAULT_SIZE_BYTES
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-demo-'))
  // A second Ctrl-C must neither leave a gigabyte behind nor remove the folder while a run still writes to it.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize < totalBytes * 1.05) {
      const detail = `${formatBytes(totalBytes)} are needed, ${formatBytes(bavail * bsize)} are free`
      return reportFailure({ class: 'disk-full', subject: folder, detail }, context)
    }
    return await demonstrate(totalBytes, folder, context)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function demonstrate(totalBytes: number, folder: string, context: CommandContext): Promise<number> {
  const { output } = context
  const objects = createEra5Objects({ totalBytes, objectBytes: Math.min(OBJECT_BYTES, Math.ceil(totalBytes / 16)) })
  const troubles = createDemoTroubles().map((trouble) => ({ ...trouble, ...countStrikes(trouble.weather) }))
  const weather = [...troubles.map((trouble) => trouble.weather), ...createDemoLine()]
  const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: objects }, weather, seed: 20251001 })
  try {
    output.say(`An S3 server of our own, in bad weather, at ${server.endpointUrl}`)
    output.say(
      `longhaul get s3://${ERA5_BUCKET}/${ERA5_PREFIX} (${plural(objects.length, 'object')}, ${formatBytes(totalBytes)})`,
    )
    const result = await download(server, folder, context)
    if (!result.ok) return reportFailure(result.failure, context)
    const { summary, snapshot } = result.value
    for (const line of summaryLines(summary, 'en')) output.say(line)
    if (summary.status !== 'completed') return exitCodeOf(summary)
    for (const line of weatherTable(troubles, snapshot, server)) output.say(line)
    return await verify(server, objects, folder, context)
  } finally {
    await server.close()
  }
}

async function download(server: FaultServer, folder: string, context: CommandContext): ReturnType<typeof runDownload> {
  const { io, output } = context
  const spec = jobSpecSchema.parse({
    source: {
      bucket: ERA5_BUCKET,
      prefix: ERA5_PREFIX,
      endpointUrl: server.endpointUrl,
      access: { kind: 'anonymous' },
    },
    destination: folder,
    partSize: DEMO_PART_BYTES,
    network: { proxy: 'none' },
  })
  const startedAt = performance.now()
  let saidAt = startedAt
  const request: DownloadRequest = {
    spec,
    policy: DEFAULT_POLICY,
    onEvent: () => {},
    onSnapshot(snapshot) {
      const now = performance.now()
      if (io.stderr.isTTY || now - saidAt < LINE_EVERY_MS) return
      saidAt = now
      output.say(progressRow((now - startedAt) / 1000, snapshot))
    },
  }
  return runDownload(context, request, 'en')
}

function progressRow(seconds: number, { bytesDone, bytesTotal, bytesPerSecond, errors }: MetricsSnapshot): string {
  const troubles = Object.entries(errors).filter(([, count]) => count > 0)
  const healed = troubles.map(([name, count]) => `${name} ${count}`).join(', ')
  const done = `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`
  return `${seconds.toFixed(0).padStart(4)} s  ${done.padEnd(20)}  ${formatRate(bytesPerSecond).padStart(10)}  ${healed}`
}

function weatherTable(troubles: CountedTrouble[], snapshot: MetricsSnapshot, server: FaultServer): string[] {
  const rows = troubles.map((trouble) => [trouble.happens, String(trouble.strikes()), trouble.healing])
  const closed = server.counters.connections
  rows.push(['connections close after 20 requests', String(closed), 'opened the next one; no error'])
  const header = ['weather', 'times', 'what was done']
  const widths = [0, 1].map((column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = ([happens = '', times = '', healing = '']: string[]) =>
    `  ${happens.padEnd(widths[0] ?? 0)}  ${times.padStart(widths[1] ?? 0)}  ${healing}`
  const noticed = Object.values(snapshot.errors).reduce((sum, count) => sum + count, 0)
  return [
    '',
    ...[header, ...rows].map(line),
    `  ${plural(noticed, 'error was', 'errors were')} noticed, none of them is left.`,
    '',
  ]
}

/** Against the server's own digest of what it meant to send, not against anything that came over the line. */
async function verify(
  server: FaultServer,
  objects: StoredObject[],
  folder: string,
  { output }: CommandContext,
): Promise<number> {
  const wrong: string[] = []
  for (const object of objects) {
    const path = join(folder, object.key.slice(ERA5_PREFIX.length))
    if ((await sha256Of(path)) !== server.expectedSha256(object)) wrong.push(object.key)
  }
  for (const key of wrong) output.say(`  WRONG BYTES: ${key}`)
  output.say(
    `${objects.length - wrong.length} of ${plural(objects.length, 'object is', 'objects are')} byte for byte what the server meant to send.`,
  )
  return wrong.length === 0 ? EXIT.complete : EXIT.objectsFailed
}

/** Empty for a file that cannot be read: that is not what the server meant to send either. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) hash.update(chunk)
    return hash.digest('hex')
  } catch {
    return ''
  }
}
