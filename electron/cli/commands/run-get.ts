/** `longhaul get`: one download, or with --dry-run a look at what it would be. */
import { formatBytes } from '../../../shared/format-units.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import { parsePolicy } from '../../../shared/policy.ts'
import type { DownloadRequest } from '../../api/real-engine/engine-access.ts'
import { parseGetOptions } from '../arguments/parse-get-options.ts'
import { UsageError } from '../arguments/usage-error.ts'
import { NOTHING_TO_FETCH, summaryLines } from '../output/human-lines.ts'
import { eventLine, jsonLine, snapshotLine, summaryLine } from '../output/json-lines.ts'
import { printable } from '../output/sentences.ts'
import { EXIT, exitCodeOf } from '../process/exit-code.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import { type CommandContext, reportFailure } from './command-context.ts'
import { runDownload } from './run-download.ts'

export async function runGet(
  address: string,
  destination: string | undefined,
  context: CommandContext,
): Promise<number> {
  const isDryRun = context.flags.has('dry-run')
  if (destination === undefined && !isDryRun)
    throw new UsageError('get: DEST is missing: longhaul get s3://BUCKET/PREFIX DEST')
  const spec = parseGetOptions(address, destination ?? '.', context.flags, context.parse)
  return isDryRun ? dryRun(spec, context) : download(spec, context)
}

async function download(spec: JobSpec, context: CommandContext): Promise<number> {
  const { output, flags, language } = context
  const isJson = flags.has('json')
  const policy = parsePolicy(spec.policy)
  if (!policy.ok) return reportFailure(policy.failure, context)
  const request: DownloadRequest = {
    spec,
    policy: policy.value,
    onEvent: (event) => isJson && output.json(eventLine(event)),
    onSnapshot: (snapshot) => isJson && !output.isBehind() && output.json(snapshotLine(snapshot)),
  }
  const ended = await runDownload(context, request, language)
  if (!ended.ok) return reportFailure(ended.failure, context)
  const { summary } = ended.value
  for (const line of summaryLines(summary, language)) output.say(line)
  if (isJson) output.json(summaryLine(summary))
  return exitCodeOf(summary)
}

async function dryRun(spec: JobSpec, context: CommandContext): Promise<number> {
  const { output, flags, language } = context
  const isJson = flags.has('json')
  const { listWanted } = await import('./list-wanted.ts')
  const engine = await context.openEngine()
  const opened = await engine.openSource(spec.source, spec.network)
  if (!opened.ok) return reportFailure(opened.failure, context)
  const stop = new AbortController()
  const stopListening = onStopSignal(() => stop.abort())
  const total = { objects: 0, bytes: 0 }
  const listed = await listWanted({
    source: opened.value,
    spec,
    signal: stop.signal,
    async onObjects(objects) {
      if (output.isGone()) return stop.abort()
      total.objects += objects.length
      total.bytes += objects.reduce((sum, { size }) => sum + size, 0)
      const lines = objects.map(({ key, size }) =>
        isJson ? jsonLine({ type: 'object', key, size }) : `${size}\t${printable(key)}`,
      )
      if (lines.length > 0) await output.line(lines.join('\n'))
    },
  })
  stopListening()
  opened.value.close()
  if (output.isGone()) return EXIT.complete
  if (!listed.ok) return reportFailure(listed.failure, context)
  const { objects, bytes } = total
  const inWords = `${objects} object${objects === 1 ? '' : 's'}, ${bytes} bytes (${formatBytes(bytes)})`
  await output.line(isJson ? jsonLine({ type: 'total', objects, bytes }) : inWords)
  if (objects === 0) output.say(NOTHING_TO_FETCH[language])
  return EXIT.complete
}
