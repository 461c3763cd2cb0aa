/** `npm run bench -- throughput`: how fast, beside others. Ctrl-C ends it and cleans up. */
import { parseThroughputOptions, USAGE } from '../bench/options.ts'
import { runThroughput } from '../bench/throughput.ts'
import { ensureBuilt } from './ensure-built.ts'

process.exitCode = await bench(process.argv.slice(2))

async function bench([what, ...args]: string[]): Promise<number> {
  if (what !== 'throughput') {
    console.error(USAGE)
    return 2
  }
  let options: ReturnType<typeof parseThroughputOptions>
  try {
    options = parseThroughputOptions(args)
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
  if (!options.program && !(await ensureBuilt())) {
    console.error('the build failed: see above')
    return 1
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  try {
    const { failures } = await runThroughput(options, stop.signal)
    return failures.some(({ client }) => client === 'longhaul') ? 1 : 0
  } catch (error) {
    if (stop.signal.aborted) return 130
    console.error((error as Error).message)
    return 1
  }
}
