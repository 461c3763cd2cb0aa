/**
 * `npm run bench -- throughput`, `-- verify`, `-- steadiness`, `-- startup`, `-- window`, `-- listing` or `-- traces`:
 * how fast, how surely, for how long, how soon, watched, how many; and recordings for tests. Ctrl-C cleans up.
 */
import { LISTING_USAGE, runListing } from '../bench/listing/listing.ts'
import { parseThroughputOptions, USAGE } from '../bench/options.ts'
import { runStartup, STARTUP_USAGE } from '../bench/startup.ts'
import { parseSteadinessOptions, STEADINESS_USAGE } from '../bench/steadiness/options.ts'
import { runSteadiness } from '../bench/steadiness/steadiness.ts'
import { runThroughput } from '../bench/throughput.ts'
import { parseTraceNames, recordTraces, TRACES_USAGE } from '../bench/traces/record-traces.ts'
import { parseVerifyRounds, runVerify, VERIFY_USAGE } from '../bench/verify.ts'
import { runWindow, WINDOW_USAGE } from '../bench/window.ts'
import { ensureBuilt } from './ensure-built.ts'

process.exitCode = await bench(process.argv.slice(2))

async function bench([what, ...args]: string[]): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  try {
    const run = prepare(what, args, stop.signal)
    if (!run) {
      console.error(
        [USAGE, VERIFY_USAGE, STEADINESS_USAGE, STARTUP_USAGE, WINDOW_USAGE, LISTING_USAGE, TRACES_USAGE].join('\n\n'),
      )
      return 2
    }
    if (!(await ensureBuilt())) {
      console.error('the build failed: see above')
      return 1
    }
    return (await run()) ? 0 : 1
  } catch (error) {
    if (stop.signal.aborted) return 130
    console.error((error as Error).message)
    return 1
  }
}

/** Undefined for a benchmark nobody knows. The promise is true when everything ran and was good enough. */
function prepare(what: string | undefined, args: string[], signal: AbortSignal): (() => Promise<boolean>) | undefined {
  if (what === 'throughput') {
    const options = parseThroughputOptions(args)
    return async () => {
      const { failures } = await runThroughput(options, signal)
      return failures.every(({ client }) => client !== 'longhaul')
    }
  }
  if (what === 'steadiness') {
    const options = parseSteadinessOptions(args)
    return () => runSteadiness(options, signal)
  }
  if (what === 'traces') {
    const recordings = parseTraceNames(args)
    return () => recordTraces(recordings, signal)
  }
  if (what === 'startup') return () => runStartup(signal)
  if (what === 'window') return () => runWindow(signal)
  if (what === 'verify') {
    const rounds = parseVerifyRounds(args)
    return () => runVerify(rounds, signal)
  }
  if (what === 'listing' && args.every((arg) => arg === '--quick')) {
    return () => runListing(args.length > 0, signal)
  }
  return undefined
}
