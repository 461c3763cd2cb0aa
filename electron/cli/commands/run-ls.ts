/** `longhaul ls`: keys and sizes, page by page, for as many keys as there are. */

import { parseNetwork, parseSource } from '../arguments/parse-get-options.ts'
import { jsonLine } from '../output/json-lines.ts'
import { printable } from '../output/sentences.ts'
import { EXIT } from '../process/exit-code.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import { type CommandContext, reportFailure } from './command-context.ts'

export async function runLs(address: string, context: CommandContext): Promise<number> {
  const { output, flags } = context
  const source = parseSource(address, flags)
  const network = parseNetwork(flags, context.parse)
  const isJson = flags.has('json')
  const { listWanted } = await import('./list-wanted.ts')
  const engine = await context.openEngine()
  const opened = await engine.openSource(source, network)
  if (!opened.ok) return reportFailure(opened.failure, context)
  const stop = new AbortController()
  const stopListening = onStopSignal(() => stop.abort())
  const listed = await listWanted({
    source: opened.value,
    spec: { source, include: [], exclude: [] },
    signal: stop.signal,
    async onObjects(objects) {
      if (output.isGone()) return stop.abort()
      // A page at a time: a million keys are a thousand writes.
      const lines = objects.map(({ key, size, lastModified, etag }) => {
        const time = new Date(lastModified).toISOString()
        return isJson
          ? jsonLine({ type: 'object', key, size, lastModified: time, etag })
          : `${String(size).padStart(14)}  ${time.slice(0, 19)}Z  ${printable(key)}`
      })
      if (lines.length > 0) await output.line(lines.join('\n'))
    },
  })
  stopListening()
  opened.value.close()
  if (output.isGone()) return EXIT.complete
  return listed.ok ? EXIT.complete : reportFailure(listed.failure, context)
}
