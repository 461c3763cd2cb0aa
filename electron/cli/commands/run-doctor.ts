/** `longhaul doctor`: what slows a download down here, in one report. What goes wrong on the way is part of it. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { writeDiagnostics, writeReport } from '../../../shared/describe-diagnosis.ts'
import { CHECK_CODES, type Check, countVerdicts, type DiagnosisReport } from '../../../shared/diagnosis.ts'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { mapDiskError } from '../../engine/disk/disk-error.ts'
import { parseRate } from '../arguments/parse-flags.ts'
import { parseNetwork, parseSource } from '../arguments/parse-get-options.ts'
import { EXIT } from '../process/exit-code.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import { type CommandContext, reportFailure } from './command-context.ts'

export async function runDoctor(address: string | undefined, context: CommandContext): Promise<number> {
  const { io, output, flags, language } = context
  const source = address === undefined ? undefined : parseSource(address, flags)
  const network = parseNetwork(flags, context.parse)
  const limit = flags.get('limit-rate')
  const limitBytesPerSecond = limit && parseRate(limit.values.at(-1) ?? '', limit.origin)
  const path = (name: string) => resolve(io.workingFolder, flags.get(name)?.values.at(-1) ?? '')
  const isJson = flags.has('json')
  const engine = await context.openEngine()
  const stop = new AbortController()
  const stopListening = onStopSignal(() => stop.abort())
  const progress = io.stderr.isTTY && !isJson ? createProgress(io.stderr, language) : undefined
  const report = await engine.diagnose({
    source,
    network,
    folder: path('folder'),
    limitBytesPerSecond,
    version: packageJson.version,
    onCheck(check) {
      progress?.show()
      if (isJson) output.json(checkLine(check))
    },
    signal: stop.signal,
  })
  stopListening()
  progress?.clear()
  const written = flags.has('out')
    ? await writeOut(path('out'), report, isJson ? undefined : language)
    : success(undefined)
  if (isJson) output.json(summaryLine(report, stop.signal.aborted))
  else await output.line(writeReport(report, language))
  if (!written.ok) return reportFailure(written.failure, context)
  return stop.signal.aborted ? EXIT.interrupted : EXIT.complete
}

/** Codes and numbers, as the contract has them: `{"type":"check","code":"head","verdict":"ok","value":84, ...}`. */
const checkLine = (check: Check): object => ({ type: 'check', ...check })

function summaryLine({ checks, ...facts }: DiagnosisReport, wasStopped: boolean): object {
  return { type: 'summary', status: wasStopped ? 'interrupted' : 'completed', ...facts, ...countVerdicts(checks) }
}

/** Text for people, in both languages, or the whole report as JSON. */
async function writeOut(
  path: string,
  report: DiagnosisReport,
  language: 'zh' | 'en' | undefined,
): Promise<Outcome<void>> {
  try {
    await writeFile(path, language ? writeDiagnostics(report, language) : `${JSON.stringify(report, null, 2)}\n`)
    return success(undefined)
  } catch (error) {
    return failed(mapDiskError(error, path))
  }
}

function createProgress(stderr: CommandContext['io']['stderr'], language: 'zh' | 'en') {
  let done = 0
  return {
    show() {
      done++
      stderr.write(`\r${language === 'zh' ? '正在诊断' : 'diagnosing'} ${done}/${CHECK_CODES.length}`)
    },
    clear: () => stderr.write('\r\u001b[2K'),
  }
}
